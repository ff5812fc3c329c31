/** The server's state as the page shows it. */
import { t } from "@vscode/l10n";
import type { ModelState, Offer, PageCommand } from "../../media/messages.ts";
import type { ModelInfo, ModelOffer, RemoteHost } from "../../server/protocol.ts";
import type { Downloads } from "../models/downloads.ts";
import { fitText, modelName, offerSize, sizeText } from "../models/texts.ts";
import type { ServerStatus } from "../server/status.ts";
import { busyText } from "../sharing/words.ts";

/** What the settings choose: a file's path, a model's name at a remote engine, or "". */
export type Chosen = { name: string; remote?: RemoteHost };
export type Getting = Pick<Downloads, "running" | "recommended">;

export function modelState(status: ServerStatus, { name: file, remote }: Chosen, getting: Getting): ModelState {
  const name = modelName(file);
  const elsewhere = remote && { remote };
  switch (status.type) {
    case "asleep":
    case "noModel": {
      if (file === "") return noModel(getting);
      // Where the server runs, the model was unloaded: it comes back with the next question.
      const gone = status.type === "noModel" && status.reason ? { gone: status.reason } : {};
      return { type: "asleep", name, ...elsewhere, ...gone };
    }
    case "starting":
      return file === "" ? noModel(getting) : { type: "starting", name, ...elsewhere };
    case "loading":
      if (status.remote) return { type: "loading", name, progress: 0, remote: status.remote };
      return { type: "loading", name: modelName(status.path), progress: status.progress, backend: status.backend };
    case "ready":
    case "busy":
      return { ...readyState(status.model), ...(status.others?.busy && { waiting: busyText(status.others) }) };
    case "refused": {
      const { code, message, data } = status.error;
      const remedies: PageCommand[] = code === "otherVersion" ? ["reloadWindow"] : ["joinModel", "replaceModel"];
      return { type: "failed", reason: message, next: data.next ?? "", retrying: false, remedies };
    }
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

function noModel({ running, recommended }: Getting): ModelState {
  if (running) return { type: "downloading", name: running.name, progress: running.share, text: running.text };
  return { type: "noModel", offer: recommended && offerOf(recommended) };
}

function offerOf(offer: ModelOffer): Offer {
  const { name, path, partialBytes, fit } = offer;
  const resumes = partialBytes ? sizeText(partialBytes) : undefined;
  return { name, size: offerSize(offer), fit: fitText(fit), here: path !== undefined, resumes };
}

function readyState(model: ModelInfo): ModelState & { type: "ready" } {
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
