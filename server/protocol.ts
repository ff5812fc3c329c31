/**
 * THE CONTRACT between the language server and its clients: requests, notifications, data types, named errors.
 * It imports nothing of the project. Units: tokens are the loaded model's, times are ms, memory is bytes.
 */
import type { Diagnostic, ProgressToken, Range, TextEdit } from "vscode-languageserver";

// ---- Conversations ----------------------------------------------------------------------------------------------

export type SystemMessage = { role: "system"; content: string };
export type UserMessage = { role: "user"; content: string };
/** What the model said. Thoughts are never sent back: the model's template drops them from history. */
export type AssistantMessage = { role: "assistant"; content: string; toolCalls?: ToolCall[] };
/** A tool's result. Results follow the assistant message that called, in the order of its calls. */
export type ToolMessage = { role: "tool"; content: string };
export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

/** A function that the model may ask the client to call. `parameters` is a JSON schema. */
export type Tool = { name: string; description?: string; parameters?: object };
export type ToolCall = { name: string; arguments: Record<string, unknown> };

/** Thinking for one request. `budget` is in tokens and counts the thought alone; 0 is the same as mode "off". */
export type Thinking = { mode: "off" | "on"; budget?: number | "unlimited" };

/** Left out values take the model card's: temperature 0.6 and top-p 0.95 when thinking, greedy when not. */
export type Sampling = {
  temperature?: number;
  topP?: number;
  topK?: number;
  minP?: number;
  seed?: number;
  /** 1 is off. */
  repeatPenalty?: number;
  /** The reply ends before the first of these texts in the answer; thoughts are not searched. */
  stop?: string[];
};

// ---- Context: what the editor knows, laid out into the last user turn by the server ------------------------------

export type ContextItem =
  /** A whole file: an open document, or a file inside a workspace folder. `text` overrides what is there. */
  | { type: "file"; uri: string; text?: string }
  /** A part of a file. */
  | { type: "range"; uri: string; range: Range }
  /** Problems in a file. */
  | { type: "diagnostics"; uri: string; diagnostics: Diagnostic[] }
  /** Anything else, under a title of the client's choice. */
  | { type: "text"; title: string; text: string };

// ---- Replies -----------------------------------------------------------------------------------------------------

/**
 * `stop`: the model ended its turn or a stop text came. `length`: maxTokens or the context's end.
 * `toolCalls`: it ended with calls. A cancelled request is answered by LSP's RequestCancelled instead.
 */
export type StopReason = "stop" | "length" | "toolCalls";

export type Usage = {
  /** Tokens of the whole prompt. promptTokens = readTokens + reusedTokens. */
  promptTokens: number;
  /** Prompt tokens read for this reply. */
  readTokens: number;
  /** Prompt tokens whose state was still there. */
  reusedTokens: number;
  thoughtTokens: number;
  answerTokens: number;
  /** From the request's arrival in the engine to its first generated token, ms. */
  firstTokenMs: number;
  /** Generated tokens a second, thought and answer together. */
  tokensPerSecond: number;
};

/** The value of each `$/progress` on a request's `partialResultToken`, in this order of `type` for one reply. */
export type ReplyProgress =
  /** The last user turn as the model sees it, of chats and explanations: it is needed also when the reply is cut short. */
  | { type: "prompt"; userContent: string }
  /** The prompt is being read: `read` of `total` unread tokens are done. */
  | { type: "reading"; read: number; total: number }
  /** `tokens`: of the thought so far, of the answer so far. The last of each may come with an empty text. */
  | { type: "thought"; text: string; tokens: number }
  | { type: "answer"; text: string; tokens: number }
  | { type: "toolCall"; toolCall: ToolCall };

/** With a `partialResultToken` the reply is streamed, and can be steered with answerNow and addBudget. */
type Streamed = { partialResultToken?: ProgressToken };

export type ChatParams = Streamed & {
  /** The whole conversation; the last message is the user's or a tool's. A system message may only come first. */
  messages: Message[];
  context?: ContextItem[];
  thinking?: Thinking;
  sampling?: Sampling;
  /** At most so many tokens of answer. The thought has its own budget. */
  maxTokens?: number;
  tools?: Tool[];
  /** A JSON schema that the answer (not the thought) must follow. Not together with tools. */
  responseSchema?: object;
};

