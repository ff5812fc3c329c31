/** Records how near the two best candidates of each generated token were. Loaded into the engine by choicesHook.ts. */
import { appendFileSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** A generated token, and by how much it was more probable than the next best one, 0 to 1. */
export type Choice = { token: number; lead: number };

const FOLDER = "NEMOTRON_TEST_CHOICES";
const fileOf = (folder: string, engine: number) => path.join(folder, `${engine}.jsonl`);

/** The environment of a server whose engines record their choices in this folder. */
export const withChoices = (folder: string) => ({
  NODE_OPTIONS: `--import=${pathToFileURL(path.resolve("dist/test/support/choicesHook.mjs"))}`,
  [FOLDER]: folder,
});

/** Called in the engine process, at the end of a reply. */
export function record(choices: Choice[]): void {
  appendFileSync(fileOf(process.env[FOLDER]!, process.pid), `${JSON.stringify(choices)}\n`);
}

/** The choices of the last reply of the engine with this process id. */
export function lastChoices(folder: string, engine: number): Choice[] {
  return JSON.parse(readFileSync(fileOf(folder, engine), "utf8").trimEnd().split("\n").at(-1)!);
}
