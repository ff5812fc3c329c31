/** The dependencies of every feature. */
import type { Engine } from "../engine/engine.ts";
import type { Grammars } from "./code/grammars.ts";
import type { Documents } from "./context/documents.ts";
import type { RunningReplies } from "./replies.ts";

export type { ReportProgress as Report } from "./replies.ts";

export type FeatureDeps = {
  engine: Engine;
  documents: Documents;
  replies: RunningReplies;
  grammars: Grammars;
  /** The language for answers, as `German`, when the user's text does not show it. Left out: English. */
  language?: string;
};
