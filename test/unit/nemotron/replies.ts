/** Generators of replies, and helpers to read them. */
import fc from "fast-check";
import { type ReaderOptions, type ReplyPart, ReplyReader } from "../../../server/nemotron/reader.ts";

const PIECES = [
  "<think>",
  "</think>",
  "<TOOLCALL>",
  "</TOOLCALL>",
  '<TOOLCALL>[{"name": "read", "arguments": {"path": "ä.ts"}}]</TOOLCALL>',
  '[{"name": "a"}, {"name": "b", "arguments": "{}"}]',
  "<",
  "</",
  "<thi",
  "</thi",
  "nk>",
  "<TOOL",
  "CALL>",
  "<SPECIAL_12>",
  " ",
  "\n",
  "\n\n",
  "STOP",
  "STO",
  "OP",
  "👩‍👩‍👧‍👦",
  "日本語",
  "The answer is 42.",
];

/** Whole tags and parts of tags, white space, good and bad calls, stop texts, emoji, in any order. */
export const reply = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: "grapheme", maxLength: 4 })), { maxLength: 14 })
  .map((pieces) => pieces.join(""));

/** Text without any tag or possible beginning of one. */
export const plainText = fc
  .array(fc.oneof(fc.constantFrom(" ", "\n", "日本語", "🙂", "Hm."), fc.string({ unit: "grapheme", maxLength: 5 })), {
    maxLength: 8,
  })
  .map((pieces) => pieces.join("").replaceAll("<", ""));

/** Any options, with stop texts that overlap with each other and with tags. */
export const options: fc.Arbitrary<ReaderOptions> = fc.record({
  thinking: fc.boolean(),
  tools: fc.boolean(),
  stop: fc.subarray(["STOP", "TO", "O", "OPTION", "\n\n", "<", "</TOOLCALL>", ""]),
});

/** Cuts a text at the given places, modulo its length: anywhere, even inside a character. */
export function cut(text: string, places: number[]): string[] {
  const ends = [...places.map((place) => place % (text.length + 1)), text.length].sort((a, b) => a - b);
  return ends.map((end, i) => text.slice(ends[i - 1] ?? 0, end));
}

/** Reads a reply that comes in these pieces; `undefined` closes the thought from outside. */
export function read(options: ReaderOptions, pieces: (string | undefined)[]): ReplyPart[] {
  const reader = new ReplyReader(options);
  const parts = pieces.flatMap((piece) => (piece === undefined ? reader.closeThought() : reader.push(piece)));
  return joined([...parts, ...reader.end()]);
}

/** Joins neighbouring parts of one type. */
export function joined(parts: ReplyPart[]): ReplyPart[] {
  const whole: ReplyPart[] = [];
  for (const part of parts) {
    const last = whole.at(-1);
    if ((part.type === "thought" || part.type === "answer") && last?.type === part.type)
      whole[whole.length - 1] = { ...part, text: last.text + part.text };
    else whole.push(part);
  }
  return whole;
}

/** The text of all parts of one type. */
export function textOf(parts: ReplyPart[], type: "thought" | "answer"): string {
  return parts.map((part) => (part.type === type ? part.text : "")).join("");
}
