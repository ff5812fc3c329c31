/** The suites that need the workbench: one inside the extension host, and files that test the window from outside. */
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import type { Part } from "../parts.ts";

/** Tells the suites that the workbench and the VSIX are in place, so that they do not check again. */
const IN_PLACE = { NEMOTRON_TEST_VSIX: "in place" };

/** Suites of one line run in one process, one after the other in the same window (fixture.ts). */
const TOGETHER = [
  ["explain", "start", "code", "looks"],
  ["conversations", "chat", "continuing", "thinking", "keyboard"],
  ["editReview", "editDocuments", "editFaults"],
  ["editActions", "inlineEdit", "shared", "commitMessage"],
  ["context", "endpoint", "firstRun"],
];

/** The suite that `npm test` runs. */
const WALK = "walk";

export type WorkbenchParts = {
  /** Installs the workbench; the other parts need it. */
  prepare: Part;
  walk: Part;
  others: Part[];
};

/** @param optional if the parts cannot run, only say what is missing. */
export function workbenchParts(grep: string[], optional: boolean): WorkbenchParts {
  const prepare: Part = { name: "the workbench", program: "vscode/prepare", args: optional ? ["--if-possible"] : [] };
  const inside: Part = { name: "inside", program: "vscode/inside", args: grep, needs: prepare, env: IN_PLACE };
  const folder = path.resolve("dist/test/vscode");
  const fileOf = (name: string) => path.join(folder, "ui", `${name}.test.mjs`);
  const window = (files: string[]): Part => ({
    name: files.map((file) => path.relative(folder, file).replace(/\.test\.mjs$/, "")).join(", "),
    program: "part",
    args: [...grep, "--verbose", "--timeout", "420000"],
    files,
    needs: prepare,
    env: IN_PLACE,
  });
  const together = TOGETHER.map((names) => names.map(fileOf));
  const alone = testFiles(folder).filter((file) => ![...together.flat(), fileOf(WALK)].includes(file));
  const windows = [...together, ...alone.map((file) => [file])].map(window);
  return { prepare, walk: window([fileOf(WALK)]), others: [inside, ...windows] };
}

/** The test files in a folder, largest first: they take longest, and must not begin last. */
export function testFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.mjs"))
    .map((name) => path.join(folder, name))
    .map((file) => ({ file, size: statSync(file).size }))
    .sort((a, b) => b.size - a.size)
    .map(({ file }) => file);
}
