/** An engine that runs in another process. Its requests go there unchanged. */
import type { PrepareResult } from "../../protocol.ts";
import type { PrepareRequest, PromptRequest, Reply, RespondRequest } from "../engine.ts";
import type { EngineRequest, EngineRequests } from "./child.ts";
import { IpcReply } from "./ipcReply.ts";
import { StatusNotifier } from "./statusNotifier.ts";

/** The requests to a loaded model. */
export type ModelRequest = Extract<
  EngineRequest,
  { type: "respond" | "prepare" | "countPrompt" | "countTokens" | "answerNow" | "addBudget" }
>;

/** The requests that need a loaded model. A subclass provides the process. */
export abstract class EngineClient extends StatusNotifier {
  /** The process that holds the model. Waits while it is loading. Throws EngineError noModel or loadFailed. */
  abstract ready(signal?: AbortSignal): Promise<EngineRequests<ModelRequest>>;

  respond(request: RespondRequest, signal: AbortSignal): Reply {
    return new IpcReply(() => this.ready(signal), { type: "respond" as const, request }, signal);
  }

  async prepare(request: PrepareRequest, signal: AbortSignal): Promise<PrepareResult> {
    return (await this.ready(signal)).request({ type: "prepare", request }, { signal });
  }

  async countPrompt(request: PromptRequest, signal?: AbortSignal): Promise<number> {
    return (await this.ready(signal)).request({ type: "countPrompt", request }, { signal });
  }

  async countTokens(texts: string[], signal?: AbortSignal): Promise<number[]> {
    return (await this.ready(signal)).request({ type: "countTokens", texts }, { signal });
  }
}
