/** What every feature needs of the world. */
import type { Engine } from "../engine/engine.ts";
import type { Documents } from "./documents.ts";
import type { Grammars } from "./grammars.ts";
import type { Replies } from "./replies.ts";

export type { Report } from "./replies.ts";

export type FeatureDeps = {
  engine: Engine;
  documents: Documents;
  replies: Replies;
  grammars: Grammars;
  /** In which the user wants to be answered, as `German`, where they have written nothing that shows it. English if missing. */
  language?: string;
};
