/** What a tool is, and what it works with. */
import type { z } from "zod";
import type { Grammars } from "../../features/code/grammars.ts";
import type { CountTokens } from "../../features/context/context.ts";
import type { AgentProgress, Tool } from "../../protocol.ts";
import type { Place, Workspace } from "../workspace/workspace.ts";
import type { ShownWindow } from "./shown.ts";

export type ToolContext = {
  workspace: Workspace;
  /** Asks the user before a protected file is read or changed. Throws WorkspaceError if they deny it. */
  consent: (what: "read" | "write", place: Place) => Promise<void>;
  grammars: Grammars;
  countTokens: CountTokens;
  signal: AbortSignal;
  report: (progress: AgentProgress) => void;
  /** What the user asked for: an edit may remove what they want removed. */
  asked: string;
  /** The lines that the conversation shows. */
  shown: readonly ShownWindow[];
  /** Time limit of a command, ms. */
  commandMs: number;
  /** Edits that were refused once, as JSON of their calls. The same call again is taken as meant. */
  objections: Set<string>;
};

/** `text`: what the model gets. `cut`: lines that were left out. `changed`: URIs of changed files. */
export type Observation = { text: string; cut?: number; changed?: string; failed?: boolean };

export type AgentTool<A = never> = {
  definition: Tool;
  arguments: z.ZodType<A>;
  run: (args: A, context: ToolContext) => Promise<Observation>;
};
