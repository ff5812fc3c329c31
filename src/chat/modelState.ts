/** The server's state as the page shows it. */
import { t } from "@vscode/l10n";
import type { ModelState } from "../../media/messages.ts";
import type { ModelInfo, RemoteHost } from "../../server/protocol.ts";
import type { ServerStatus } from "../server/status.ts";

/** What the settings choose: a file's path, a model's name at a remote engine, or "". */
export type Chosen = { name: string; remote?: RemoteHost };

export function modelState(status: ServerStatus, { name: file, remote }: Chosen): ModelState {
  const name = nameOf(file);
  const elsewhere = remote && { remote };
  switch (status.type) {
    case "asleep":
      return file === "" ? { type: "noModel" } : { type: "asleep", name, ...elsewhere };
    case "noModel":
      // The server runs, and the model was unloaded: it comes back with the next question.
      return file === "" ? { type: "noModel" } : { type: "asleep", name, ...elsewhere };
    case "starting":
      return { type: "starting", name, ...elsewhere };
    case "loading":
      if (status.remote) return { type: "loading", name, progress: 0, remote: status.remote };
      return { type: "loading", name: nameOf(status.path), progress: status.progress, backend: status.backend };
    case "ready":
    case "busy":
      return readyState(status.model);
    case "failed":
    case "down":
      return {
        type: "failed",
        reason: status.reason,
        next: status.next,
        retrying: status.retryInMs !== undefined,
        ...elsewhere,
      };
    default:
      return status satisfies never;
  }
}

function readyState(model: ModelInfo): ModelState {
  const { name, toy, contextTokens, backend, device, gpuLayers, totalLayers, remote } = model;
  if (remote) return { type: "ready", name, toy, contextTokens, where: t("at {0}", remote.host), remote };
  const gpu = device ?? backend;
  const where =
    backend === "cpu"
      ? t("on the CPU")
      : gpuLayers === totalLayers
        ? t("on {0}", gpu)
        : t("{0} of {1} layers on {2}", gpuLayers, totalLayers, gpu);
  return { type: "ready", name, toy, contextTokens, where };
}

const nameOf = (file: string) =>
  file
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.gguf$/i, "");
