/** Changes to code: edits, code placed from an answer, tests, and commit messages. */
import type { Diagnostic, Range, TextEdit } from "vscode-languageserver";
import type { ExplainParams, Sampling, Streamed, Thinking, Usage } from "./chat.ts";

/** Parameters of `nemotron/edit`. */
export type EditParams = Streamed & {
  textDocument: { uri: string; version: number };
  /** An empty range stands for the symbol around it, or for its line. */
  range: Range;
  /** Free text, or the id of a predefined instruction. */
  instruction: string | { id: InstructionId };
  /** The problems to fix. The client sends them, because a server does not know what other servers have published. */
  diagnostics?: Diagnostic[];
  thinking?: Thinking;
  sampling?: Sampling;
};
/** The predefined instructions. */
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
/** Answer of `nemotron/edit`. */
export type EditResult = {
  /** Minimal edits against `version`, all inside `range`. Empty: the model changed nothing. */
  edits: TextEdit[];
  version: number;
  /**
   * What was edited: the request's range, or the range that an empty one stands for. Starts at the imports if imports
   * were added.
   */
  range: Range;
  /** `rewrite`: the model rewrote the whole range. `blocks`: it wrote only the passages that change. */
  form: "rewrite" | "blocks";
  /** Blocks that could not be placed and were left out: the first line of the passage, and the reason. */
  refused: { passage: string; reason: string }[];
  /** Why the user should check the edit: it removes or repeats something unasked, or the file no longer parses. */
  warning?: string;
  thought: string;
  /** Of all attempts together. */
  usage: Usage;
};

/** Reads the known part of an edit ahead while the user types the instruction. */
export type PrepareEditParams = Omit<EditParams, "partialResultToken" | "thinking" | "sampling">;

/** Parameters of `nemotron/apply`. */
export type ApplyParams = {
  textDocument: { uri: string; version: number };
  /** A code block of an answer. */
  code: string;
};
/** Edits that replace the code that the given code rewrites. The model is not used. */
export type ApplyResult = Pick<EditResult, "edits" | "version" | "range" | "warning">;

/** Parameters of `nemotron/writeTests`. `range`: the code to test. */
export type WriteTestsParams = Omit<ExplainParams, "followUp">;
export type WriteTestsResult = {
  /** The file for the tests, where the project keeps its tests. */
  uri: string;
  /** The whole file. */
  text: string;
  /** Edits that turn the existing file into `text`. Left out for a new file. */
  edits?: TextEdit[];
  /** The document version that the edits are for. Left out if the file is not open. */
  version?: number;
  /** Why the user should check the edits. */
  warning?: string;
  thought: string;
  usage: Usage;
};

/** Parameters of `nemotron/commitMessage`. */
export type CommitMessageParams = Streamed & {
  /** The staged changes, as a unified diff. */
  diff: string;
  /** The latest messages of the log, newest first: the message follows their style. */
  recent: string[];
  /** The beginning of a message that the user has written. The model continues it. */
  begun?: string;
  thinking?: Thinking;
  sampling?: Sampling;
};
/** `message`: the whole message. The model is asked to begin it with the `begun` text. */
export type CommitMessageResult = { message: string; thought: string; usage: Usage };
