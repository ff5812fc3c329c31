/** The agent: it works on files with tools, step by step, until a task is done. */
import type { Diagnostic, WorkspaceEdit } from "vscode-languageserver";
import type { ContextItem, ConversationIds, Message, Sampling, Streamed, Tool, ToolCall, Usage } from "./chat.ts";

/** How long thoughts may be, tokens; 0 is off. `plan`: the first step's. `step`: that of each further step. */
export type AgentBudgets = { plan?: number | "unlimited"; step?: number | "unlimited" };

export type AgentLimits = {
  /** Steps of one request; 20 if left out. */
  steps?: number;
  /** A command that runs longer is stopped, ms; two minutes if left out. */
  commandMs?: number;
};

export type AgentParams = Streamed &
  Pick<ConversationIds, "conversation"> & {
    /**
     * The whole conversation, with the messages of earlier results. The last message is the user's. A system message is
     * the agent's own, so none may be sent.
     */
    messages: Message[];
    context?: ContextItem[];
    /** Further tools, which the client runs (`nemotron/workspace/callTool`). */
    tools?: Tool[];
    budgets?: AgentBudgets;
    limits?: AgentLimits;
    sampling?: Sampling;
    /**
     * The command that checks the project after edits. Left out: found in the project's files, and the user is asked
     * about it. Empty: none.
     */
    check?: string;
  };

/** `done`: the model says so. `limit`: a limit was reached. `stuck`: no step got further. `stopped`: by the user. */
export type AgentOutcome = "done" | "limit" | "stuck" | "stopped";

/** `passed`: nothing fails. `failed`: something does. `none`: there was nothing to check, or nothing to check it with. */
export type AgentVerdict = "passed" | "failed" | "none";

export type AgentResult = {
  outcome: AgentOutcome;
  /** Why it ended, in words, unless it is done. */
  reason?: string;
  verdict: AgentVerdict;
  /**
   * The whole conversation as the model sees it now, without the system message. Send these messages with the next task:
   * then nothing of them is read again.
   */
  messages: Message[];
  /** The last user turn as the model saw it: see ChatResult. */
  userContent: string;
  /** URIs of the files that the run has changed and created. */
  changed: string[];
  steps: number;
  /** Of all steps together; firstTokenMs and promptTokens are those of the last one. */
  usage: Usage;
};

/** Why a step was decoded again. Such a step never enters the conversation. */
export type RewindReason =
  /** There is no such tool. */
  | "unknownTool"
  /** Arguments that the tool does not have, of another type, or a call that cannot be read. */
  | "badArguments"
  /** It names lines that were never shown. */
  | "notShown"
  /** It creates a file that exists. */
  | "exists"
  /** The same call as before, with nothing changed since. */
  | "repeated"
  /** Neither a text nor a call. */
  | "empty";

/** The value of each `$/progress` on a request's `partialResultToken`. */
export type AgentProgress =
  /** The last user turn as the model sees it. */
  | { type: "prompt"; userContent: string }
  /** A step begins, counted from 1. What follows belongs to it, up to the next one. */
  | { type: "step"; step: number; steps: number }
  | { type: "reading"; read: number; total: number }
  | { type: "thought"; text: string; tokens: number }
  | { type: "text"; text: string; tokens: number }
  /** Replaces the step's texts so far: see ReplyProgress. */
  | { type: "revised"; thought: string; text: string }
  | { type: "call"; call: ToolCall }
  /** The reply so far is discarded, and the step is decoded again. `again`: counted from 1. */
  | { type: "rewind"; reason: RewindReason; call?: ToolCall; again: number }
  /** What the model gets for a call. `cut`: lines that were left out. */
  | { type: "observation"; text: string; tokens: number; cut: number }
  /** A file was changed, or created. `diff`: unified. `warning`: why the user should look at it. */
  | { type: "edit"; uri: string; path: string; diff: string; created: boolean; warning?: string }
  /** A command begins. Its output comes as it is written. */
  | { type: "command"; command: string; check: boolean }
  | { type: "output"; text: string }
  /** Left out: it was stopped, for lack of time or by the user. */
  | { type: "commandEnd"; exitCode?: number }
  /** The user's words, taken in before the next step. */
  | { type: "said"; text: string }
  /**
   * To make room, old results became one line each, and old messages were left out. The conversation is now `messages`.
   * `before`, `after`: tokens of the prompt.
   */
  | { type: "compaction"; elided: number; dropped: number; before: number; after: number; messages: Message[] }
  /** After edits, when the model says that it is done. `findings`: what fails. */
  | { type: "verification"; verdict: AgentVerdict; findings: string[] }
  /** The conversation has grown by these messages. */
  | { type: "messages"; messages: Message[] }
  /** A step has ended. */
  | { type: "usage"; usage: Usage };

/** `token` is the running request's partialResultToken. The run ends within a token, and its request is answered. */
export type AgentStopParams = { token: string | number };
/** Taken in before the next step. */
export type AgentSayParams = { token: string | number; text: string };

// ---- Server to client ------------------------------------------------------------------------------------------

/**
 * Requests of a running agent to its client. All are optional: the client names in InitializationOptions.workspace those
 * that it answers. Without them the server reads files itself, edits with `workspace/applyEdit`, runs no commands, and
 * takes everything that needs the user's consent as denied.
 */
export const WorkspaceMethod = {
  /** Asks the user. */
  approve: "nemotron/workspace/approve",
  /** Makes an edit, which the user can undo. */
  edit: "nemotron/workspace/edit",
  /** Runs a command where the user sees it. Streams its output; cancelled by `$/cancelRequest`. */
  run: "nemotron/workspace/run",
  /** The problems that the editor knows in some files. */
  problems: "nemotron/workspace/problems",
  /** Where the editor knows a name to be declared. */
  symbols: "nemotron/workspace/symbols",
  /** Calls one of AgentParams.tools. */
  callTool: "nemotron/workspace/callTool",
} as const;
export type WorkspaceAbility = keyof typeof WorkspaceMethod;

export type ApprovalSubject =
  /** The whole command line, and the folder in which it runs. `check`: it is to verify the agent's edits. */
  | { type: "command"; command: string; folder: string; check: boolean }
  /** A file that is read or changed only with the user's consent: it is ignored, or can hold secrets. */
  | { type: "read" | "write"; uri: string; path: string; why: "ignored" | "secret" | "configuration" };
export type ApproveParams = { subject: ApprovalSubject };
/** `always`: remember it, for exactly this subject in this workspace. `why`: the user's words to the model. */
export type ApproveResult = { answer: "yes" | "always" | "no"; why?: string };

/** `created`: the edit begins by creating the file, which does not exist. */
export type WorkspaceEditParams = { label: string; edit: WorkspaceEdit; created: boolean };
export type WorkspaceEditResult = { applied: boolean; failureReason?: string };

/** `$/progress` on `partialResultToken` brings the output: RunProgress. */
export type RunParams = Streamed & { command: string; folder: string };
export type RunProgress = { text: string };
/** Without `exitCode`, the command was stopped by the user. */
export type RunResult = { exitCode?: number };

export type ProblemsParams = { uris: string[] };
export type ProblemsResult = { files: { uri: string; diagnostics: Diagnostic[] }[] };

export type SymbolsParams = { name: string };
/** `line` is 0-based. */
export type SymbolsResult = { places: { uri: string; line: number }[] };

export type CallToolParams = { call: ToolCall };
export type CallToolResult = { content: string };
