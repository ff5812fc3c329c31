/** Cuts texts to a length, with a marker for the missing part. */
import { cutMarker } from "../text/prompts.ts";

/** `ends`: two thirds from the start and a third from the end. `start`: only the start. */
export type Keep = "ends" | "start";

/**
 * At most `chars` characters of a text, with the marker on a line of its own. Keeps whole lines, unless a long line
 * would waste most of the room. The marker counts partial lines as cut. A text that is short enough is returned
 * unchanged.
 */
export function cut(text: string, chars: number, keep: Keep): string {
  if (text.length <= chars) return text;
  const tailChars = keep === "ends" ? Math.floor(chars / 3) : 0;
  const tail = tailOf(text, tailChars);
  const lines = text.split("\n").length - tail.lines;
  const longest = headOf(text, chars - tailChars);
  // Both parts can meet at a line break for which there is no room. Then one line is missing, not none.
  const head = longest.lines === lines ? headOf(text, chars - tailChars - 1) : longest;
  return [head.text, cutMarker(Math.max(1, lines - head.lines)), tail.text].filter((part) => part !== "").join("\n");
}

type Part = { text: string /** Number of whole lines. */; lines: number };

const NONE: Part = { text: "", lines: 0 };

function headOf(text: string, chars: number): Part {
  if (chars <= 0) return NONE;
  const end = text[chars] === "\n" ? chars : text.lastIndexOf("\n", chars - 1);
  if (end >= chars / 2) return { text: text.slice(0, end), lines: text.slice(0, end).split("\n").length };
  const part = text.slice(0, wholeCharacter(text, chars));
  return { text: part, lines: part.split("\n").length - 1 };
}

function tailOf(text: string, chars: number): Part {
  if (chars <= 0) return NONE;
  const from = text.length - chars;
  const start = text[from - 1] === "\n" ? from : text.indexOf("\n", from) + 1;
  if (start > 0 && text.length - start >= chars / 2)
    return { text: text.slice(start), lines: text.slice(start).split("\n").length };
  const whole = wholeCharacter(text, from);
  const part = text.slice(whole < from ? whole + 2 : from);
  return { text: part, lines: part.split("\n").length - 1 };
}

/** An emoji has two UTF-16 units, which must not be separated. */
function wholeCharacter(text: string, at: number): number {
  return /[\uD800-\uDBFF]/.test(text[at - 1] ?? "") ? at - 1 : at;
}
