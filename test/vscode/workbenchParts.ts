/** The suites that need the workbench: one inside the extension host, and the files that look at the window from outside. */
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import type { Part } from "../parts.ts";

/** With a workbench and the VSIX in place, whoever needs these need not look again. */
const IN_PLACE = { NEMOTRON_TEST_VSIX: "in place" };

/** Those of one line run in one process, one after the other in the same window (fixture.ts). What is set stays set for those that want the same. */
const TOGETHER = [
  ["explain", "start", "code", "looks"],
  ["conversations", "chat", "goingOn", "thinking", "keyboard"],
  ["editReview", "editDocuments", "editFaults"],
  ["editActions", "inlineEdit", "shared", "commitMessage"],
  ["context", "endpoint", "firstRun"],
];

/** The walk is the one that `npm test` takes. */
const WALK = "walk";

export type WorkbenchParts = {
  /** Puts the workbench in place; the others need it. */
  prepare: Part;
  walk: Part;
  others: Part[];
};

/** @param optional whether it is enough to say what is missing where they cannot run. */
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

/** Those in a folder, the long ones first, so that nobody waits for one at the end. Their size tells that well enough. */
export function testFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.mjs"))
    .map((name) => path.join(folder, name))
    .map((file) => ({ file, size: statSync(file).size }))
    .sort((a, b) => b.size - a.size)
    .map(({ file }) => file);
}
