/** Lines as the agent's tools show them: `12| const x = 1;`. */

/** How much of one line is shown, characters. */
const MAX_LINE_CHARS = 300;
const CUT = "…";

/** `number` is 1-based. `text`: as shown. */
export type NumberedLine = { number: number; text: string };

/** A line as it is shown: shortened, and without line ends inside it. */
export function shownText(line: string): string {
  const text = line.replace(/[\r\n\u2028\u2029]/g, " ");
  return text.length > MAX_LINE_CHARS ? `${text.slice(0, MAX_LINE_CHARS)}${CUT}` : text;
}

/** Shows a line with its number, for example `12| const x = 1;`. */
export const numberLine = ({ number, text }: NumberedLine): string => `${number}| ${text}`;

/** Reads a line such as `12| const x = 1;`. Undefined if it has another form. */
export function readNumbered(line: string): NumberedLine | undefined {
  const [, number, text] = /^\s*(\d{1,9})\s*\|(.*)$/s.exec(line) ?? [];
  if (number === undefined || text === undefined) return undefined;
  return { number: Number(number), text: text.startsWith(" ") ? text.slice(1) : text };
}

/** The text without line numbers, if the model has written all its lines with numbers. */
export function withoutNumbers(text: string): string {
  const lines = text.split("\n");
  const filled = lines.filter((line) => line.trim() !== "");
  if (filled.length === 0 || !filled.every((line) => /^\s*\d{1,9}\|(?: |$)/.test(line))) return text;
  return lines.map((line) => readNumbered(line)?.text ?? line).join("\n");
}