export type ChatResult = {
  answer: string;
  thought: string;
  toolCalls: ToolCall[];
  stopReason: StopReason;
  usage: Usage;
  /**
   * The last user turn as the model saw it, with the context laid out. Send this text as that message's content in
   * later calls: the follow-up then reuses all that was read for it.
   */
  userContent: string;
};

export type ExplainParams = Streamed & {
  textDocument: { uri: string };
  range: Range;
  /** The problems that the client knows of; those in the range are shown to the model. */
  diagnostics?: Diagnostic[];
  thinking?: Thinking;
  sampling?: Sampling;
  /** It begins a conversation, whose state is kept: chats that go on from `userContent` and `answer` are cheap. */
  followUp?: boolean;
};
/** `answer` is Markdown. */
export type ExplainResult = Pick<ChatResult, "answer" | "thought" | "stopReason" | "usage" | "userContent">;

export type EditParams = Streamed & {
  textDocument: { uri: string; version: number };
  /** An empty range stands for the symbol around it, or else its line. */
  range: Range;
  /** Free text, or the id of a ready-made one. */
  instruction: string | { id: InstructionId };
  /** The problems to mend: a server does not know what others have published. */
  diagnostics?: Diagnostic[];
  thinking?: Thinking;
  sampling?: Sampling;
};
export type InstructionId =
  | "refactor"
  | "fix"
  | "document"
  | "addTypes"
  | "writeTests"
  | "simplify"
  | "extractFunction"
  | "renameForClarity"
  | "reduceNesting";
export type EditResult = {
  /** Minimal edits against `version`, none of them outside `range`. Empty: the model changed nothing. */
  edits: TextEdit[];
  version: number;
  /** What was edited: the request's range, or what an empty one stood for. */
  range: Range;
  /** `rewrite`: the whole range was written anew. `blocks`: only the passages that change. */
  form: "rewrite" | "blocks";
  /** Blocks that could not be placed and were left out: the first line of the passage, and why. */
  refused: { passage: string; reason: string }[];
  /** Why the edit should not be accepted without a look: the file parsed before it and does not parse with it. */
  warning?: string;
  thought: string;
  /** Of all attempts together. */
  usage: Usage;
};

/** Reads ahead what is known of an edit while its instruction is being typed. */
export type PrepareEditParams = Omit<EditParams, "partialResultToken" | "thinking" | "sampling">;

export type ApplyParams = {
  textDocument: { uri: string; version: number };
  /** A code block of an answer. */
  code: string;
};
/** Edits that put the code in the place of what it rewrites. No model is asked. */
export type ApplyResult = Pick<EditResult, "edits" | "version" | "range" | "warning">;

export type WriteTestsParams = Omit<ExplainParams, "followUp">;
/** `uri`: of a file that does not exist yet, where the project keeps its tests. `text`: the whole file. */
export type WriteTestsResult = { uri: string; text: string; thought: string; usage: Usage };

export type CommitMessageParams = Streamed & {
  /** The staged changes, as a unified diff. */
  diff: string;
  /** The latest messages of the log, the newest first: the message is written in their style. */
  recent: string[];
  thinking?: Thinking;
  sampling?: Sampling;
};
export type CommitMessageResult = { message: string; thought: string; usage: Usage };

export type PrepareParams = Pick<ChatParams, "messages" | "context" | "tools" | "thinking">;
/** `interrupted`: something more urgent came first; what was read until then is kept. */
export type PrepareResult = { readTokens: number; interrupted: boolean };

export type CountParams = PrepareParams;
/** Nothing is read or kept: what a chat with these parameters would be. */
export type CountResult = {
  /** Of the whole prompt, context laid out, as Usage.promptTokens without the opening of the reply. */
  promptTokens: number;
  contextTokens: number;
  /** Each of `messages`, without its context. */
  messages: number[];
  /** Each item of `context` as it would be sent. `cut`: it did not fit into its share, and is shortened or left out. */
  context: { tokens: number; cut: boolean }[];
};

/** `token` is the running reply's partialResultToken. */
export type AnswerNowParams = { token: ProgressToken };
export type AddBudgetParams = { token: ProgressToken; tokens: number };
/** `budget` is the thought's new budget. */
export type AddBudgetResult = { budget: number | "unlimited" };

// ---- The model ---------------------------------------------------------------------------------------------------

