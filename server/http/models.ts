/** The names that the loaded model answers to. */
import path from "node:path";
import type { Engine } from "../engine/engine.ts";
import type { ModelInfo } from "../protocol.ts";
import { ApiError } from "./errors.ts";

/** What NVIDIA's own examples ask for; whichever Nemotron is loaded answers. */
const FAMILY = "nvidia/NVIDIA-Nemotron-Nano-9B-v2";
/** A guess at how long loading goes on, seconds. */
const RETRY_AFTER_S = 1;

export type Served = {
  /** The file's name without its ending; replies carry it. */
  id: string;
  /** As `GET /v1/models` lists them. */
  ids: string[];
  /** As the file calls itself: it may be asked for as well. */
  name: string;
  contextTokens: number;
  toy: boolean;
};

/** Throws ApiError 503 while no model is there to answer. */
export function servedBy({ status }: Engine): Served {
  switch (status.type) {
    case "ready":
    case "busy":
      return served(status.model);
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
    default:
      return status satisfies never;
  }
}

/** Throws ApiError 404 for a name that is not one of the model's. */
export function checkName({ ids, name }: Served, wanted: string): void {
  if ([...ids, name].some((known) => known.toLowerCase() === wanted.toLowerCase())) return;
  throw new ApiError(404, `The model ${JSON.stringify(wanted)} is not loaded here. Loaded is ${ids.join(", or ")}.`, {
    code: "model_not_found",
    param: "model",
  });
}

function served({ path: file, name, contextTokens, toy, remote }: ModelInfo): Served {
  const id = remote ? name : path.basename(file).replace(/\.gguf$/i, "");
  return { id, ids: [id, FAMILY], name, contextTokens, toy };
}

/** The file's own date would tell nothing of use; clients sort by this. */
const CREATED = Math.floor(Date.now() / 1000);

/** `context_length` is what was loaded, as OpenRouter and others name it. */
export function listing({ ids, contextTokens, toy }: Served) {
  return ids.map((id) => ({
    id,
    object: "model" as const,
    created: CREATED,
    owned_by: "nemotron-local",
    context_length: contextTokens,
    // What it says must not be taken for more than it is.
    ...(toy && { description: "The toy model of the tests: it knows nothing." }),
  }));
}

const unavailable = (message: string, code: string, retryAfterS?: number) =>
  new ApiError(503, message, { code, retryAfterS });
