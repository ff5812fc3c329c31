/**
 * The mocha suite that runs inside an extension host, which calls run(): code-server's (../host/extensionHost.ts) or VS
 * Code's own (../desktop.ts).
 */
import { appendFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { format } from "node:util";

/** What run() writes into the file that NEMOTRON_RESULTS names. Mocha's report is beside it, in `.log`. */
export type Results = { passed: number; failed: number; pending: number };

/** Rejects if a test fails. The caller also needs the results: a host that crashes looks like a success. */
export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true);
  const file = process.env.NEMOTRON_RESULTS!;
  const { default: Mocha } = await import("mocha");
  // The host passes logged texts on without inserting their values.
  Mocha.reporters.Base.consoleLog = (...values: unknown[]) => appendFileSync(`${file}.log`, `${format(...values)}\n`);
  const mocha = new Mocha({ ui: "bdd", color: false, timeout: 120_000, reporter: "spec" });
  if (process.env.NEMOTRON_GREP) mocha.grep(process.env.NEMOTRON_GREP);
  for (const name of readdirSync(__dirname)
    .filter((name) => name.endsWith(".test.cjs"))
    .sort())
    mocha.addFile(path.join(__dirname, name));
  await mocha.loadFilesAsync();
  const { stats } = await new Promise<Mocha.Runner>((resolve) => {
    const runner = mocha.run(() => resolve(runner));
  });
  const results: Results = { passed: stats!.passes, failed: stats!.failures, pending: stats!.pending };
  // Complete, or not at all.
  writeFileSync(`${file}.part`, JSON.stringify(results));
  renameSync(`${file}.part`, file);
  if (results.failed > 0) throw new Error(`${results.failed} tests failed.`);
}
