/** Which dialect a model file speaks, by what it says of itself. */
import type { DialectId } from "../protocol.ts";
import type { Dialect } from "./dialect.ts";
import { llamaNemotron, llamaNemotron15 } from "./dialects/llamaNemotron.ts";
import { nanoV2 } from "./dialects/nanoV2.ts";
import { nemotron3 } from "./dialects/nemotron3.ts";

export const DIALECTS: readonly Dialect[] = [nanoV2, nemotron3, llamaNemotron15, llamaNemotron];

export const ARCHITECTURES = [...new Set(DIALECTS.flatMap(({ architectures }) => architectures))];

/** From a file's metadata. `names`: what it calls itself and what it was made from. */
export type SelfDescription = {
  architecture: string;
  template?: string;
  names: readonly string[];
  vocabulary: readonly string[];
};

/** Why a file's dialect is not known: the first of these that holds. */
export type Unrecognised =
  | { why: "architecture" }
  | { why: "noTemplate" }
  | { why: "unknownTemplate" }
  /** The template is known, but the vocabulary lacks a token that it needs. */
  | { why: "vocabulary"; token: string };

/**
 * What a template must contain, and must not: templates are edited by those who convert models, so they are recognised
 * by what they cannot do without, not by equality.
 */
type Marks = { all: readonly string[]; none?: readonly string[]; named?: RegExp };

const MARKS: Record<DialectId, Marks> = {
  // Nemotron-H, before it, has the same turns but calls no tools.
  "nano-v2": { all: ["<SPECIAL_10>", "<SPECIAL_11>", "<think>", "<TOOLCALL>"] },
  // Qwen3-Coder calls alike but does not think, later Qwens think in other words.
  "nemotron-3": { all: ["<|im_start|>", "<|im_end|>", "<function=", "<parameter=", "<think></think>"] },
  "llama-nemotron-1.5": { all: ["<|start_header_id|>", "<|eot_id|>", "<TOOLCALL>", "<TOOL_RESPONSE>", "/no_think"] },
  // Its template is that of any Llama 3 that drops thoughts: only the name tells that it is NVIDIA's.
  "llama-nemotron": {
    all: ["<|start_header_id|>", "<|eot_id|>", "</think>"],
    none: ["/no_think", "<TOOLCALL>", "<tool_call>", "<think>"],
    named: /nemotron/i,
  },
};

export function recognise(file: SelfDescription): Dialect | Unrecognised {
  const { architecture, template, vocabulary } = file;
  if (!ARCHITECTURES.includes(architecture)) return { why: "architecture" };
  if (!template?.trim()) return { why: "noTemplate" };
  const dialect = DIALECTS.find(({ id, architectures }) => architectures.includes(architecture) && bears(file, id));
  if (!dialect) return { why: "unknownTemplate" };
  const known = new Set(vocabulary);
  const token = dialect.specials.find((special) => !known.has(special));
  return token === undefined ? dialect : { why: "vocabulary", token };
}

export const dialectOf = (id: DialectId | undefined): Dialect =>
  DIALECTS.find((dialect) => dialect.id === id) ?? nanoV2;

function bears({ template = "", names }: SelfDescription, id: DialectId): boolean {
  const { all, none = [], named } = MARKS[id];
  const has = (mark: string) => template.includes(mark);
  return all.every(has) && !none.some(has) && (named === undefined || names.some((name) => named.test(name)));
}
