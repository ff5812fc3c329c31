/** The server's state as the page shows it. */
import { t } from "@vscode/l10n";
import type { ModelState, Offer } from "../../media/messages.ts";
import type { ModelInfo, ModelOffer, RemoteHost } from "../../server/protocol.ts";
import { pageRemedies } from "../errors/replyFailure.ts";
import { refusedError, type ServerStatus } from "../errors/serverError.ts";
import type { Downloads } from "../models/downloads.ts";
import { fitText, modelName, offerSize, sizeText } from "../text/models.ts";
import { busyText } from "../text/others.ts";

/** What the settings choose: a file's path, a model's name at a remote engine, or "". */
export type ChosenModel = { name: string; remote?: RemoteHost };
export type DownloadState = Pick<Downloads, "running" | "recommended" | "problem">;

/** The page's model state, from the server's status, the chosen model and the downloads. */
export function modelState(
  status: ServerStatus,
  { name: file, remote }: ChosenModel,
  downloads: DownloadState,
): ModelState {
  const name = modelName(file);
  const elsewhere = remote && { remote };
  switch (status.type) {
    case "asleep":
    case "noModel": {
      if (file === "") return noModel(downloads);
      // The server is running, so the model was unloaded. The next question loads it.
      const gone = status.type === "noModel" && status.reason ? { gone: status.reason } : {};
      return { type: "asleep", name, ...elsewhere, ...gone };
    }
    case "starting":
      return file === "" ? noModel(downloads) : { type: "starting", name, ...elsewhere };
    case "loading":
      if (status.remote) return { type: "loading", name, progress: 0, remote: status.remote };
      return { type: "loading", name: modelName(status.path), progress: status.progress, backend: status.backend };
    case "ready":
    case "busy":
      return { ...readyState(status.model), ...(status.others?.busy && { waiting: busyText(status.others) }) };
    case "refused": {
      const error = refusedError(status);
      const { message: reason, data } = error;
      return { type: "failed", reason, next: data.next ?? "", retrying: false, remedies: pageRemedies(error) };
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

function noModel({ running, recommended, problem }: DownloadState): ModelState {
  if (running) return { type: "downloading", name: running.name, progress: running.share, text: running.text };
  return { type: "noModel", offer: recommended && offerOf(recommended), ...(problem && { problem }) };
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
