/**
 * The mocha suite that runs inside an extension host: code-server's (../host/extensionHost.ts) or VS Code's own (../desktop.ts).
 * Both call run().
 */
import { appendFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { format } from "node:util";

/** What run() leaves in the file that NEMOTRON_RESULTS names; its spoken report is beside it, in `.log`. */
export type Results = { passed: number; failed: number; pending: number };

/** Rejects when a test fails. Whoever started it also needs the results: a host that crashes counts as a success. */
export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true);
  const file = process.env.NEMOTRON_RESULTS!;
  const { default: Mocha } = await import("mocha");
  // The host hands on what is logged without its values put in.
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
  // Whole or not at all.
  writeFileSync(`${file}.part`, JSON.stringify(results));
  renameSync(`${file}.part`, file);
  if (results.failed > 0) throw new Error(`${results.failed} tests failed.`);
}
