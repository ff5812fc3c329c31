/**
 * The parts that all tests are run in, each in a process of its own, some at a time. In CI what has failed is run again
 * from its beginning, of several files those alone: a test that follows a failed one finds what that has left, a new
 * process and window do not.
 */
import { fork } from "node:child_process";
import os from "node:os";
import path from "node:path";

export type Count = { passed: number; failed: number };
/** What a part sends when it is over: by files, or as a whole under the empty name. */
export type Counts = Record<string, Count>;

export type Part = {
  name: string;
  /** In dist/test, without `.mjs`. */
  program: string;
  args: string[];
  /** Further arguments, some of which would do. */
  files?: string[];
  /** What has to have passed before. */
  needs?: Part;
  env?: Record<string, string>;
};

type Result = { counts: Counts; report: string; seconds: number };
type Waiting = { part: Part; files: string[]; attempt: number };

/** A workbench is a dozen processes: on a machine that others use as well, one of them may stall for seconds. */
const ATTEMPTS = process.env.CI === "true" ? 3 : 1;

/** Engines work, but whoever tests them waits for the most part. */
const AT_A_TIME = Math.max(3, Math.min(6, os.availableParallelism()));
/** A window keeps a processor busy. These are the parts that need something. */
const WINDOWS_AT_A_TIME = AT_A_TIME - 1;

/** Runs them in this order, and prints the report of each when it is over. What is needed by others is not counted. */
export async function runParts(parts: readonly Part[]): Promise<Count> {
  const queue: Waiting[] = parts.map((part) => ({ part, files: part.files ?? [], attempt: 1 }));
  const results = new Map<Part, Counts>();
  const again = new Set<string>();
  const hasPassed = (part?: Part) => part === undefined || sumOf(results.get(part)).passed > 0;
  const running = new Map<Promise<void>, Part>();
  const start = async ({ part, files, attempt }: Waiting) => {
    const { counts, report, seconds } = await run(part, files);
    print(named(part, files), sumOf(counts), report, seconds);
    const all = { ...results.get(part), ...counts };
    results.set(part, all);
    const failed = Object.keys(counts).filter((file) => counts[file]!.failed > 0);
    if (failed.length === 0 || attempt === ATTEMPTS) return;
    const next = { part, files: failed.includes("") ? files : failed, attempt: attempt + 1 };
    // What belongs to no file is told anew with all of them.
    delete all[""];
    again.add(named(part, next.files));
    queue.push(next);
  };
  const hasPlace = ({ needs }: Part) =>
    !needs || [...running.values()].filter((part) => part.needs).length < WINDOWS_AT_A_TIME;
  for (;;) {
    const isNext = ({ part }: Waiting) => hasPassed(part.needs) && hasPlace(part);
    const next = running.size < AT_A_TIME ? queue.findIndex(isNext) : -1;
    if (next >= 0) {
      const [waiting] = queue.splice(next, 1);
      const work = start(waiting!).finally(() => running.delete(work));
      running.set(work, waiting!.part);
    } else if (running.size > 0) await Promise.race(running.keys());
    else break;
  }
  if (again.size > 0) console.log(`\nRun more than once: ${[...again].join(", ")}`);
  const needed = new Set(parts.flatMap(({ needs }) => needs ?? []));
  return sumOf([...results].map(([part, counts]) => ({ ...sumOf(counts), ...(needed.has(part) && { passed: 0 }) })));
}

const sumOf = (counts: Counts | Count[] = []): Count =>
  Object.values(counts).reduce(
    (sum, { passed, failed }) => ({ passed: sum.passed + passed, failed: sum.failed + failed }),
    { passed: 0, failed: 0 },
  );

/** With its files where they are not all of them. */
const named = ({ name, files: all = [] }: Part, files: string[]) =>
  files.length === all.length ? name : `${name}: ${files.map((file) => path.basename(file, ".test.mjs")).join(", ")}`;

function print(name: string, { passed, failed }: Count, report: string, seconds: number): void {
  if (passed + failed === 0 && report === "") return;
  process.stdout.write(`\n${name} (${seconds} s)\n${report.replace(/^\s*\n|\s+$/g, "")}\n`);
}

/** One that ends without a count has failed. */
function run({ program, args, env }: Part, files: string[]): Promise<Result> {
  const begun = Date.now();
  const child = fork(`dist/test/${program}.mjs`, [...args, ...files], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    execArgv: ["--enable-source-maps"],
    env: { ...process.env, ...env },
  });
  let counts: Counts = { "": { passed: 0, failed: 1 } };
  let report = "";
  child.on("message", (message: Counts) => {
    counts = message;
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      report += text;
    });
  return new Promise((resolve) =>
    child.once("close", () => resolve({ counts, report, seconds: Math.round((Date.now() - begun) / 1000) })),
  );
}
