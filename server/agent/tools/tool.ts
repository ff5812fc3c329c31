/** The types of the agent's tools. */
import type { z } from "zod";
import type { Grammars } from "../../features/code/grammars.ts";
import type { CountTokens } from "../../features/context/context.ts";
import type { AgentProgress, Tool } from "../../protocol.ts";
import type { Place, Workspace } from "../workspace/workspace.ts";
import type { ShownWindow } from "./shown.ts";

/** What a tool works with. */
export type ToolContext = {
  workspace: Workspace;
  /** Asks the user before a protected file is read or changed. Throws WorkspaceError if they deny it. */
  consent: (what: "read" | "write", place: Place) => Promise<void>;
  grammars: Grammars;
  countTokens: CountTokens;
  signal: AbortSignal;
  report: (progress: AgentProgress) => void;
  /** What the user has asked for. It decides what an edit may remove. */
  asked: string;
  /** The lines that the conversation shows. */
  shown: readonly ShownWindow[];
  /** Time limit of a command, ms. */
  commandMs: number;
  /** Calls of edits that were refused once, as JSON of their arguments. The same call again is carried out. */
  objections: Set<string>;
};

/**
 * The result of a call. `text`: for the model. `cut`: number of lines left out. `changed`: URI of the changed file.
 * `isStale`: something else has changed the file since it was read.
 */
export type Observation = { text: string; cut?: number; changed?: string; failed?: boolean; isStale?: boolean };

/** `arguments`: the schema that a call must match. */
export type AgentTool<A = never> = {
  definition: Tool;
  arguments: z.ZodType<A>;
  run: (args: A, context: ToolContext) => Promise<Observation>;
};
