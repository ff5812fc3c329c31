/** A part of the suites that look at the window from outside, in a process of its own: `window.mjs [-g PATTERN] FILE …`. */
import { parseArgs } from "node:util";
import Mocha from "mocha";

export type Count = { passed: number; failed: number };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { grep: { type: "string", short: "g" } },
});

// A workbench is a dozen processes: on a machine that others use as well, one of them may stall for seconds.
const retries = process.env.CI === "true" ? 1 : 0;
const mocha = new Mocha({ reporter: "spec", color: true, timeout: 120_000, grep: values.grep, retries });
for (const file of positionals) mocha.addFile(file);
await mocha.loadFilesAsync();
const runner = mocha.run((failed) => {
  const count: Count = { passed: runner.stats!.passes, failed };
  process.send?.(count, () => process.exit(0));
});