export type Backend = "cuda" | "vulkan" | "metal" | "cpu";

export type LoadParams = {
  /** Absolute path of a GGUF file. */
  model: string;
  /** Tokens of context wanted for the chat; less is loaded where it does not fit. */
  contextTokens?: number;
  gpu?: "auto" | "off" | Exclude<Backend, "cpu">;
  gpuLayers?: number;
  /** Left out: chosen by what the model needs. */
  threads?: number;
  /** What the states of idle conversations may take on disk, bytes; 4 GiB when left out, 0 keeps none. */
  idleStateBytes?: number;
};
export type LoadResult = ModelInfo;

/** Bytes, decided before loading and measured after. */
export type MemoryReport = {
  weights: number;
  /** Recurrent state of all sequences. */
  state: number;
  kv: number;
  compute: number;
  /** The most that checkpoints may take, in RAM. */
  checkpoints: number;
  /** What of the sum lies on the GPU. */
  gpu: number;
};

export type ModelInfo = {
  path: string;
  name: string;
  /** The bundled test model: it knows nothing. Clients must say so. */
  toy: boolean;
  backend: Backend;
  device?: string;
  gpuLayers: number;
  totalLayers: number;
  threads: number;
  /** The loaded context for chats: the limit that clients must respect, not the model's maximum. */
  contextTokens: number;
  /** The loaded context for edits. */
  editContextTokens: number;
  memory: MemoryReport;
  /** What was given up so that it fits, or which backend failed, in words for the user. */
  notes: string[];
};

/** Sent by the server on every change. */
export type Status =
  | { type: "noModel" }
  | { type: "loading"; path: string; progress: number; backend?: Backend; attempt: number }
  | { type: "ready"; model: ModelInfo }
  | { type: "busy"; model: ModelInfo; requests: number }
  /** `retryInMs`: it is tried again by itself after that time. Otherwise `next` names what the user can do. */
  | { type: "failed"; reason: string; next: string; retryInMs?: number };

// ---- Errors ------------------------------------------------------------------------------------------------------

/** Codes of ResponseError; the names are in `data.name`, further facts beside it. LSP's own codes are used as well. */
export const ErrorCode = {
  /** No model is loaded or being loaded. */
  noModel: 1,
  /** The model could not be loaded. data: reason, next. */
  loadFailed: 2,
  /** data: promptTokens, contextTokens. */
  contextOverflow: 3,
  /** The engine process died while it worked on this request. data: reason, next. */
  engineCrashed: 4,
  /** The reply held no code, or more than one block of it. */
  notCode: 5,
  /** The reply was cut off before it was whole. */
  truncated: 6,
  /** No running reply has this token, or its thought is over. */
  notThinking: 7,
  /** A file that is not open, and not inside a workspace folder or not readable. */
  unreadable: 8,
  /** The responseSchema is not one that a reply can be made to follow. */
  badSchema: 9,
  /** There is no one place in the document that the code rewrites. */
  notPlaced: 10,
} as const;
export type ErrorName = keyof typeof ErrorCode;

// ---- Methods -----------------------------------------------------------------------------------------------------

/** Client to server. Cancelled by `$/cancelRequest`. */
export const Method = {
  chat: "nemotron/chat",
  explain: "nemotron/explain",
  edit: "nemotron/edit",
  prepareEdit: "nemotron/prepareEdit",
  apply: "nemotron/apply",
  writeTests: "nemotron/writeTests",
  commitMessage: "nemotron/commitMessage",
  prepare: "nemotron/prepare",
  /** Answers beside a running reply, so that a meter can follow what is typed. */
  count: "nemotron/count",
  answerNow: "nemotron/answerNow",
  addBudget: "nemotron/addBudget",
  load: "nemotron/load",
  unload: "nemotron/unload",
  /** Server to client, a notification with a Status. As a request from the client it answers with the present one. */
  status: "nemotron/status",
} as const;

/** Commands of `workspace/executeCommand`, used by the server's code actions. Arguments: one RangeArguments. */
export const Command = {
  explain: "nemotron.explain",
  edit: "nemotron.edit",
  writeTests: "nemotron.writeTests",
} as const;
export type RangeArguments = {
  uri: string;
  version: number;
  range: Range;
  instruction?: InstructionId;
  diagnostics?: Diagnostic[];
};
