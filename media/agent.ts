/** The agent's turns as the page shows them, and the messages about them. The host composes all words. */

/** How questions are answered. `agent`: with tools that read and change the workspace's files. Kept per conversation. */
export const MODES = ["ask", "agent"] as const;
export type Mode = (typeof MODES)[number];

/** What a row stands for. Each has its icon. */
export const ROW_ICONS = [
  "plan",
  "read",
  "search",
  "edit",
  "create",
  "run",
  "tool",
  "answer",
  "rewind",
  "compaction",
  "check",
  "said",
] as const;

/** One row of an agent's turn. */
export type AgentRow = {
  /** Unique in its turn. */
  id: string;
  icon: (typeof ROW_ICONS)[number];
  /** One line: `Read cart.ts 1-80`. Text, never markup. */
  title: string;
  state: "running" | "done" | "failed";
  /** Shown when the row is opened, in this order. */
  details: AgentDetail[];
  /** The thought that runs or ran in this row. Times are ms. */
  thought?: { text: string; tokens: number; ms: number; budget: number | "unlimited"; running: boolean };
  /** Files and conversation can go back to before this row's step. */
  restorable: boolean;
  /** A new reply can begin at this row's step. */
  regenerable: boolean;
};

export const DETAIL_KINDS = ["text", "arguments", "output", "diff"] as const;
export type AgentDetail = { kind: (typeof DETAIL_KINDS)[number]; text: string };

/** A file that a turn has changed, with its numbers of added and removed lines. */
export type ChangedFile = { path: string; added: number; removed: number; created: boolean };

/** What an agent's turn has come to. */
export type AgentSummary = {
  /** One line, in words: done and checked; done, not checked; stopped; a limit; stuck and why. */
  title: string;
  tone: "good" | "neutral" | "bad";
  changed: ChangedFile[];
  /** What was checked, in words; left out if nothing was. */
  checked?: string;
  /** What is left: findings of the check that still fail. */
  left: string[];
  canContinue: boolean;
  /** There are changes of this turn to keep or undo. */
  undoable: boolean;
};

export const APPROVAL_KINDS = ["command", "check", "read", "write", "edit"] as const;
/** What the user is asked to allow. */
export type Approval = {
  id: string;
  kind: (typeof APPROVAL_KINDS)[number];
  /** The whole command line, or the file's path, or the diff of an edit. */
  text: string;
  /** The folder it runs in, or why the file is protected, in words. */
  detail: string;
};

/** The part of a turn that the agent adds. */
export type AgentTurn = { rows: AgentRow[]; summary?: AgentSummary; approval?: Approval };

export type AgentToPage =
  /** A row that is new, or replaces the row with its id. */
  | { type: "row"; turn: string; row: AgentRow }
  /** More of a running row: texts to append to its thought and to its last output, and the thought's counts so far. */
  | {
      type: "rowDelta";
      turn: string;
      row: string;
      thought?: string;
      thoughtTokens?: number;
      thoughtMs?: number;
      output?: string;
    }
  /** What the user is asked; undefined once it is answered. */
  | { type: "approval"; turn: string; approval?: Approval };

export const ANSWERS = ["yes", "always", "no"] as const;

export type AgentToHost =
  | { type: "setMode"; mode: Mode }
  /** Opens the list of further tools. */
  | { type: "chooseTools" }
  /** `always`: from now on, in this workspace. `why`: words for the model. `command`: the check as the user changed it. */
  | { type: "approve"; turn: string; id: string; answer: (typeof ANSWERS)[number]; why?: string; command?: string }
  /** Takes files and conversation back to before the row's step. */
  | { type: "restoreStep"; turn: string; row: string }
  /** Takes the turn back to the row's step, and lets the agent do that step again. */
  | { type: "regenerateStep"; turn: string; row: string }
  /** Goes on where a limit ended the turn. */
  | { type: "continueAgent"; turn: string }
  | { type: "undoTurn"; turn: string }
  | { type: "keepTurn"; turn: string }
  /** Shows all changes of the turn, or those of one file. */
  | { type: "openChanges"; turn: string }
  | { type: "openChange"; turn: string; path: string };
