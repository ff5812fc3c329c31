/**
 * The parts that the suites are run in, each in a process and a window of its own. In CI one that has failed is run once
 * more, from its beginning: a test that follows a failed one finds what that has left, a fresh window holds nothing.
 */
import { fork } from "node:child_process";
import os from "node:os";

/** What a part sends when it is over. */
export type Count = { passed: number; failed: number };

/** A program of dist/test/vscode and its arguments. */
export type Part = { name: string; program: "inside" | "window"; args: string[] };

/** A workbench is a dozen processes: on a machine that others use as well, one of them may stall for seconds. */
const ATTEMPTS = process.env.CI === "true" ? 3 : 1;

/** A workbench waits more than it works, but the engine and the browser do work. */
const AT_A_TIME = Math.max(2, Math.min(4, os.availableParallelism()));

/** Runs them in this order, some at a time, and prints the report of each when it is over. */
export async function runParts(parts: readonly Part[]): Promise<Count> {
  const queue = parts.map((part) => ({ part, attempt: 1 }));
  const counts = new Map<Part, Count>();
  const again = new Set<string>();
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { part, attempt } = next;
      const { count, report, seconds } = await run(part);
      counts.set(part, count);
      if (count.passed + count.failed > 0) process.stdout.write(`\n${part.name} (${seconds} s)\n${report.trimEnd()}\n`);
      if (count.failed === 0 || attempt === ATTEMPTS) continue;
      again.add(part.name);
      queue.push({ part, attempt: attempt + 1 });
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  if (again.size > 0) console.log(`\nRun more than once: ${[...again].join(", ")}`);
  const sum = (key: keyof Count) => [...counts.values()].reduce((total, count) => total + count[key], 0);
  return { passed: sum("passed"), failed: sum("failed") };
}

/** One that ends without a count has failed. */
function run({ program, args }: Part): Promise<{ count: Count; report: string; seconds: number }> {
  const begun = Date.now();
  const child = fork(`dist/test/vscode/${program}.mjs`, args, {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    execArgv: ["--enable-source-maps"],
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
