/** The engine as the rest of the server sees it: one verb, and loading and unloading the model. */
import type { CallPart } from "../nemotron/callStream.ts";
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

/** The order in which requests get the model: edit before chat before idle work. */
export type Priority = "edit" | "chat" | "idle";

/** A prompt with its owner and conversation. */
export type PromptRequest = {
  /** The whole conversation, beginning with the system message if there is one. */
  messages: Message[];
  /**
   * The number of leading characters of the last user message that stay unchanged while the user types the rest (the
   * context before the question). A checkpoint is taken there.
   */
  stableChars?: number;
  tools?: Tool[];
  /** How the reply will think; in some dialects the system turn depends on it. Left out: on. */
  thinking?: Thinking;
  /** The owner of the conversation. Its state is not used for other owners. */
  owner?: string;
  /** The owner's id for the conversation. `forget` removes its states by this id. */
  conversation?: string;
};

/** A request for a reply. */
export type RespondRequest = PromptRequest & {
  thinking: Thinking;
  sampling?: Sampling;
  /** Maximum length of the answer, tokens. */
  maxTokens?: number;
  /**
   * Maximum length of thought and answer together, tokens, as other APIs count. A part of it is reserved for the
   * answer.
   */
  maxReplyTokens?: number;
  responseSchema?: object;
  /**
   * The answer must be calls of tools, or of this tool, that match their parameters. Not together with responseSchema.
   */
  toolChoice?: "required" | { name: string };
  /** With toolChoice: exactly one call. */
  singleCall?: boolean;
  /**
   * With toolChoice: the calls that the reply may consist of, instead of `tools`, which stay in the prompt unchanged.
   * This confines a reply to the calls that are possible now, without reading the prompt again.
   */
  possibleCalls?: Tool[];
  /** With toolChoice: the reply may also be a text without calls. */
  orText?: boolean;
  /** Whether to report calls while they are being written, if the engine can. */
  callParts?: boolean;
  /**
   * `idle`: starts only while the chat's slot is free and holds nothing but a beginning of this conversation. If it does
   * not, or as soon as anything else needs the slot, the reply ends without an event `usage`.
   */
  priority: Priority;
  /**
   * The client's id for the reply. The reply continues when the connection to the client is lost, and `resume`
   * reconnects to it.
   */
  replyId?: string;
  /** `followUp`: the conversation will continue, so its state is worth saving and settling. `once`: it will not. */
  kind: "followUp" | "once";
  /**
   * The client sends both single questions and conversations, and does not say which one this is. The state is saved
   * when it comes back with another question, or when the prompt is long.
   */
  perhapsOnce?: boolean;
};

/** `reply`: the reply for which the prompt is read ahead, which decides the slot. Left out: a reply in the chat. */
export type PrepareRequest = PromptRequest & { reply?: Pick<RespondRequest, "kind" | "priority" | "maxTokens"> };

/** The last event of every reply that is neither cancelled nor failed is `usage`. */
export type ReplyEvent =
  | Exclude<ReplyProgress, { type: "prompt" }>
  /** Only with `callParts`: a call while it is being written. Its `toolCall` follows, unless the reply ends first. */
  | ({ type: "callPart" } & CallPart)
  /** `stopText`: which of the request's stop texts ended the reply, if the engine knows. */
  | { type: "usage"; stopReason: StopReason; stopText?: string; usage: Usage };

/** A running reply: its events, and how to end or extend its thought. */
export interface Reply extends AsyncIterable<ReplyEvent> {
  /** Closes the running thought at once. Throws EngineError notThinking when there is none. */
  answerNow(): Promise<void>;
  /**
   * Raises the running thought's budget by this many tokens and returns the new one. Throws EngineError notThinking.
   */
  addBudget(tokens: number): Promise<number | "unlimited">;
}

/** Runs one model, local or remote. */
export interface Engine {
  readonly status: Status;
  onStatus(listener: (status: Status) => void): void;
  /** Replaces the loaded model. Throws EngineError loadFailed. Aborting stops the load and frees all memory. */
  load(params: LoadParams, signal?: AbortSignal): Promise<ModelInfo>;
  /** Ends running replies and frees all memory. */
  unload(): Promise<void>;
  /** The loaded model. Waits while it is loading. Throws EngineError noModel or loadFailed. */
  model(signal?: AbortSignal): Promise<ModelInfo>;
  /**
   * Starts a reply at once; iterate to get its events. Aborting stops it within one chunk of reading or one token, and
   * the iteration throws the signal's reason. The iteration throws EngineErrors.
   */
  respond(request: RespondRequest, signal: AbortSignal): Reply;
  /**
   * Reconnects to a reply of this client, or of an earlier client with the same owner, and repeats all its events.
   * Throws EngineError noReply.
   */
  resume?(replyId: string, signal: AbortSignal): Reply;
  /** Removes the states of a conversation, on disk and in memory. */
  forget?(conversation: string): Promise<void>;
  /** Sets which client this engine works for. Call it before any request. `kind`: how other clients see this one. */
  introduce?(client: { kind?: "window" | "editor" | "terminal"; owner?: string }): void;
  /** Sets when memory is freed automatically. */
  setPolicy?(policy: EnginePolicy): void;
  /** Reads a prompt ahead at idle priority. The last message may be one that the user is still typing. */
  prepare(request: PrepareRequest, signal: AbortSignal): Promise<PrepareResult>;
  /** The number of tokens in the prompt of a reply, without the reply's opening. Does not wait for running replies. */
  countPrompt(request: PromptRequest, signal?: AbortSignal): Promise<number>;
  /** The number of tokens of each text for the loaded model. */
  countTokens(texts: string[], signal?: AbortSignal): Promise<number[]>;
  /** Frees everything. No call may follow. */
  dispose(): Promise<void>;
}

/** An error that clients distinguish by its code. `data` holds the facts that protocol.ts promises. */
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
