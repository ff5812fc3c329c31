/** The results as tables, and the comparison of two of them. */
import { KINDS } from "./cases.ts";
import { idOf, type Run, type Settings } from "./evaluate.ts";

/** What the JSON file holds. `model`: its name. */
export type Results = { model: string; backend: string; node: string; settings: Settings; runs: Run[] };

type Group = { what: string; runs: readonly Run[] };
const COUNTS = ["steps", "readTokens", "thoughtTokens", "answerTokens", "rewinds", "over", "seconds"] as const;
const HEADINGS = ["passed", "steps", "read", "thought", "answer", "rewinds", "over budget", "seconds"];

export const hasPassed = ({ why }: Run): boolean => why === undefined;

/** One line for a run. */
export const lineOf = (run: Run): string =>
  `${hasPassed(run) ? "pass" : "FAIL"}  ${idOf(run)}, ${run.seconds.toFixed(1)} s${hasPassed(run) ? "" : `: ${run.why}`}`;

/** A line for each kind of case, and their sum. Counts are sums of tokens, steps, rewinds, thoughts and seconds. */
export function table(runs: readonly Run[]): string {
  const rows = [...groups(runs), { what: "all", runs }].map(({ what, runs }) => [
    what,
    `${runs.filter(hasPassed).length} of ${runs.length}`,
    ...COUNTS.map((count) => sumOf(runs, count).toFixed(count === "seconds" ? 1 : 0)),
  ]);
  return aligned([["", ...HEADINGS], ...rows]);
}

function groups(runs: readonly Run[]): Group[] {
  return KINDS.flatMap((kind) =>
    [true, false].map((thinking) => ({
      what: `${kind}, ${thinking ? "thinking" : "at once"}`,
      runs: runs.filter((run) => run.kind === kind && run.thinking === thinking),
    })),
  ).filter((group) => group.runs.length > 0);
}

const sumOf = (runs: readonly Run[], count: (typeof COUNTS)[number]) => runs.reduce((sum, run) => sum + run[count], 0);

/** What got better and worse since an older run. Costs are compared for the runs that both have. */
export function comparison(before: Results, after: Results): string {
  const old = new Map(before.runs.map((run) => [idOf(run), run]));
  const pairs = after.runs.flatMap((now) => {
    const then = old.get(idOf(now));
    return then ? [{ then, now }] : [];
  });
  const worse = pairs.filter(({ then, now }) => hasPassed(then) && !hasPassed(now)).map(({ now }) => now);
  const better = pairs.filter(({ then, now }) => !hasPassed(then) && hasPassed(now)).map(({ now }) => now);
  const list = (heading: string, runs: Run[], text: (run: Run) => string) =>
    runs.length === 0 ? [`${heading}: none`] : [`${heading}: ${runs.length}`, ...runs.map((run) => `  ${text(run)}`)];
  const [thens, nows] = [pairs.map(({ then }) => then), pairs.map(({ now }) => now)];
  const passes = (runs: Run[]) => `${runs.filter(hasPassed).length}`;
  const costs = [
    ["passed", passes(thens), passes(nows), ""],
    ...COUNTS.map((count) => {
      const [then, now] = [sumOf(thens, count), sumOf(nows, count)];
      const change = then === 0 ? "" : `${now < then ? "" : "+"}${(((now - then) / then) * 100).toFixed(0)} %`;
      return [HEADINGS[COUNTS.indexOf(count) + 1]!, then.toFixed(0), now.toFixed(0), change];
    }),
  ];
  const unlike = before.runs.length + after.runs.length - 2 * pairs.length;
  return [
    `${after.model} compared with ${before.model}, ${pairs.length} runs${unlike > 0 ? `; ${unlike} are only in one of both` : ""}`,
    ...list("Worse", worse, (run) => `${idOf(run)}: ${run.why}`),
    ...list("Better", better, idOf),
    aligned([["", "before", "now", ""], ...costs]),
  ].join("\n");
}

/** Columns: the first to the left, the others to the right. */
function aligned(rows: readonly string[][]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
