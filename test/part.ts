/** Some files of tests in a process of their own: `part.mjs [-g PATTERN] [--reporter NAME] [--timeout MS] FILE …`. */
import { parseArgs } from "node:util";
import Mocha from "mocha";
import type { Count, Counts } from "./parts.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    grep: { type: "string", short: "g" },
    reporter: { type: "string", default: "min" },
    timeout: { type: "string", default: "120000" },
  },
});

// Nobody waits for it any more.
process.once("disconnect", () => process.exit(1));
const mocha = new Mocha({ reporter: values.reporter, color: true, timeout: values.timeout, grep: values.grep });
for (const file of positionals) mocha.addFile(file);
await mocha.loadFilesAsync();
const counts: Counts = {};
const of = ({ file = "" }: { file?: string | undefined }): Count => (counts[file] ??= { passed: 0, failed: 0 });
mocha
  .run(() => process.send?.(counts, () => process.exit(0)))
  .on("pass", (test) => of(test).passed++)
  .on("fail", (test) => of(test).failed++);
