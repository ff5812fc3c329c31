/** Finds the lines that an edit names, even if they have moved since they were shown. */
import { type NumberedLine, readNumbered, shownText } from "./numbered.ts";
import type { ShownWindow } from "./shown.ts";

/** How many shown lines on each side help to distinguish places that look alike. */
const AROUND = 4;

/** The first and the last line of a block as shown, and the lines that were shown with it (including the block). */
export type Anchors = { first: NumberedLine; last: NumberedLine; window: readonly NumberedLine[] };

/** The first and last line of a place in a file, 0-based. `gone`: no such place. `ambiguous`: several such places. */
export type AnchorPlace = { first: number; last: number } | "gone" | "ambiguous";

/**
 * The lines that an edit names. Undefined unless these lines and all lines between them were shown. Spaces at both ends
 * of a line do not count, because models lose them.
 */
export function readAnchors(from: string, to: string, windows: readonly ShownWindow[]): Anchors | undefined {
  const [first, last] = [readNumbered(from), readNumbered(to)];
  if (!first || !last || first.number > last.number) return undefined;
  const [a, b] = [shownLine(first, windows), shownLine(last, windows)];
  if (!a || !b) return undefined;
  const together = windows.findLast(({ lines }) => has(lines, a) && has(lines, b) && isWhole(lines, a, b));
  const window = together?.lines ?? merged(windows);
  return isWhole(window, a, b) ? { first: a, last: b, window } : undefined;
}

/** Whether `lines` has all lines from the first to the last. */
function isWhole(
  lines: readonly NumberedLine[],
  { number: from }: NumberedLine,
  { number: to }: NumberedLine,
): boolean {
  const numbers = new Set(lines.map(({ number }) => number));
  for (let number = from; number <= to; number++) if (!numbers.has(number)) return false;
  return true;
}

const same = (a: string, b: string) => a.trim() === b.trim();
const has = (lines: readonly NumberedLine[], { number, text }: NumberedLine) =>
  lines.some((line) => line.number === number && same(line.text, text));

/** The line as it was last shown, with its own spaces. */
function shownLine(named: NumberedLine, windows: readonly ShownWindow[]): NumberedLine | undefined {
  for (const { lines } of windows.toReversed()) {
    const found = lines.find(({ number, text }) => number === named.number && same(text, named.text));
    if (found) return found;
  }
  return undefined;
}

/** All lines of the windows in one; of each number, the newest. */
function merged(windows: readonly ShownWindow[]): NumberedLine[] {
  const lines = new Map(windows.flatMap((window) => window.lines.map(({ number, text }) => [number, text] as const)));
  return [...lines].map(([number, text]) => ({ number, text })).sort((a, b) => a.number - b.number);
}

/** Finds where these lines are now. The whole block must be there, unchanged. */
export function placeAnchors({ first, last, window }: Anchors, lines: readonly string[]): AnchorPlace {
  const now = lines.map(shownText);
  const block = [first, ...window.filter(({ number }) => number > first.number && number < last.number), last];
  const around = window.filter(
    ({ number }) =>
      (number < first.number && number >= first.number - AROUND) ||
      (number > last.number && number <= last.number + AROUND),
  );
  const matches = ({ number, text }: NumberedLine, by: number) => now[number - 1 + by] === text;
  const candidates: { by: number; alike: number }[] = [];
  for (let by = 1 - first.number; by <= lines.length - last.number; by++)
    if (block.every((line) => matches(line, by)))
      candidates.push({ by, alike: around.filter((line) => matches(line, by)).length });
  const best = Math.max(...candidates.map(({ alike }) => alike));
  const likeliest = candidates.filter(({ alike }) => alike === best);
  if (likeliest.length === 0) return "gone";
  // If the place and all shown lines around it are unchanged, the block has not moved.
  const unmoved = likeliest.find(({ by }) => by === 0);
  if (likeliest.length > 1 && !(unmoved && best === around.length)) return "ambiguous";
  const { by } = unmoved ?? likeliest[0]!;
  return { first: first.number - 1 + by, last: last.number - 1 + by };
}
