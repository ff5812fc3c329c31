/** Texts cut to a length, with a marker where something is missing. */
import { cutMarker } from "./prompts.ts";

/** `ends`: two thirds from the start and a third from the end. `start`: the start only. */
export type Keep = "ends" | "start";

/**
 * At most `chars` characters of a text and the marker, on a line of its own. Whole lines are kept, unless one is so
 * long that most of the room would go to waste. The marker counts a line that is kept in part as cut. A text that is
 * short enough comes back as it is.
 */
export function cut(text: string, chars: number, keep: Keep): string {
  if (text.length <= chars) return text;
  const tailChars = keep === "ends" ? Math.floor(chars / 3) : 0;
  const tail = tailOf(text, tailChars);
  const lines = text.split("\n").length - tail.lines;
  const longest = headOf(text, chars - tailChars);
  // The two may meet at a line break, which there is no room for: then a line is missing, not none.
  const head = longest.lines === lines ? headOf(text, chars - tailChars - 1) : longest;
  return [head.text, cutMarker(Math.max(1, lines - head.lines)), tail.text].filter((part) => part !== "").join("\n");
}

type Part = { text: string /** Whole ones. */; lines: number };

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

/** An emoji is two characters of a string, and half of one is none. */
function wholeCharacter(text: string, at: number): number {
  return /[\uD800-\uDBFF]/.test(text[at - 1] ?? "") ? at - 1 : at;
}
