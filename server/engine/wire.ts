/**
 * The messages between the server (client/supervisor.ts) and the engine process (process/main.ts), over the child's IPC
 * channel.
 */
import type { Backend, BackendFailure, ErrorName, LocalLoad, ModelInfo, PrepareResult } from "../protocol.ts";
import type { PrepareRequest, PromptRequest, ReplyEvent, RespondRequest } from "./engine.ts";
import type { Translations } from "./language.ts";

/** To the engine process. `id` names a request. Exactly one `result` or `error` with that id answers it. */
export type ToEngine =
  /**
   * The first message, sent once. `exclude`: backends that died with this model. `backendsFolder`: where backends were
   * installed (gpu/storedPackages.ts). `statesFolder`: where states are saved. `translations`: of messages to the user.
   */
  | {
      type: "load";
      id: number;
      params: LocalLoad;
      exclude: Backend[];
      backendsFolder?: string;
      statesFolder: string;
      translations: Translations;
    }
  /** The only message to a process that is then ended: lists the GPUs. */
  | {
      type: "probe";
      id: number;
      gpu: LocalLoad["gpu"];
      exclude: Backend[];
      backendsFolder?: string;
      translations: Translations;
    }
  | { type: "respond"; id: number; request: RespondRequest }
  | { type: "prepare"; id: number; request: PrepareRequest }
  | { type: "countPrompt"; id: number; request: PromptRequest }
  | { type: "countTokens"; id: number; texts: string[] }
  | { type: "answerNow"; id: number; reply: number }
  | { type: "addBudget"; id: number; reply: number; tokens: number }
  /** Removes all states of a conversation. */
  | { type: "forget"; id: number; owner: string; conversation: string }
  /** The process is about to end: stops all other requests and saves what is not on disk yet. */
  | { type: "save"; id: number; withinMs: number }
  | { type: "cancel"; id: number }
  /** Answered by `pong` at once, unless the current step of the model has taken longer than `stepMs`: then it hangs. */
  | { type: "ping"; stepMs: number };

/** From the engine process. */
export type FromEngine =
  /** A backend is tried, or in use. If the process dies afterwards, this backend caused it. */
  | { type: "backend"; backend: Backend }
  | { type: "progress"; progress: number }
  /** A message to the user, to add to the model's notes. */
  | { type: "note"; note: string }
  | { type: "pong" }
  /** Native code begins to work on the text of this request; without an id, that work is over. */
  | { type: "works"; id?: number }
  | { type: "events"; id: number; events: ReplyEvent[] }
  | { type: "result"; id: number; result: EngineResult }
  | { type: "error"; id: number; error: WireError };

/** Memory of all devices together, bytes: the library reports only the sum. */
export type GpuReport = {
  backend: Backend;
  names: string[];
  total: number;
  free: number;
  unified: boolean;
  failures: BackendFailure[];
};

/** What a request resolves to; null if it has no result. */
export type EngineResult = ModelInfo | GpuReport | PrepareResult | number[] | number | "unlimited" | null;

/**
 * Without `code`, the error is a bug in the server. With `badPrompt`, it is one in the client: its messages are no
 * conversation.
 * `cancelled`: the request's own cancel caused it.
 */
export type WireError = {
  code?: ErrorName;
  message: string;
  data?: Record<string, unknown>;
  badPrompt?: boolean;
  cancelled?: boolean;
};
