/** The loaded model as the API names it. */
import path from "node:path";
import type { Engine } from "../../engine/engine.ts";
import type { ModelInfo } from "../../protocol.ts";
import { ApiError } from "./errors.ts";

/** The name in NVIDIA's own examples; any loaded Nemotron answers to it. */
const FAMILY = "nvidia/NVIDIA-Nemotron-Nano-9B-v2";
/** A guess at the remaining load time, seconds. */
const RETRY_AFTER_S = 1;

/** The loaded model, for clients. */
export type LoadedModel = {
  /** The file's name without its extension; replies carry it. */
  id: string;
  /** The names in `GET /v1/models`. */
  ids: string[];
  /** The file's own title, which clients may also use. */
  name: string;
  contextTokens: number;
  toy: boolean;
};

/** The loaded model. Throws ApiError 503 while none is loaded. */
export function loadedModel({ status }: Engine): LoadedModel {
  switch (status.type) {
    case "ready":
    case "busy":
      return toLoadedModel(status.model);
    case "loading": {
      const percent = Math.round(status.progress * 100);
      throw unavailable(`The model is being loaded (${percent} %). Try again soon.`, "model_loading", RETRY_AFTER_S);
    }
    case "noModel":
      throw unavailable("No model is loaded.", "model_not_loaded");
    case "failed": {
      const { reason, next, retryInMs } = status;
      const after = retryInMs === undefined ? undefined : Math.ceil(retryInMs / 1000) + RETRY_AFTER_S;
      throw unavailable(`${reason} ${next}`, "model_not_loaded", after);
    }
    case "refused":
      throw unavailable(`${status.reason} ${status.next}`, "model_not_loaded");
    default:
      return status satisfies never;
  }
}

/** Throws ApiError 404 for a name that is not one of the model's. */
export function checkModelName({ ids, name }: LoadedModel, wanted: string): void {
  if ([...ids, name].some((known) => known.toLowerCase() === wanted.toLowerCase())) return;
  throw new ApiError(404, `The model ${JSON.stringify(wanted)} is not loaded here. Loaded is ${ids.join(", or ")}.`, {
    code: "model_not_found",
    param: "model",
  });
}

function toLoadedModel({ path: file, name, contextTokens, toy, remote }: ModelInfo): LoadedModel {
  const id = remote ? name : path.basename(file).replace(/\.gguf$/i, "");
  return { id, ids: [id, FAMILY], name, contextTokens, toy };
}

/** Unix time, seconds. Clients sort by this; the file's own date would not help. */
const CREATED = Math.floor(Date.now() / 1000);

/** The entries of `GET /v1/models`. The loaded context in tokens is named
 * as in OpenRouter, as in vLLM, and as in llama-server. */
export function listing({ ids, contextTokens, toy }: LoadedModel) {
  return ids.map((id) => ({
    id,
    object: "model" as const,
    created: CREATED,
    owned_by: "nemotron-local",
    context_length: contextTokens,
    max_model_len: contextTokens,
    meta: { n_ctx: contextTokens },
    // Users must not rely on the toy's answers.
    ...(toy && { description: "The toy model of the tests: it knows nothing." }),
  }));
}

const unavailable = (message: string, code: string, retryAfterS?: number) =>
  new ApiError(503, message, { code, retryAfterS });
