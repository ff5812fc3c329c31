/** The engine as the rest of the server sees it: one verb, and the model's life around it. */
import type {
  EnginePolicy,
  ErrorName,
  LoadParams,
  Message,
  ModelInfo,
  PrepareResult,
  ReplyProgress,
  Sampling,
  Status,
  StopReason,
  Thinking,
  Tool,
  Usage,
} from "../protocol.ts";

/** Who goes first when several requests want the model: edit before chat before idle work. */
export type Priority = "edit" | "chat" | "idle";

export type PromptRequest = {
  /** The whole conversation, the system message first if there is one. */
  messages: Message[];
  /**
   * How many characters of the last user message's content will stay as they are while the rest is still being typed
   * (the context before the question). A checkpoint is taken there.
   */
  stableChars?: number;
  tools?: Tool[];
  /** Of the reply that the prompt is for; in some dialects the system turn says it. Left out: on. */
  thinking?: Thinking;
  /** Whose conversation it is: what the model holds of it is of no use to another owner. */
  owner?: string;
  /** The owner's id for the conversation, by which `forget` finds what is kept of it. */
  conversation?: string;
};

export type RespondRequest = PromptRequest & {
  thinking: Thinking;
  sampling?: Sampling;
  /** Tokens of answer. */
  maxTokens?: number;
  /** Tokens of thought and answer together, as other programs count them; a part is kept from the thought for the answer. */
  maxReplyTokens?: number;
  responseSchema?: object;
  /** The answer must be calls of tools, or of this one, that follow their parameters. Not together with responseSchema. */
  toolChoice?: "required" | { name: string };
  /** With toolChoice: one call and no more. */
  singleCall?: boolean;
  priority: Exclude<Priority, "idle">;
  /** The client's id for the reply: it goes on when the client is lost, and `resume` takes it up again. */
  replyId?: string;
  /** `followUp`: the conversation goes on, so its state is worth keeping and settling. `once`: it does not. */
  kind: "followUp" | "once";
};

/** For which reply a prompt is read ahead, which decides where; a chat's where that is left out. */
export type PrepareRequest = PromptRequest & { reply?: Pick<RespondRequest, "kind" | "priority" | "maxTokens"> };

/** The last event of every reply that was not cancelled and did not fail is `usage`. */
export type ReplyEvent =
  | Exclude<ReplyProgress, { type: "prompt" }>
  | { type: "usage"; stopReason: StopReason; usage: Usage };

export interface Reply extends AsyncIterable<ReplyEvent> {
  /** Closes the running thought at once. Throws EngineError notThinking when there is none. */
  answerNow(): Promise<void>;
  /** Raises the running thought's budget by so many tokens; returns the new one. Throws EngineError notThinking. */
  addBudget(tokens: number): Promise<number | "unlimited">;
}

export interface Engine {
  readonly status: Status;
  onStatus(listener: (status: Status) => void): void;
  /** Replaces whatever is loaded. Throws EngineError loadFailed; an AbortSignal ends the loading and frees all. */
  load(params: LoadParams, signal?: AbortSignal): Promise<ModelInfo>;
  /** Ends running replies, frees all memory. */
  unload(): Promise<void>;
  /** The loaded model; waits while it is being loaded. Throws EngineError noModel or loadFailed. */
  model(signal?: AbortSignal): Promise<ModelInfo>;
  /**
   * Starts to reply at once; iterate to get the events. Aborting stops it within one chunk of reading or one token, and
   * the iteration throws the signal's reason. Throws EngineError from the iteration.
   */
  respond(request: RespondRequest, signal: AbortSignal): Reply;
  /** A reply that this client, or one of the same owner before it, has begun: all its events. Throws EngineError noReply. */
  resume?(replyId: string, signal: AbortSignal): Reply;
  /** Removes what is kept of a conversation, on disk and in memory. */
  forget?(conversation: string): Promise<void>;
  /** For whom it works, said before anything is asked of it. `kind`: as other clients are told. */
  introduce?(client: { kind?: "window" | "editor" | "terminal"; owner?: string }): void;
  /** When memory is given back without being asked. */
  setPolicy?(policy: EnginePolicy): void;
  /** Reads what is known of a prompt at idle priority. The last message may be a user's, still being typed. */
  prepare(request: PrepareRequest, signal: AbortSignal): Promise<PrepareResult>;
  /** How many tokens the prompt of a reply would be, without the reply's opening. Waits for no running reply. */
  countPrompt(request: PromptRequest, signal?: AbortSignal): Promise<number>;
  /** How many tokens each text is for the loaded model. */
  countTokens(texts: string[], signal?: AbortSignal): Promise<number[]>;
  dispose(): Promise<void>;
}

/** An error that clients are meant to tell apart by its name; `data` holds the further facts that protocol.ts promises. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: ErrorName;
  readonly data: Record<string, unknown>;

  constructor(code: ErrorName, message: string, data: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.data = data;
  }
}
