/** The suites that need the workbench: one inside the extension host, and the files that look at the window from outside. */
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import type { Part } from "../parts.ts";

/** With a workbench and the VSIX in place, whoever needs these need not look again. */
const IN_PLACE = { NEMOTRON_TEST_VSIX: "in place" };

/** @param optional whether it is enough to say what is missing where they cannot run. */
export function workbenchParts(grep: string[], optional: boolean): Part[] {
  const needs: Part = { name: "the workbench", program: "vscode/prepare", args: optional ? ["--if-possible"] : [] };
  const inside: Part = { name: "inside", program: "vscode/inside", args: grep, needs, env: IN_PLACE };
  const folder = path.resolve("dist/test/vscode");
  const windows = testFiles(folder).map(
    (file): Part => ({
      name: path.relative(folder, file).replace(/\.test\.mjs$/, ""),
      program: "part",
      args: [...grep, "--reporter", "spec", "--timeout", "420000", file],
      needs,
      env: IN_PLACE,
    }),
  );
  return [needs, inside, ...windows];
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
