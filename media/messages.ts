/**
 * The messages between the chat's page (media/) and the extension host (src/): one union for each direction, and the
 * view models in them. The host holds all state, and the page draws it. Tokens are the loaded model's, times are ms.
 */
import type { RemoteHost, Usage } from "../server/protocol.ts";
import type { AgentToHost, AgentToPage, AgentTurn, Mode } from "./agent.ts";

/** How much the model may think, in tokens. The settings have the same values. */
export const BUDGETS = ["off", "256", "512", "1024", "2048", "4096", "unlimited"] as const;
export type Budget = (typeof BUDGETS)[number];

// ---- The chat ----------------------------------------------------------------------------------------------------

/** Something attached to a question: a file, a part of one, its problems, a terminal's text. */
export type Reference = {
  kind: "file" | "selection" | "problems" | "terminal";
  /** The chip's label: `cart.ts:3-9`. Text, never markup. */
  label: string;
  /** The path in the workspace; of a terminal's text the number of lines, in words. */
  detail: string;
};

/** Commands that may help after a reply has failed. */
export const REPLY_ACTIONS = [
  "chooseModel",
  "showLog",
  "newChat",
  "connectRemote",
  "setRemoteKey",
  "useLocal",
  "joinModel",
  "replaceModel",
  "reloadWindow",
  "getModel",
  "restartServer",
] as const satisfies PageCommand[];

export type ReplyError = {
  message: string;
  /** What the user can do next, in words. */
  next?: string;
  /** The same as buttons, beside Retry, which is always there. */
  actions: (typeof REPLY_ACTIONS)[number][];
};

export type Reply = {
  /**
   * `waiting`: for the model, or for other requests. `stopped`: by the user. `interrupted`: the engine or the server
   * died, or the window was closed. The last four are final.
   */
  state: "waiting" | "reading" | "thinking" | "answering" | "done" | "stopped" | "interrupted" | "failed";
  /** While reading: prompt tokens that have been read, and that must be read in all. */
  reading?: { read: number; total: number };
  thought: string;
  thoughtTokens: number;
  /** How long the thought took, or has taken so far. */
  thoughtMs: number;
  /** The thought's budget, also after "+512". */
  budget: number | "unlimited";
  /** Markdown. */
  answer: string;
  answerTokens: number;
  usage?: Usage;
  /** The answer was cut off: at the context's end, or at a limit of the reply's length. */
  cut?: "context" | "length";
  error?: ReplyError;
};

/** The states of a reply that has not ended. */
export const RUNNING = ["waiting", "reading", "thinking", "answering"] as const satisfies Reply["state"][];

export type Turn = {
  id: string;
  /** The question as it was typed. */
  text: string;
  references: Reference[];
  /** Inline code in the answer that opens code when clicked: names from what the question refers to. */
  links: string[];
  /** No longer sent: the user removed it to make room. */
  dropped: boolean;
  reply: Reply;
  /** What the agent did before `reply.answer`, which is its last text. Undefined in turns of Ask. */
  agent?: AgentTurn;
  /** Which of several replies to the question is shown: 1 is the oldest. */
  versions?: { shown: number; count: number };
};

export type Conversation = { id: string; title: string; turns: Turn[] };

// ---- The composer ------------------------------------------------------------------------------------------------

/** The thoughts of an agent: of its first step, and of each further one. */
export const AGENT_BUDGETS = ["plan", "step"] as const;
export type AgentBudget = (typeof AGENT_BUDGETS)[number];

export type AgentSettings = Record<AgentBudget, Budget> & {
  available: boolean;
  /** Why the agent is not available, in words. */
  why?: string;
  /** Number of further tools that the user has chosen. */
  tools: number;
};

export type Attachment = Reference & {
  id: string;
  /** Attached automatically (the open file, the selection). It follows the editor until it is removed. */
  implicit: boolean;
  /** Tokens that it takes in the prompt. */
  tokens?: number;
  /** Larger than its share of the context: only its beginning and end are sent. */
  cut?: boolean;
};

/** What to leave out so that the prompt fits, by the attachment's id. */
export type RemovableItem = { label: string; tokens: number; attachment: string };

export type Composer = {
  attachments: Attachment[];
  budget: Budget;
  mode: Mode;
  agent: AgentSettings;
  /** Tokens of the next prompt, and of the loaded context. Undefined while no model can count them. */
  meter?: { used: number; total: number; estimated?: boolean };
  /** How many tokens the prompt is too long, and what can be removed. Nothing is sent until the prompt fits. */
  overflow?: { excess: number; drops: RemovableItem[] };
  /** Questions to send when the running reply is complete, the next one first. */
  queued: { id: string; text: string }[];
};

// ---- The model ---------------------------------------------------------------------------------------------------

/** The model that is recommended on this machine, in words. */
export type Offer = {
  name: string;
  /** `6.5 GB` */
  size: string;
  /** Where it would run, with which context and memory. */
  fit: string;
  /** The file is already on this machine. */
  here: boolean;
  /** The part that is already downloaded: `2.1 GB`. */
  resumes?: string;
};

/**
 * `remote`: the remote endpoint that runs the model. `waiting`: the replies to other programs that a reply waits for
 * before it begins. `remedies`: commands to offer instead of the usual ones.
 */
