/** Requests about installable backends: `nemotron/backends`, `installBackend`, `removeBackend`. */
import { t } from "@vscode/l10n";
import { type Connection, RequestType0 } from "vscode-languageserver";
import type { Backends } from "../backends/backends.ts";
import type { InstallProgress } from "../backends/install.ts";
import type { Engine } from "../engine/engine.ts";
import { type BackendsResult, Method, type RemoveBackendResult } from "../protocol.ts";
import type { Serve } from "./requests.ts";
import * as schemas from "./schemas.ts";
import { type Report, withWorkDone } from "./workDone.ts";

/** Serves the methods for backends. */
export function serveBackends(
  connection: Connection,
  serve: Serve,
  { engine, backends }: { engine: Engine; backends: Backends },
): void {
  connection.onRequest(new RequestType0<BackendsResult, void>(Method.backends), () => backends.list());
  serve(Method.installBackend, schemas.installBackend, async ({ workDoneToken, ...params }, signal) => {
    const title = t("Installing the backend {0}", params.backend);
    await withWorkDone(connection, workDoneToken, title, (report) =>
      backends.install(params, reporter(report), signal),
    );
    return null;
  });
  serve(Method.removeBackend, schemas.removeBackend, async ({ backend }, signal) => {
    const { status } = engine;
    const inUse = (status.type === "ready" || status.type === "busy") && status.model.backend === backend;
    // Windows cannot remove the backend's libraries while they are open.
    if (inUse) await engine.unload();
    const removed = await backends.remove(backend, signal);
    return { removed, unloaded: inUse } satisfies RemoveBackendResult;
  });
}

/** Reports each percent only once, because a download has thousands of chunks. */
function reporter(report: Report): (progress: InstallProgress) => void {
  let last = "";
  return (progress) => {
    const { message, percentage } = progressReport(progress);
    const line = `${percentage} ${message}`;
    if (line !== last) report(message, percentage);
    last = line;
  };
}

/** The progress in words, and in percent of the whole download. */
function progressReport(progress: InstallProgress): { message: string; percentage?: number } {
  if (progress.type === "waiting") return { message: t("another window is installing it") };
  if (progress.type === "unpacking") return { message: t("unpacking") };
  const { bytes, total } = progress;
  const megabytes = (bytes: number) => Math.floor(bytes / 1e6);
  return {
    message: t("{0} of {1} MB", megabytes(bytes), megabytes(total)),
    percentage: Math.min(100, Math.floor((bytes / total) * 100)),
  };
}
