/** Requests about backends that do not come along: `nemotron/backends`, `installBackend`, `removeBackend`. */
import { t } from "@vscode/l10n";
import { type Connection, RequestType0 } from "vscode-languageserver";
import type { Backends } from "./backends/backends.ts";
import type { InstallProgress } from "./backends/install.ts";
import type { Engine } from "./engine/engine.ts";
import { checkBackend } from "./params.ts";
import {
  type BackendsResult,
  type InstallBackendParams,
  Method,
  type RemoveBackendParams,
  type RemoveBackendResult,
} from "./protocol.ts";
import { type Report, withWorkDone } from "./workDone.ts";

type Serve = <P extends object>(
  method: string,
  check: (params: P) => void,
  handler: (params: P, signal: AbortSignal) => unknown,
) => void;

export function serveBackends(
  connection: Connection,
  serve: Serve,
  { engine, backends }: { engine: Engine; backends: Backends },
): void {
  connection.onRequest(new RequestType0<BackendsResult, void>(Method.backends), () => backends.list());
  serve<InstallBackendParams>(Method.installBackend, checkBackend, async ({ workDoneToken, ...params }, signal) => {
    const title = t("Installing the backend {0}", params.backend);
    await withWorkDone(connection, workDoneToken, title, (report) =>
      backends.install(params, reporter(report), signal),
    );
    return null;
  });
  serve<RemoveBackendParams>(Method.removeBackend, checkBackend, async ({ backend }, signal) => {
    const { status } = engine;
    const inUse = (status.type === "ready" || status.type === "busy") && status.model.backend === backend;
    // Its libraries are open, which on Windows keeps them from being removed.
    if (inUse) await engine.unload();
    const removed = await backends.remove(backend, signal);
    return { removed, unloaded: inUse } satisfies RemoveBackendResult;
  });
}

/** There are thousands of pieces, and a hundred percents. */
function reporter(report: Report): (progress: InstallProgress) => void {
  let last = "";
  return (progress) => {
    const { message, percentage } = progressReport(progress);
    const said = `${percentage} ${message}`;
    if (said !== last) report(message, percentage);
    last = said;
  };
}

/** In words and percent, of all there is to fetch. */
export function progressReport(progress: InstallProgress): { message: string; percentage?: number } {
  if (progress.type === "waiting") return { message: t("another window is installing it") };
  if (progress.type === "unpacking") return { message: t("unpacking") };
  const { bytes, total } = progress;
  const megabytes = (bytes: number) => Math.floor(bytes / 1e6);
  return {
    message: t("{0} of {1} MB", megabytes(bytes), megabytes(total)),
    percentage: Math.min(100, Math.floor((bytes / total) * 100)),
  };
}
