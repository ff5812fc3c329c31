/** Changes to code: edits, what is placed from an answer, tests, and messages for commits. */
import type { Diagnostic, Range, TextEdit } from "vscode-languageserver";
import type { ExplainParams, Sampling, Streamed, Thinking, Usage } from "./chat.ts";

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