export type ModelState =
  /**
   * No model is chosen. `offer` is undefined until the recommendation is known. `problem`: why the last download
   * failed, and what to do.
   */
  | { type: "noModel"; offer?: Offer; problem?: string }
  /** No model is chosen yet, and one is being downloaded. `text`: bytes, speed, time left. */
  | { type: "downloading"; name: string; progress: number; text: string }
  /** The next question loads the model. `gone`: why it was unloaded, unless the user asked for that. */
  | { type: "asleep"; name: string; remote?: RemoteHost; gone?: string }
  | { type: "starting"; name: string; remote?: RemoteHost }
  | { type: "loading"; name: string; progress: number; backend?: string; remote?: RemoteHost }
  | {
      type: "ready";
      name: string;
      toy: boolean;
      contextTokens: number;
      where: string;
      remote?: RemoteHost;
      waiting?: string;
    }
  | { type: "failed"; reason: string; next: string; retrying: boolean; remote?: RemoteHost; remedies?: PageCommand[] };

// ---- Host to page ------------------------------------------------------------------------------------------------

/** A colour theme in TextMate's form. Themes that it includes are already merged in. */
export type CodeTheme = {
  name: string;
  type: "dark" | "light";
  tokenColors: { scope?: string | string[]; settings: { foreground?: string; fontStyle?: string } }[];
};

export type FileMatch = {
  uri: string;
  name: string;
  /** Relative to the workspace. */
  folder: string;
};

export type ToPage =
  | AgentToPage
  /** The whole conversation: when the page opens, when another one is shown, and after turns were removed. */
  | { type: "conversation"; conversation: Conversation }
  /** A turn that is new, or replaces the turn with its id. */
  | { type: "turn"; turn: Turn; title: string }
  /** More of a running reply: texts to append, counts so far. */
  | {
      type: "delta";
      turn: string;
      thought: string;
      answer: string;
      thoughtTokens: number;
      thoughtMs: number;
      answerTokens: number;
    }
  /** What an agent's running reply does now. The turn is sent whole only at its begin and its end. */
  | { type: "progress"; turn: string; state: (typeof RUNNING)[number]; reading?: Reply["reading"] }
  | { type: "composer"; composer: Composer }
  | { type: "model"; model: ModelState }
  | { type: "theme"; theme: CodeTheme | undefined }
  /** The answer to the `searchFiles` with the same number. */
  | { type: "files"; request: number; files: FileMatch[] }
  /** A keyboard command that moves through the conversation, or opens the search. */
  | { type: "go"; to: GoTarget }
  /** Puts the cursor into the composer. */
  | { type: "focus" }
  /** Text typed before the cursor arrived. With `send`, Enter was pressed, too. */
  | { type: "typed"; text: string; send: boolean };

/** What "+512" adds to a thought's budget, in tokens. */
export const MORE_TOKENS = 512;

/** Where a `go` message leads. */
export const GO_TARGETS = ["find", "nextTurn", "previousTurn", "nextCode", "previousCode"] as const;
export type GoTarget = (typeof GO_TARGETS)[number];

// ---- Page to host ------------------------------------------------------------------------------------------------

export type ToHost =
  | AgentToHost
  /** The page is ready and asks for the whole state. */
  | { type: "ready" }
  /** The page got or lost the focus. VS Code's own `focusedView` does not see the focus inside a webview. */
  | { type: "focused"; focused: boolean }
  /** A question. It waits while a reply is running. */
  | { type: "send"; text: string }
  /** The composer's text, at its first focus and after changes. The host reads it ahead and counts its tokens. */
  | { type: "draft"; text: string }
  | { type: "stop" }
  | { type: "answerNow" }
  | { type: "addBudget"; tokens: number }
  /** Asks for another reply, also as a retry. The budget counts for this reply alone. */
  | { type: "regenerate"; turn: string; budget?: Budget }
  /** Continues an answer that was stopped or cut off. */
  | { type: "continue"; turn: string }
  /** Shows another reply to the turn's question: 1 is the oldest. */
  | { type: "showVersion"; turn: string; version: number }
  /** Removes a queued question, or sends the first one now. */
  | { type: "unqueue"; id: string }
  | { type: "sendQueued" }
  /** Changes the turn's question and asks it again. Later turns are removed. */
  | { type: "resend"; turn: string; text: string }
  | { type: "setBudget"; budget: Budget }
  | { type: "setAgentBudget"; which: AgentBudget; budget: Budget }
  /** Opens a list of things to attach. */
  | { type: "attach" }
  | { type: "searchFiles"; request: number; query: string }
  | { type: "attachFiles"; uris: string[] }
  | { type: "removeAttachment"; id: string }
  | { type: "drop"; attachment: string }
  | { type: "code"; action: CodeAction; code: string; language: string }
  /** Copies the answer's Markdown. */
  | { type: "copyReply"; turn: string }
  | { type: "openReference"; turn: string; index: number }
  | { type: "openName"; turn: string; name: string }
  | { type: "openLink"; href: string }
  | { type: "command"; command: PageCommand };

/** `apply`: proposes an edit where the code belongs. `terminal`: types the code into the terminal, without Enter. */
export const CODE_ACTIONS = ["copy", "insert", "replace", "newFile", "apply", "terminal"] as const;
export type CodeAction = (typeof CODE_ACTIONS)[number];

/** Commands that the page may start. All are this extension's, except `reloadWindow`, which is the editor's. */
export const PAGE_COMMANDS = [
  "chooseModel",
  "showLog",
  "newChat",
  "loadModel",
  "getModel",
  "cancelDownload",
  "connectRemote",
  "setRemoteKey",
  "useLocal",
  "joinModel",
  "replaceModel",
  "reloadWindow",
  "restartServer",
] as const;
export type PageCommand = (typeof PAGE_COMMANDS)[number];
