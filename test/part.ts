/** Runs some test files in a process of their own: `part.mjs [-g PATTERN] [--verbose] [--timeout MS] FILE …`. */
import { parseArgs } from "node:util";
import Mocha from "mocha";
import type { Counts, FileCount } from "./parts.ts";
import "./setup.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    grep: { type: "string", short: "g" },
    verbose: { type: "boolean" },
    timeout: { type: "string", default: "300000" },
  },
});

/** Does not report tests that pass. */
class Failures extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    runner.once("end", () => {
      const { pending, failures } = this.stats;
      if (pending > 0) console.log(`  ${pending} skipped`);
      if (failures > 0) Mocha.reporters.Base.list(this.failures);
    });
  }
}

// The process that waits for it has ended.
process.once("disconnect", () => process.exit(1));
const mocha = new Mocha({
  reporter: values.verbose ? "spec" : Failures,
  color: !process.env.NO_COLOR,
  timeout: values.timeout,
  grep: values.grep,
});
for (const file of positionals) mocha.addFile(file);
await mocha.loadFilesAsync();
const counts: Counts = {};
const of = ({ file = "" }: { file?: string | undefined }): FileCount =>
  (counts[file] ??= { passed: 0, failed: 0, seconds: 0 });
const begun = new Map<Mocha.Suite, number>();
const isOfFile = ({ parent }: Mocha.Suite) => parent?.root === true;
mocha
  .run(() => process.send?.(counts, () => process.exit(0)))
  .on("suite", (suite) => isOfFile(suite) && begun.set(suite, performance.now()))
  .on("suite end", (suite) => {
    if (isOfFile(suite)) of(suite).seconds += (performance.now() - begun.get(suite)!) / 1000;
  })
  .on("pass", (test) => of(test).passed++)
  .on("fail", (test) => of(test).failed++);
