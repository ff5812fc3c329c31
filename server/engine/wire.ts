/** The messages between the server's end (supervisor.ts) and the engine process (process.ts), over the child's IPC channel. */
import type { Backend, ErrorName, LocalLoad, ModelInfo, PrepareResult } from "../protocol.ts";
import type { PrepareRequest, PromptRequest, ReplyEvent, RespondRequest } from "./engine.ts";
import type { Translations } from "./language.ts";
import type { GpuReport } from "./probe.ts";

/** To the engine process. `id` names a request; it is answered by exactly one `result` or `error` of that id. */
export type ToEngine =
  /**
   * Comes first and once. `exclude`: backends that died with this model. `backendsFolder`: where backends were installed
   * (storedPackages.ts). `statesFolder`: where states are kept. `translations`: of what is said to the user.
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
  /** Comes first, alone, in a process that ends after it: what GPUs are there. */
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
  /** Removes all that is held of a conversation. */
  | { type: "forget"; id: number; owner: string; conversation: string }
  /** The process is about to be ended: stops all that runs, and saves what is not on disk yet. */
  | { type: "save"; id: number; withinMs: number }
  | { type: "cancel"; id: number }
  /** Answered by `pong` at once, unless a step of the model has taken longer than `stepMs`: it hangs then. */
  | { type: "ping"; stepMs: number };

/** From the engine process. */
export type FromEngine =
  /** A backend is tried, or in use; if the process dies from here on, it is this one that died. */
  | { type: "backend"; backend: Backend }
  | { type: "progress"; progress: number }
  | { type: "pong" }
  | { type: "events"; id: number; events: ReplyEvent[] }
  | { type: "result"; id: number; result: EngineResult }
  | { type: "error"; id: number; error: WireError };

export type EngineResult = ModelInfo | GpuReport | PrepareResult | number[] | number | "unlimited" | null;

/**
 * `code` left out: a fault of ours, or with `badPrompt` the client's: the messages are no conversation. `cancelled`: the
 * request's own cancel came through.
 */
export type WireError = {
  code?: ErrorName;
  message: string;
  data?: Record<string, unknown>;
  badPrompt?: boolean;
  cancelled?: boolean;
};
