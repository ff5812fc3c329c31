/** The agent: it works on files with tools, step by step, until a task is done. */
import type { Diagnostic, WorkspaceEdit } from "vscode-languageserver";
import type { ContextItem, ConversationIds, Message, Sampling, Streamed, Tool, ToolCall, Usage } from "./chat.ts";

/** Maximum lengths of thoughts, tokens; 0 is off. `plan`: in the first step. `step`: in each further step. */
export type AgentBudgets = { plan?: number | "unlimited"; step?: number | "unlimited" };

/** Limits of one run. */
export type AgentLimits = {
  /** Maximum number of steps of one request; 20 if left out. */
  steps?: number;
  /** Time limit of a command, ms; two minutes if left out. */
  commandMs?: number;
};

/** Parameters of `nemotron/agent`. */
export type AgentParams = Streamed &
  Pick<ConversationIds, "conversation"> & {
    /**
     * The whole conversation, with the messages of earlier results. The last message is the user's. The agent has its
     * own system message, so the client may not send one.
     */
    messages: Message[];
    context?: ContextItem[];
    /** Further tools, which the client runs (`nemotron/workspace/callTool`). */
    tools?: Tool[];
    budgets?: AgentBudgets;
    limits?: AgentLimits;
    sampling?: Sampling;
    /**
     * The command that checks the project after edits. If it is left out, the agent finds one in the project's files
     * and asks the user about it. Empty: no check.
     */
    check?: string;
  };

/**
 * `done`: the model says that it is done. `limit`: a limit was reached. `stuck`: the last steps made no progress.
 * `stopped`: the user stopped it.
 */
export type AgentOutcome = "done" | "limit" | "stuck" | "stopped";

/** `passed`: nothing fails. `failed`: something fails. `none`: there was nothing to check, or no way to check it. */
export type AgentVerdict = "passed" | "failed" | "none";

/** Answer of `nemotron/agent`, even if the run was stopped. */
export type AgentResult = {
  outcome: AgentOutcome;
  /** Why the run ended, in words for the user. Left out if the outcome says all. */
  reason?: string;
  verdict: AgentVerdict;
  /**
   * The whole conversation as the model sees it now, without the system message. If the next task is sent with these
   * messages, none of them is read again.
   */
  messages: Message[];
  /** The last user turn as the model saw it: see ChatResult. */
  userContent: string;
  /** URIs of the files that the run has changed and created. */
  changed: string[];
  steps: number;
  /** The sums of all steps; firstTokenMs, promptTokens and tokensPerSecond are those of the last step. */
  usage: Usage;
};

/** Why a step was decoded again. Such a step never enters the conversation. */
export type RewindReason =
  /** There is no such tool. */
  | "unknownTool"
  /** The call cannot be read, or its arguments do not match the tool's. */
  | "badArguments"
  /** The call names lines that were never shown. */
  | "notShown"
  /** The call creates a file that exists. */
  | "exists"
  /** The same call was made before, and nothing has changed since. */
  | "repeated"
  /** The step has neither a text nor a call. */
  | "empty";

/** The value of each `$/progress` on a request's `partialResultToken`. */
export type AgentProgress =
  /** The last user turn as the model sees it. */
  | { type: "prompt"; userContent: string }
  /** A step begins. `step`: its number, from 1. `steps`: the maximum. Events up to the next step belong to this one. */
  | { type: "step"; step: number; steps: number }
  | { type: "reading"; read: number; total: number }
  | { type: "thought"; text: string; tokens: number }
  | { type: "text"; text: string; tokens: number }
  /** Replaces the step's texts so far: see ReplyProgress. */
  | { type: "revised"; thought: string; text: string }
  | { type: "call"; call: ToolCall }
  /** The reply so far is discarded, and the step is decoded again. `again`: how often so far. */
  | { type: "rewind"; reason: RewindReason; call?: ToolCall; again: number }
  /** The result of a call, as the model gets it. `cut`: number of lines left out. */
  | { type: "observation"; text: string; tokens: number; cut: number }
  /** A file was changed or created. `diff`: unified. `warning`: why the user should check the edit. */
  | { type: "edit"; uri: string; path: string; diff: string; created: boolean; warning?: string }
  /** A command begins. `check`: it verifies the agent's edits. */
  | { type: "command"; command: string; check: boolean }
  /** A part of the command's output, while it runs. */
  | { type: "output"; text: string }
  /** Without `exitCode`, the command was stopped: by the user, the time limit or the limit of output. */
  | { type: "commandEnd"; exitCode?: number }
  /** A message of the user (AgentSayParams), which the model gets in the next step. */
  | { type: "said"; text: string }
  /**
   * To make room in the context, old results were shortened to one line each (`elided`), and old messages were left out
   * (`dropped`). The conversation is now `messages`. `before`, `after`: tokens of the prompt.
   */
  | { type: "compaction"; elided: number; dropped: number; before: number; after: number; messages: Message[] }
  /** The result of the check after edits, when the model says that it is done. `findings`: what fails. */
  | { type: "verification"; verdict: AgentVerdict; findings: string[] }
  /** The conversation has grown by these messages. */
  | { type: "messages"; messages: Message[] }
  /** A step has ended. */
  | { type: "usage"; usage: Usage };

