/**
 * Runs the parts of a test run, each in a process of its own, some at a time. A part's report is printed when it is
 * over.
 */
import { fork } from "node:child_process";
import os from "node:os";
import path from "node:path";

export type Count = { passed: number; failed: number };
/** The count of one test file. Its seconds include its hooks. */
export type FileCount = Count & { seconds: number };
/** What a part sends when it is over: counts by file, or one for the whole part under the empty name. */
export type Counts = Record<string, FileCount>;

/** Tests that run in one process. */
export type Part = {
  name: string;
  /** The program's path in dist/test, without `.mjs`. */
  program: string;
  args: string[];
  /** Further arguments. */
  files?: string[];
  /** The part that has to pass before. */
  needs?: Part;
  env?: Record<string, string>;
};

type Result = { counts: Counts; report: string; seconds: number };

/** One more than there are processors: tests of an engine wait for it some of the time. */
const AT_A_TIME = Math.min(6, os.availableParallelism() + 1);
/** A window keeps a processor busy. Parts with `needs` are the ones with a window. */
const WINDOWS_AT_A_TIME = AT_A_TIME - 1;
/** How many of the slowest files the summary names. */
const SLOWEST = 5;
/** Lines that are printed again: the first of a list of failures, or the last of a report without such a list. */
const LINES_OF_FAILURES = 60;

/** Colours are for terminals: https://no-color.org. */
export const withColor = Boolean(process.stdout.isTTY) && !process.env.NO_COLOR;

/**
 * Runs the parts in this order. Prints the report of each when it is over, and at the end the total and the slowest
 * files. Passes of parts that others need are not counted. Returns whether something passed, and nothing failed.
 */
export async function runParts(parts: readonly Part[]): Promise<boolean> {
  const queue = [...parts];
  const results = new Map<Part, Result>();
  const running = new Map<Part, Promise<void>>();
  const hasPassed = (part?: Part) => part === undefined || sumOf(results.get(part)).passed > 0;
  const windows = () => [...running.keys()].filter(({ needs }) => needs).length;
  const canRun = ({ needs }: Part) => hasPassed(needs) && (!needs || windows() < WINDOWS_AT_A_TIME);
  for (;;) {
    const next = running.size < AT_A_TIME ? queue.findIndex(canRun) : -1;
    if (next >= 0) {
      const [part] = queue.splice(next, 1);
      const work = run(part!).then((result) => {
        results.set(part!, result);
        running.delete(part!);
        print(part!, result);
      });
      running.set(part!, work);
    } else if (running.size > 0) await Promise.race(running.values());
    else break;
  }
  for (const [part, result] of results) if (sumOf(result).failed > 0) printFailures(part, result);
  const needed = new Set(parts.flatMap(({ needs }) => needs ?? []));
  return summarize([...results].map(([part, result]) => (needed.has(part) ? failuresOf(result) : result)));
}

const sumOf = ({ counts }: Pick<Result, "counts"> = { counts: {} }): Count =>
  Object.values(counts).reduce(
    (sum, { passed, failed }) => ({ passed: sum.passed + passed, failed: sum.failed + failed }),
    { passed: 0, failed: 0 },
  );

const failuresOf = (result: Result): Result => ({
  ...result,
  counts: { "": { passed: 0, failed: sumOf(result).failed, seconds: 0 } },
});

function summarize(results: Result[]): boolean {
  const counts = results.flatMap(({ counts }) => Object.entries(counts));
  const { passed, failed } = sumOf({ counts: Object.fromEntries(counts.map(([, count], i) => [i, count])) });
  const slowest = counts
    .filter(([file]) => file !== "")
    .sort(([, a], [, b]) => b.seconds - a.seconds)
    .slice(0, SLOWEST);
  console.log(`\n${passed} passed, ${failed} failed\n\nThe slowest files:`);
  for (const [file, { seconds }] of slowest) console.log(`${seconds.toFixed(1).padStart(6)} s  ${nameOf(file)}`);
  return passed > 0 && failed === 0;
}

/** The name of a test file on the command line, for example `server/chat`. */
export const nameOf = (file: string): string =>
  path
    .relative("dist/test", file)
    .split(path.sep)
    .join("/")
    .replace(/\.test\.mjs$/, "");

function print(part: Part, result: Result): void {
  const { passed, failed } = sumOf(result);
  const report = result.report.trim();
  if (passed + failed === 0 && report === "") return;
  const count = failed > 0 ? `${passed} passed, ${failed} FAILED` : `${passed} passed`;
  console.log(`${part.name}: ${count}, ${result.seconds.toFixed(1)} s${report && `\n${report}\n`}`);
}

/** Prints the failures of a part again, without the rest of its report, so that they are at the end of the output. */
function printFailures({ name }: Part, { report }: Result): void {
  const list = report.search(/^ {2}\d+ failing$/m);
  const lines = report.slice(Math.max(list, 0)).trim().split("\n");
  const some = list < 0 ? lines.slice(-LINES_OF_FAILURES) : lines.slice(0, LINES_OF_FAILURES);
  console.log(`\n${name} FAILED:\n${some.join("\n")}`);
}

/** A part that ends without a count has failed. */
function run({ program, args, files = [], env }: Part): Promise<Result> {
  const begun = performance.now();
  const child = fork(`dist/test/${program}.mjs`, [...args, ...files], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    execArgv: ["--enable-source-maps"],
    env: { ...process.env, ...(withColor ? {} : { NO_COLOR: "1" }), ...env },
  });
  let counts: Counts = { "": { passed: 0, failed: 1, seconds: 0 } };
  let report = "";
  child.on("message", (message: Counts) => {
    counts = message;
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      report += text;
    });
  return new Promise((resolve) =>
    child.once("close", () => resolve({ counts, report, seconds: (performance.now() - begun) / 1000 })),
  );
}
