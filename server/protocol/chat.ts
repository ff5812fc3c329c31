/** Conversations, what goes along with them, and the replies: chats and explanations. */
import type { Diagnostic, ProgressToken, Range } from "vscode-languageserver";

export type SystemMessage = { role: "system"; content: string };
export type UserMessage = { role: "user"; content: string };
/**
 * What the model said. Thoughts need not be sent back: the models' templates drop them from history. Nemotron-3's keeps
 * those behind the last user message, between tool calls; `thought` is for them.
 */
export type AssistantMessage = { role: "assistant"; content: string; toolCalls?: ToolCall[]; thought?: string };
/** A tool's result. Results follow the assistant message that called, in the order of its calls. */
export type ToolMessage = { role: "tool"; content: string };
export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

/** A function that the model may ask the client to call. `parameters` is a JSON schema. */
export type Tool = { name: string; description?: string; parameters?: object };
export type ToolCall = { name: string; arguments: Record<string, unknown> };

/** Thinking for one request. `budget` is in tokens and counts the thought alone; 0 is the same as mode "off". */
export type Thinking = { mode: "off" | "on"; budget?: number | "unlimited" };

/** Left out values take the model card's; Nano v2's: temperature 0.6 and top-p 0.95 when thinking, greedy when not. */
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
  /**
   * The last user turn as the model sees it, of chats and explanations: it is needed also when the reply is cut short.
   * `range`: what an explanation is of, where it was asked for with an empty range what stands around that.
   */
  | { type: "prompt"; userContent: string; range?: Range }
  /** The prompt is being read: `read` of `total` unread tokens are done. */
  | { type: "reading"; read: number; total: number }
  /** `tokens`: of the thought so far, of the answer so far. The last of each may come with an empty text. */
  | { type: "thought"; text: string; tokens: number }
  | { type: "answer"; text: string; tokens: number }
  | { type: "toolCall"; toolCall: ToolCall };

/** With a `partialResultToken` the reply is streamed, and can be steered with answerNow and addBudget. */
export type Streamed = { partialResultToken?: ProgressToken };

/**
 * `conversation`: the client's id for it. States that are kept of it on disk go with `nemotron/forget`.
 * `replyId`: the client's id for the reply, unlike all others. It goes on when the client is lost, and can be taken up again
 * with `nemotron/resume`.
 */
export type Kept = { conversation?: string; replyId?: string };

export type ChatParams = Streamed &
  Kept & {
    /** The whole conversation; the last message is the user's or a tool's. A system message may only come first. */
    messages: Message[];
    context?: ContextItem[];
    thinking?: Thinking;
    sampling?: Sampling;
    /** At most so many tokens of answer. The thought has its own budget. */
    maxTokens?: number;
    tools?: Tool[];
    /** The answer must be calls of the tools, or of this one. Without it the model is free to call or not. */
    toolChoice?: "required" | { name: string };
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

export type ExplainParams = Streamed &
  Kept & {
    textDocument: { uri: string };
    range: Range;
    /** The problems that the client knows of; those in the range are shown to the model. */
    diagnostics?: Diagnostic[];
    thinking?: Thinking;
    sampling?: Sampling;
    /** It begins a conversation, whose state is kept: chats that go on from `userContent` and `answer` are cheap. */
    followUp?: boolean;
  };
/** All that the reply has said comes again, but the `prompt`. Rejects with noReply. */
export type ResumeParams = Streamed & { replyId: string };
export type ResumeResult = Omit<ChatResult, "userContent">;

export type ForgetParams = { conversation: string };

/** `answer` is Markdown. */
export type ExplainResult = Pick<ChatResult, "answer" | "thought" | "stopReason" | "usage" | "userContent">;

export type PrepareParams = Pick<ChatParams, "messages" | "context" | "tools" | "thinking" | "conversation">;
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
  /** The tokens are estimates: a remote engine has no tokenizer to ask. */
  estimated?: boolean;
};

/** For clients that lay out prompts themselves. */
export type CountTokensParams = { texts?: string[]; messages?: Message[] };
export type CountTokensResult = {
  /** Of each text alone. */
  texts: number[];
  /**
   * What the messages add to a prompt together, their turns' framing included: the sums over a conversation's messages
   * add up to its prompt, but for the framing of an empty one.
   */
  messages: number;
};

/** `token` is the running reply's partialResultToken. */
export type AnswerNowParams = { token: ProgressToken };
export type AddBudgetParams = { token: ProgressToken; tokens: number };
/** `budget` is the thought's new budget. */
export type AddBudgetResult = { budget: number | "unlimited" };
