/** Cuts the results of tools, so that no single result fills the context. */
import type { CountTokens } from "../../features/context/context.ts";

/** Maximum length of one result, tokens. */
export const MAX_OBSERVATION_TOKENS = 1500;
/** The part of MAX_OBSERVATION_TOKENS for the text around the lines, such as a heading. */
const FRAME_TOKENS = 100;
/** How much of a cut text is its beginning. The rest is its end, where commands report what went wrong. */
const HEAD_SHARE = 0.4;
/** Texts hardly have more characters per token, so what is beyond this many is not even tokenized. */
const MAX_CHARS_PER_TOKEN = 12;

const ROOM = MAX_OBSERVATION_TOKENS - FRAME_TOKENS;

/** How many leading lines fit into one result; at least one. */
export async function linesThatFit(lines: readonly string[], countTokens: CountTokens): Promise<number> {
  const max = leading(lines, ROOM * MAX_CHARS_PER_TOKEN);
  const counts = await countTokens(lines.slice(0, max).map((line) => `${line}\n`));
  return Math.max(1, fitting(counts, ROOM));
}

/** The beginning and the end of a text that is too long, and the number of lines cut out. Long lines are shortened. */
export async function headAndTail(text: string, countTokens: CountTokens): Promise<{ text: string; cut: number }> {
  const lines = text
    .split("\n")
    .map((line) => (line.length > MAX_LINE_CHARS ? `${line.slice(0, MAX_LINE_CHARS)}…` : line));
  const chars = ROOM * MAX_CHARS_PER_TOKEN;
  const [ahead, behind] = [leading(lines, chars), leading(lines.toReversed(), chars)];
  if (ahead === lines.length) {
    const [tokens = 0] = await countTokens([lines.join("\n")]);
    if (tokens <= ROOM) return { text: lines.join("\n"), cut: 0 };
  }
  const count = (some: string[]) => countTokens(some.map((line) => `${line}\n`));
  const head = fitting(await count(lines.slice(0, ahead)), Math.floor(ROOM * HEAD_SHARE));
  const rest = lines.slice(Math.max(head, lines.length - behind)).toReversed();
  const tail = fitting(await count(rest), Math.floor(ROOM * (1 - HEAD_SHARE)));
  const cut = lines.length - head - tail;
  if (cut <= 0) return { text: lines.join("\n"), cut: 0 };
  const marker = `[… ${cut} ${cut === 1 ? "line" : "lines"} cut …]`;
  return { text: [...lines.slice(0, head), marker, ...lines.slice(lines.length - tail)].join("\n"), cut };
}

/** Longer lines are shortened, characters. */
const MAX_LINE_CHARS = 500;

/** How many leading lines it takes to exceed this many characters; all if they do not. */
function leading(lines: readonly string[], chars: number): number {
  let [count, sum] = [0, 0];
  while (count < lines.length && sum <= chars) sum += lines[count++]!.length + 1;
  return count;
}

/** How many leading lines with these token counts fit. */
function fitting(tokens: readonly number[], room: number): number {
  let [count, sum] = [0, 0];
  while (count < tokens.length && sum + tokens[count]! <= room) sum += tokens[count++]!;
  return count;
}
