/** Decides whether a change is the right one. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Node } from "@vscode/tree-sitter-wasm";
import { diffLines } from "diff";
import { build } from "esbuild";
import { Grammars } from "../../server/features/code/grammars.ts";
import { languageOf } from "../../server/features/code/languages.ts";
import { syntaxErrors } from "../../server/features/code/syntax.ts";
import { changed, type Expectation, type ProjectCase, readFiles } from "./cases.ts";

/** Time limit of a grading script, ms: it may run an endless loop of the model. */
const SCRIPT_MS = 20_000;
/** A change may have this many times as many lines as the right one, and this many more. */
const LINES_FACTOR = 2;
const MORE_LINES = 10;
/** How much of a script's output a reason shows, characters. */
const MAX_OUTPUT_CHARS = 300;
const MAX_PATTERN_CHARS = 80;

export const grammars = new Grammars((file) => readFile(path.resolve("dist/grammars", file)));
let python: boolean | undefined;
/** Whether Python's cases can be run here. Otherwise only their text is graded. */
export const hasPython = () => (python ??= spawnSync("python3", ["--version"]).status === 0);

/**
 * Why the files in `folder` are not the right result; undefined if they are.
 * @param scratch an empty folder for the grading script, which the caller removes.
 */
export async function gradeProject(one: ProjectCase, folder: string, scratch: string): Promise<string | undefined> {
  const now = readFiles(folder);
  const right = changed(one.files, one.right);
  const names = [...new Set([...Object.keys(one.files), ...Object.keys(now)])];
  const touched = names.filter((name) => now[name] !== one.files[name]);
  if (touched.length === 0) return "nothing was changed";
  const other = touched.find((name) => right[name] === one.files[name]);
  if (other !== undefined) return `${other} should not be touched`;
  const [lines, limit] = [countChanged(one.files, now), countChanged(one.files, right) * LINES_FACTOR + MORE_LINES];
  if (lines > limit) return `${lines} lines were changed, at most ${limit} are needed`;
  for (const name of touched) {
    const [error] = (await syntaxErrors(grammars, languageOf(name), now[name] ?? "")) ?? [];
    if (error) return `${name} does not parse, line ${error.line + 1}: ${error.what}`;
  }
  for (const [name, expectation] of Object.entries(one.expect ?? {})) {
    const fault = await unmet(name, now[name] ?? "", expectation);
    if (fault) return fault;
  }
  return runGradingScript(one.folder, folder, scratch);
}

/** Lines that are removed or added. */
function countChanged(before: Record<string, string>, after: Record<string, string>): number {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const parts = names.flatMap((name) => diffLines(before[name] ?? "", after[name] ?? ""));
  return parts.reduce((sum, { added, removed, count }) => sum + (added || removed ? count : 0), 0);
}

async function unmet(name: string, text: string, { has = [], lacks = [] }: Expectation): Promise<string | undefined> {
  const code = (await withoutComments(languageOf(name), text)).replace(/\s/g, "");
  const missing = has.find((pattern) => !new RegExp(pattern, "s").test(code));
  if (missing !== undefined) return `${name} does not have /${short(missing)}/`;
  const forbidden = lacks.find((pattern) => new RegExp(pattern, "s").test(code));
  return forbidden === undefined ? undefined : `${name} has /${short(forbidden)}/`;
}

const short = (pattern: string) =>
  pattern.length > MAX_PATTERN_CHARS ? `${pattern.slice(0, MAX_PATTERN_CHARS)}…` : pattern;

async function withoutComments(languageId: string, text: string): Promise<string> {
  const cut = await grammars.parse(languageId, text, ({ rootNode }) => {
    const comments: Node[] = [];
    const open: (Node | null)[] = [rootNode];
    for (let node = open.pop(); node; node = open.pop()) {
      if (node.type.includes("comment")) comments.push(node);
      else open.push(...node.children);
    }
    const ranges = comments.sort((a, b) => b.startIndex - a.startIndex);
    return ranges.reduce((rest, { startIndex, endIndex }) => rest.slice(0, startIndex) + rest.slice(endIndex), text);
  });
  return cut ?? text;
}

/** `grade.mjs` imports the project's files as `project/…`. `grade.py` runs in the project's folder. */
async function runGradingScript(ofCase: string, folder: string, scratch: string): Promise<string | undefined> {
  const [script, pythonScript] = ["grade.mjs", "grade.py"].map((name) => path.join(ofCase, name)) as [string, string];
  if (existsSync(script)) {
    const outfile = path.join(scratch, "grade.mjs");
    const options = { bundle: true, platform: "node", format: "esm", logLevel: "silent" } as const;
    try {
      await build({ ...options, entryPoints: [script], outfile, alias: { project: folder } });
    } catch (error) {
      return `it does not build: ${(error as Error).message.slice(0, MAX_OUTPUT_CHARS)}`;
    }
    return run(process.execPath, [outfile], folder);
  }
  return existsSync(pythonScript) && hasPython() ? run("python3", ["-B", pythonScript], folder) : undefined;
}

function run(program: string, args: string[], cwd: string): Promise<string | undefined> {
  const env = { PATH: process.env.PATH, PYTHONPATH: cwd, NO_COLOR: "1" };
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], timeout: SCRIPT_MS });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-10 * MAX_OUTPUT_CHARS);
    });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code === 0 ? undefined : `its check fails: ${reasonIn(output)}`));
  });
}

/** The line that names the error. */
function reasonIn(output: string): string {
  const line = output.split("\n").findLast((line) => /^\s*\w*Error\b/.test(line)) ?? output.trim();
  return line.trim().slice(0, MAX_OUTPUT_CHARS);
}

/** Writes a project into a folder. */
export function writeProject(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