/** `token`: partialResultToken of the running request. The run stops within one token, and its request is answered. */
export type AgentStopParams = { token: string | number };
/** The model gets the text before its next step. */
export type AgentSayParams = { token: string | number; text: string };

// ---- Server to client ------------------------------------------------------------------------------------------

/**
 * Requests of a running agent to its client. All are optional: InitializationOptions.workspace lists the ones that the
 * client answers. Without them, the server reads files itself, edits with `workspace/applyEdit`, runs no commands, and
 * treats everything that needs the user's consent as denied.
 */
export const WorkspaceMethod = {
  /** Asks the user for consent. */
  approve: "nemotron/workspace/approve",
  /** Makes an edit, which the user can undo. */
  edit: "nemotron/workspace/edit",
  /** Runs a command where the user sees it, and streams its output. `$/cancelRequest` stops it. */
  run: "nemotron/workspace/run",
  /** Returns the problems that the editor knows in some files. */
  problems: "nemotron/workspace/problems",
  /** Returns the places where a name is declared, as far as the editor knows. */
  symbols: "nemotron/workspace/symbols",
  /** Calls one of AgentParams.tools. */
  callTool: "nemotron/workspace/callTool",
} as const;
/** A request that a client can answer. */
export type WorkspaceAbility = keyof typeof WorkspaceMethod;

/** What the user is asked to allow. */
export type ApprovalSubject =
  /** The whole command line, and the folder in which it runs. `check`: it verifies the agent's edits. */
  | { type: "command"; command: string; folder: string; check: boolean }
  /** A protected file, which is read or changed only with the user's consent. `why`: what protects it. */
  | { type: "read" | "write"; uri: string; path: string; why: "ignored" | "secret" | "configuration" };
export type ApproveParams = { subject: ApprovalSubject };
/**
 * `always`: yes from now on, for exactly this subject in this workspace. `why`: the user's words to the model.
 * `command`: the check that the user wants in place of the one that was found.
 */
export type ApproveResult = { answer: "yes" | "always" | "no"; why?: string; command?: string };

/** `created`: the edit creates a file, which must not exist. */
export type WorkspaceEditParams = { label: string; edit: WorkspaceEdit; created: boolean };
/** `failureReason`: as in LSP's ApplyWorkspaceEditResult. */
export type WorkspaceEditResult = { applied: boolean; failureReason?: string };

/** The output is sent as RunProgress, with `$/progress` on `partialResultToken`. */
export type RunParams = Streamed & { command: string; folder: string };
/** A part of the output. */
export type RunProgress = { text: string };
/** Without `exitCode`, the command was stopped by the user. */
export type RunResult = { exitCode?: number };

export type ProblemsParams = { uris: string[] };
export type ProblemsResult = { files: { uri: string; diagnostics: Diagnostic[] }[] };

export type SymbolsParams = { name: string };
/** `line` is 0-based. */
export type SymbolsResult = { places: { uri: string; line: number }[] };

export type CallToolParams = { call: ToolCall };
/** `content`: what the model gets. */
export type CallToolResult = { content: string };
