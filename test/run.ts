/** All tests: `npm test`. Those in the workbench are left out, and that is said, where they cannot run, except in CI. */
import { type Part, runParts } from "./parts.ts";
import { testFiles, workbenchParts } from "./vscode/suites.ts";

const files = (kind: string): Part[] =>
  testFiles(`dist/test/${kind}`).map((file) => ({
    name: file.replace(/^dist\/test\/|\.test\.mjs$/g, ""),
    program: "part",
    args: [],
    files: [file],
  }));
const unit: Part = { name: "unit", program: "part", args: [], files: testFiles("dist/test/unit") };

const [workbench, ...suites] = workbenchParts([], true);
// What takes longest comes first, and nobody waits for the workbench while it is being put in place.
const begin = [
  ...files("faults"),
  ...files("llama-server"),
  ...files("server").filter(({ name }) => /identity|dialects|download|chat/.test(name)),
];
const rest = [...files("server"), ...files("page")].filter(({ name }) => !begin.some((part) => part.name === name));
const { passed, failed } = await runParts([workbench!, ...begin, unit, ...suites, ...rest]);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
