/** Finds the dialect of a model file from its metadata. */
import type { DialectId } from "../../protocol.ts";
import type { Dialect } from "../dialect.ts";
import { llamaNemotron, llamaNemotron15 } from "./llamaNemotron.ts";
import { nanoV2 } from "./nanoV2.ts";
import { nemotron3 } from "./nemotron3.ts";

/** All dialects. The first one that matches a file is used. */
export const DIALECTS: readonly Dialect[] = [nanoV2, nemotron3, llamaNemotron15, llamaNemotron];

/** The values of `general.architecture` that any dialect can use. */
export const ARCHITECTURES = [...new Set(DIALECTS.flatMap(({ architectures }) => architectures))];

/** Facts from a file's metadata. `names`: its own name and the name of its base model. */
export type ModelMetadata = {
  architecture: string;
  template?: string;
  names: readonly string[];
  vocabulary: readonly string[];
};

/** Why the dialect is unknown: the first of these reasons that applies. */
export type Unrecognised =
  | { why: "architecture" }
  | { why: "noTemplate" }
  | { why: "unknownTemplate" }
  /** The template is known, but the vocabulary lacks a token that it needs. */
  | { why: "vocabulary"; token: string };

/**
 * What a template must and must not contain. People who convert models edit templates, so a template is recognised by
 * its necessary parts, not by equality.
 */
type Marks = { all: readonly string[]; none?: readonly string[]; modelName?: RegExp };

const MARKS: Record<DialectId, Marks> = {
  // Nemotron-H, its predecessor, has the same turns but cannot call tools.
  "nano-v2": { all: ["<SPECIAL_10>", "<SPECIAL_11>", "<think>", "<TOOLCALL>"] },
  // Qwen3-Coder has the same calls but does not think; later Qwen models use other words for thoughts.
  "nemotron-3": { all: ["<|im_start|>", "<|im_end|>", "<function=", "<parameter=", "<think></think>"] },
  "llama-nemotron-1.5": { all: ["<|start_header_id|>", "<|eot_id|>", "<TOOLCALL>", "<TOOL_RESPONSE>", "/no_think"] },
  // Any Llama 3 that removes thoughts has this template. Only the name shows that it is NVIDIA's.
  "llama-nemotron": {
    all: ["<|start_header_id|>", "<|eot_id|>", "</think>"],
    none: ["/no_think", "<TOOLCALL>", "<tool_call>", "<think>"],
    modelName: /nemotron/i,
  },
};

/** The file's dialect, or why it is unknown. */
export function recogniseDialect(file: ModelMetadata): Dialect | Unrecognised {
  const { architecture, template, vocabulary } = file;
  if (!ARCHITECTURES.includes(architecture)) return { why: "architecture" };
  if (!template?.trim()) return { why: "noTemplate" };
  const dialect = DIALECTS.find(({ id, architectures }) => architectures.includes(architecture) && matches(file, id));
  if (!dialect) return { why: "unknownTemplate" };
  const known = new Set(vocabulary);
  const token = dialect.specials.find((special) => !known.has(special));
  return token === undefined ? dialect : { why: "vocabulary", token };
}

/** Nano v2 for an undefined id. */
export const dialectOf = (id: DialectId | undefined): Dialect =>
  DIALECTS.find((dialect) => dialect.id === id) ?? nanoV2;

function matches({ template = "", names }: ModelMetadata, id: DialectId): boolean {
  const { all, none = [], modelName } = MARKS[id];
  const has = (mark: string) => template.includes(mark);
  return all.every(has) && !none.some(has) && (modelName === undefined || names.some((name) => modelName.test(name)));
}
