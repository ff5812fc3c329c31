/** Conversations with their context, and replies: chats and explanations. */
import type { Diagnostic, ProgressToken, Range } from "vscode-languageserver";

export type SystemMessage = { role: "system"; content: string };
export type UserMessage = { role: "user"; content: string };
/**
 * A reply of the model. Clients need not send thoughts back, because the models' templates drop them from the history.
 * `thought` is for Nemotron 3: its template keeps thoughts after the last user message, between tool calls.
 */
export type AssistantMessage = { role: "assistant"; content: string; toolCalls?: ToolCall[]; thought?: string };
/** A tool's result. Results follow the assistant message with the calls, in the order of its calls. */
export type ToolMessage = { role: "tool"; content: string };
export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

/** A function that the model can ask the client to call. `parameters` is a JSON schema. */
export type Tool = { name: string; description?: string; parameters?: object };
/** `arguments` match the tool's `parameters` only if the model has followed them. */
export type ToolCall = { name: string; arguments: Record<string, unknown> };

/** Thinking for one request. `budget` counts the tokens of the thought only; 0 is the same as mode "off". */
export type Thinking = { mode: "off" | "on"; budget?: number | "unlimited" };

/**
 * Missing values come from the model card; for Nano v2: temperature 0.6 and top-p 0.95 when thinking, greedy otherwise.
 */
export type Sampling = {
  temperature?: number;
  topP?: number;
  topK?: number;
  minP?: number;
  seed?: number;
  /** 1 means off. */
  repeatPenalty?: number;
  /** The reply ends before the first of these texts in the answer; thoughts are not searched. */
  stop?: string[];
};

// ---- Context: what the editor knows. The server writes it into the last user turn. --------------------------------

/** An item of context. Lines and characters are LSP's: 0-based, characters in UTF-16 code units. */
export type ContextItem =
  /** A whole file: an open document, or a file inside a workspace folder. `text` replaces its content. */
  | { type: "file"; uri: string; text?: string }
  /** A part of a file. */
  | { type: "range"; uri: string; range: Range }
  /** Problems in a file. */
  | { type: "diagnostics"; uri: string; diagnostics: Diagnostic[] }
  /** Any other text, with a title of the client's choice. */
  | { type: "text"; title: string; text: string };

// ---- Replies -----------------------------------------------------------------------------------------------------

/**
 * `stop`: the model ended its turn, or wrote a stop text. `length`: maxTokens or the end of the context was reached.
 * `toolCalls`: the answer has calls. A cancelled request is answered with LSP's RequestCancelled instead.
 */
export type StopReason = "stop" | "length" | "toolCalls";

/** The costs of one reply, in tokens unless the name says otherwise. */
export type Usage = {
  /** Tokens of the whole prompt. promptTokens = readTokens + reusedTokens. */
  promptTokens: number;
  /** Prompt tokens read for this reply. */
  readTokens: number;
  /** Prompt tokens that needed no reading, because their state was reused. */
  reusedTokens: number;
  thoughtTokens: number;
  answerTokens: number;
  /** From the request's arrival in the engine to the first generated token, ms. */
  firstTokenMs: number;
  /** Generated tokens a second, thought and answer together. */
  tokensPerSecond: number;
};

/** The value of each `$/progress` on a request's `partialResultToken`, in this order of `type` for one reply. */
export type ReplyProgress =
  /**
   * The last user turn as the model sees it, for chats and explanations. Clients need it even if the reply is cut
   * short. `range`: what an explanation is about, if the request had an empty range. `dropped`: how many of the oldest
   * messages were left out to make room (ChatParams.compact). `summary`: what the model knows about them from now on.
   * If later calls leave them out too, and send the summary, nothing is read again.
   */
  | { type: "prompt"; userContent: string; range?: Range; dropped?: number; summary?: string }
  /** The prompt is being read: `read` of `total` unread tokens are done. */
  | { type: "reading"; read: number; total: number }
  /** `tokens`: length of the thought so far, or of the answer so far. The last event of each can have an empty text. */
  | { type: "thought"; text: string; tokens: number }
  | { type: "answer"; text: string; tokens: number }
  /** Replaces all texts so far, when a remote endpoint shows late which of them is the thought. */
  | { type: "revised"; thought: string; answer: string; thoughtTokens: number; answerTokens: number }
  | { type: "toolCall"; toolCall: ToolCall };

