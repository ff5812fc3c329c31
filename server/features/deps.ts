/** The dependencies of every feature. */
import type { Engine } from "../engine/engine.ts";
import type { Grammars } from "./code/grammars.ts";
import type { Documents } from "./context/documents.ts";
import type { RunningReplies } from "./replies.ts";
import type { Summaries } from "./summaries.ts";

export type { ReportProgress as Report } from "./replies.ts";

/** What a feature needs besides its parameters. */
export type FeatureDeps = {
  engine: Engine;
  documents: Documents;
  replies: RunningReplies;
  summaries: Summaries;
  grammars: Grammars;
  /** The language for answers, such as `German`, if the user's text does not show it. English if missing. */
  language?: string;
};
