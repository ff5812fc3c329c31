/**
 * The parts that all tests are run in, each in a process of its own, some at a time. In CI one that has failed is run
 * again from its beginning: a test that follows a failed one finds what that has left, a new process and window do not.
 */
import { fork } from "node:child_process";
import os from "node:os";

/** What a part sends when it is over. */
export type Count = { passed: number; failed: number };

export type Part = {
  name: string;
  /** In dist/test, without `.mjs`. */
  program: string;
  args: string[];
  /** What has to have passed before. */
  needs?: Part;
  env?: Record<string, string>;
};

type Result = { count: Count; report: string; seconds: number };
type Waiting = { part: Part; attempt: number };

/** A workbench is a dozen processes: on a machine that others use as well, one of them may stall for seconds. */
const ATTEMPTS = process.env.CI === "true" ? 3 : 1;

/** Engines and browsers work, but whoever tests them waits for the most part. */
const AT_A_TIME = Math.max(3, Math.min(6, os.availableParallelism()));

/** Runs them in this order, and prints the report of each when it is over. What is needed by others is not counted. */
export async function runParts(parts: readonly Part[]): Promise<Count> {
  const queue: Waiting[] = parts.map((part) => ({ part, attempt: 1 }));
  const counts = new Map<Part, Count>();
  const again = new Set<string>();
  const hasPassed = (part?: Part) => part === undefined || (counts.get(part)?.passed ?? 0) > 0;
  const running = new Set<Promise<void>>();
  const start = async ({ part, attempt }: Waiting) => {
    const { count, report, seconds } = await run(part);
    print(part, count, report, seconds);
    if (count.failed > 0 && attempt < ATTEMPTS) {
      again.add(part.name);
      queue.push({ part, attempt: attempt + 1 });
    } else counts.set(part, count);
  };
  for (;;) {
    const next = running.size < AT_A_TIME ? queue.findIndex(({ part }) => hasPassed(part.needs)) : -1;
    if (next >= 0) {
      const work = start(queue.splice(next, 1)[0]!).finally(() => running.delete(work));
      running.add(work);
    } else if (running.size > 0) await Promise.race(running);
    else break;
  }
  if (again.size > 0) console.log(`\nRun more than once: ${[...again].join(", ")}`);
  const needed = new Set(parts.flatMap(({ needs }) => needs ?? []));
  const sum = (key: keyof Count) =>
    [...counts].reduce((total, [part, count]) => total + (needed.has(part) && key === "passed" ? 0 : count[key]), 0);
  return { passed: sum("passed"), failed: sum("failed") };
}

function print({ name }: Part, { passed, failed }: Count, report: string, seconds: number): void {
  if (passed + failed === 0 && report === "") return;
  process.stdout.write(`\n${name} (${seconds} s)\n${report.replace(/^\s*\n|\s+$/g, "")}\n`);
}

/** One that ends without a count has failed. */
function run({ program, args, env }: Part): Promise<Result> {
  const begun = Date.now();
  const child = fork(`dist/test/${program}.mjs`, args, {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    execArgv: ["--enable-source-maps"],
    env: { ...process.env, ...env },
  });
  let count: Count = { passed: 0, failed: 1 };
  let report = "";
  child.on("message", (message: Count) => {
    count = message;
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      report += text;
    });
  return new Promise((resolve) =>
    child.once("close", () => resolve({ count, report, seconds: Math.round((Date.now() - begun) / 1000) })),
  );
}
