/** Suites that look at the window from outside, in a process of their own: `window.mjs [-g PATTERN] FILE …`. */
import { parseArgs } from "node:util";
import Mocha from "mocha";
import type { Count } from "./parts.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { grep: { type: "string", short: "g" } },
});

const mocha = new Mocha({ reporter: "spec", color: true, timeout: 240_000, grep: values.grep });
for (const file of positionals) mocha.addFile(file);
await mocha.loadFilesAsync();
const runner = mocha.run((failed) => {
  const count: Count = { passed: runner.stats!.passes, failed };
  process.send?.(count, () => process.exit(0));
});