/** With a `partialResultToken`, the reply is streamed, and answerNow and addBudget can steer it. */
export type Streamed = { partialResultToken?: ProgressToken };

/**
 * `conversation`: the client's id for it. `nemotron/forget` deletes its saved states. `replyId`: the client's unique id
 * for the reply. The reply continues when the connection is lost, and `nemotron/resume` reconnects to it.
 */
export type ConversationIds = { conversation?: string; replyId?: string };

/** Parameters of `nemotron/chat`. */
export type ChatParams = Streamed &
  ConversationIds & {
    /**
     * The whole conversation. The last message is the user's or a tool's. Only the first one can be a system message.
     */
    messages: Message[];
    context?: ContextItem[];
    /**
     * Leave out the oldest messages when the conversation fills most of the context. The event `prompt` reports it.
     * With `conversation`, a long conversation is summed up in idle time, and the summary takes their place.
     */
    compact?: boolean;
    /** The `summary` of the last event `prompt` with `dropped`. */
    summary?: string;
    thinking?: Thinking;
    sampling?: Sampling;
    /** Maximum length of the answer, tokens. The thought has its own budget. */
    maxTokens?: number;
    tools?: Tool[];
    /** The answer must be calls of the tools, or of this tool. Left out: the model may call tools or not. */
    toolChoice?: "required" | { name: string };
    /** A JSON schema that the answer (not the thought) must follow. Not together with tools. */
    responseSchema?: object;
  };

/** Answer of `nemotron/chat`. */
export type ChatResult = {
  answer: string;
  thought: string;
  toolCalls: ToolCall[];
  stopReason: StopReason;
  usage: Usage;
  /**
   * The last user turn as the model saw it, with the context. If later calls send this text as the content of that
   * message, they reuse everything that was read for it.
   */
  userContent: string;
};

/** Parameters of `nemotron/explain`. An empty range stands for the symbol around it, or for its line. */
export type ExplainParams = Streamed &
  ConversationIds & {
    textDocument: { uri: string };
    range: Range;
    /** The problems that the client knows. Those in the range are shown to the model. */
    diagnostics?: Diagnostic[];
    thinking?: Thinking;
    sampling?: Sampling;
    /** Save the state, so that a chat that continues from `userContent` and `answer` reads only its new message. */
    followUp?: boolean;
  };
/** Repeats all events of the reply except the `prompt`. Rejects with noReply. */
export type ResumeParams = Streamed & { replyId: string };
export type ResumeResult = Omit<ChatResult, "userContent">;

/** Deletes the saved states of a conversation. */
export type ForgetParams = { conversation: string };

/** `answer` is Markdown. */
export type ExplainResult = Pick<ChatResult, "answer" | "thought" | "stopReason" | "usage" | "userContent">;

/** Parameters of `nemotron/prepare`. The last message may be one that the user is still typing. */
export type PrepareParams = Pick<
  ChatParams,
  "messages" | "context" | "tools" | "thinking" | "conversation" | "summary"
>;
/** `interrupted`: a more urgent request came. The part read so far stays. */
export type PrepareResult = { readTokens: number; interrupted: boolean };

export type CountParams = PrepareParams;
/** The tokens of a chat with these parameters. Counting reads and saves nothing. */
export type CountResult = {
  /** Tokens of the whole prompt with its context, like Usage.promptTokens without the opening of the reply. */
  promptTokens: number;
  contextTokens: number;
  /** Tokens of each of `messages`, without its context. */
  messages: number[];
  /** Each item of `context` as it would be sent. `cut`: the item exceeds its share, so it is shortened or left out. */
  context: { tokens: number; cut: boolean }[];
  /** The tokens are estimates: the remote engine has no tokenizer. */
  estimated?: boolean;
};

/** For clients that lay out prompts themselves. */
export type CountTokensParams = { texts?: string[]; messages?: Message[] };
export type CountTokensResult = {
  /** Tokens of each text on its own. */
  texts: number[];
  /**
   * Tokens that the messages together add to a prompt, with the framing of their turns. The counts of a conversation's
   * messages add up to its prompt, except for the framing of an empty prompt.
   */
  messages: number;
};

/** `token` is the running reply's partialResultToken. */
export type AnswerNowParams = { token: ProgressToken };
/** `token` is the running reply's partialResultToken. `tokens`: how many more the thought may have. */
export type AddBudgetParams = { token: ProgressToken; tokens: number };
/** `budget` is the thought's new budget. */
export type AddBudgetResult = { budget: number | "unlimited" };
