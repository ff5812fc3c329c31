/**
 * What the chat's page (media/) and the extension host (src/) say to one another: a union for each direction, and the
 * picture of the chat that goes with them. The host holds all state, the page draws it. Tokens are the loaded model's,
 * times are ms.
 */
import type { RemoteHost, Usage } from "../server/protocol.ts";

/** How much the model may think, in tokens. The same words are in the settings. */
export const BUDGETS = ["off", "256", "512", "1024", "2048", "4096", "unlimited"] as const;
export type Budget = (typeof BUDGETS)[number];

// ---- The chat ----------------------------------------------------------------------------------------------------

/** Something attached to a question: a file, a part of one, its problems, a terminal's text. */
export type Reference = {
  kind: "file" | "selection" | "problems" | "terminal";
  /** As a chip shows it: `cart.ts:3-9`. Text, never markup. */
  label: string;
  /** Where it is: the path in the workspace. */
  detail: string;
};

/** What may help when a reply failed. */
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
  /** While reading: prompt tokens read of those that had to be read. */
  reading?: { read: number; total: number };
  thought: string;
  thoughtTokens: number;
  /** How long it thought, or has thought so far. */
  thoughtMs: number;
  /** The thought's budget, also after "+512". */
  budget: number | "unlimited";
  /** Markdown. */
  answer: string;
  answerTokens: number;
  usage?: Usage;
  /** The answer ended at the context's end. */
  truncated?: boolean;
  error?: ReplyError;
};

export type Turn = {
  id: string;
  /** The question as it was typed. */
  text: string;
  references: Reference[];
  /** Inline code in the answer that leads to code when clicked: names that occur in what the question refers to. */
  links: string[];
  /** It is no longer part of the prompt: the user dropped it to make room. */
  dropped: boolean;
  reply: Reply;
};

export type Conversation = { id: string; title: string; turns: Turn[] };

// ---- The composer ------------------------------------------------------------------------------------------------

export type Attachment = Reference & {
  id: string;
  /** It came by itself (the open file, the selection), and will follow the editor until it is removed. */
  implicit: boolean;
  /** Tokens that it takes in the prompt. */
  tokens?: number;
  /** It is larger than its share of the context: only its ends are sent. */
  cut?: boolean;
};

/** What to leave out so that the prompt fits: an attachment's id, or the oldest turns that are still sent. */
export type Drop = { label: string; tokens: number; what: { attachment: string } | "oldestTurn" };

export type Composer = {
  attachments: Attachment[];
  budget: Budget;
  /** Tokens of the prompt as it stands against the loaded context. Missing while there is no model to count with. */
  meter?: { used: number; total: number; estimated?: boolean };
  /** So many tokens too many, and what could be dropped. Sending is refused until it fits. */
  overflow?: { excess: number; drops: Drop[] };
};

// ---- The model ---------------------------------------------------------------------------------------------------

/** The model that is recommended on this machine, in words. */
export type Offer = {
  name: string;
  /** `6.5 GB` */
  size: string;
  /** Where it would run, with which context and memory. */
  fit: string;
  /** Its file is here already. */
  here: boolean;
  /** So much of it is here: `2.1 GB`. */
  resumes?: string;
};

/**
 * `remote`: it is not run by us, but behind an endpoint there. `waiting`: what a reply waits for that has not begun, other
 * programs' replies. `remedies`: instead of the usual ones.
 */
export type ModelState =
  /** Nothing has been chosen. `offer` is missing until it is known what suits the machine. */
  | { type: "noModel"; offer?: Offer }
  /** None has been chosen yet, and one is on its way. `text`: bytes, speed, time left. */
  | { type: "downloading"; name: string; progress: number; text: string }
  /** It starts, or comes back, with the next question. `gone`: why it is no longer loaded, where the user did not ask for that. */
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

/** A colour theme in the form that TextMate themes have, with what it includes already merged in. */
export type CodeTheme = {
  name: string;
  type: "dark" | "light";
  tokenColors: { scope?: string | string[]; settings: { foreground?: string; fontStyle?: string } }[];
};

export type FileMatch = {
  uri: string;
  /** Its name, and the folder it is in, relative to the workspace. */
  name: string;
  folder: string;
};

export type ToPage =
  /** The whole conversation: at first, after a change of conversation, after turns were taken back. */
  | { type: "conversation"; conversation: Conversation }
  /** One turn, new or changed, in the place of the one with its id. */
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
  | { type: "composer"; composer: Composer }
  | { type: "model"; model: ModelState }
  | { type: "theme"; theme: CodeTheme | undefined }
  /** The answer to `searchFiles` of that number. */
  | { type: "files"; request: number; files: FileMatch[] }
  /** Puts the cursor into the composer; with a text, also that, if nothing is written there yet. */
  | { type: "focus"; text?: string };

// ---- Page to host ------------------------------------------------------------------------------------------------

export type ToHost =
  /** The page listens: it is told everything. */
  | { type: "ready" }
  /** The page has the focus, or no longer: VS Code's own `focusedView` is not told of the focus in a webview. */
  | { type: "focused"; focused: boolean }
  | { type: "send"; text: string }
  /** What is in the composer, from its first focus on and whenever it changes: it is read ahead and counted. */
  | { type: "draft"; text: string }
  | { type: "stop" }
  | { type: "answerNow" }
  | { type: "addBudget"; tokens: number }
  /** Also a retry. The budget is for this once. */
  | { type: "regenerate"; turn: string; budget?: Budget }
  /** The turn's question is changed and asked again; the turns after it are taken back. */
  | { type: "resend"; turn: string; text: string }
  | { type: "setBudget"; budget: Budget }
  /** Offers what can be attached. */
  | { type: "attach" }
  | { type: "searchFiles"; request: number; query: string }
  | { type: "attachFiles"; uris: string[] }
  | { type: "removeAttachment"; id: string }
  | { type: "drop"; what: Drop["what"] }
  | { type: "code"; action: CodeAction; code: string; language: string }
  /** Copies the answer's Markdown. */
  | { type: "copyReply"; turn: string }
  | { type: "openReference"; turn: string; index: number }
  | { type: "openName"; turn: string; name: string }
  | { type: "openLink"; href: string }
  | { type: "command"; command: PageCommand };

/** `apply`: proposed as an edit, in the place of the code that it rewrites. */
export type CodeAction = "copy" | "insert" | "replace" | "newFile" | "apply";

/** Commands of the palette that the page may start; to reload the window is the editor's own. */
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
] as const;
export type PageCommand = (typeof PAGE_COMMANDS)[number];
