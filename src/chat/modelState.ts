/** The server's state as the page shows it. */
import { t } from "@vscode/l10n";
import type { ModelState } from "../../media/messages.ts";
import type { ModelInfo } from "../../server/protocol.ts";
import type { ServerStatus } from "../server/status.ts";

/** @param file path of the model that the settings name, or "". */
export function modelState(status: ServerStatus, file: string): ModelState {
  const name = nameOf(file);
  switch (status.type) {
    case "asleep":
      return file === "" ? { type: "noModel" } : { type: "asleep", name };
    case "noModel":
      // The server runs, and the model was unloaded: it comes back with the next question.
      return file === "" ? { type: "noModel" } : { type: "asleep", name };
    case "starting":
      return { type: "starting", name };
    case "loading":
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
      };
    default:
      return status satisfies never;
  }
}

function readyState({ name, toy, contextTokens, backend, device, gpuLayers, totalLayers }: ModelInfo): ModelState {
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
