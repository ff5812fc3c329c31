/**
 * `run.mjs [--all | --rest | --identity]`: runs the tests of `npm test`, these and all others, only the others, or all
 * random conversations. Tests that need a browser or the workbench are skipped with a message if these cannot run here,
 * but not in CI.
 */
import { parseArgs } from "node:util";
import { nameOf, type Part, runParts } from "./parts.ts";
import { findChromium } from "./vscode/host/chromium.ts";
import { testFiles, workbenchParts } from "./vscode/workbenchParts.ts";

const { values } = parseArgs({
  options: { all: { type: "boolean" }, rest: { type: "boolean" }, identity: { type: "boolean" } },
});

const inOneProcess = (name: string, files: string[]): Part => ({ name, program: "part", args: [], files });
const oneByOne = (kind: string): Part[] =>
  testFiles(`dist/test/${kind}`).map((file) => inOneProcess(nameOf(file), [file]));

const backends = "server/backends";
const server = oneByOne("server");
const identity = server.find(({ name }) => name === "server/identity")!;
const page = testFiles("dist/test/page");
/** Pictures to look at. */
const pictures = page.filter((file) => nameOf(file) === "page/screenshots");
const { prepare, walk, others } = workbenchParts([], true);

/** The longest parts come first. */
const quick = [
  prepare,
  ...inBrowser(
    "page",
    page.filter((file) => !pictures.includes(file)),
  ),
  inOneProcess("unit", testFiles("dist/test/unit")),
  walk,
  ...server.filter(({ name }) => name !== backends),
];
const rest = [
  ...oneByOne("faults"),
  ...server.filter(({ name }) => name === backends),
  // The conversations after the twelve of `npm test`.
  { ...identity, env: { NEMOTRON_TEST_CONVERSATIONS: "13-50" } },
  ...others,
  ...oneByOne("llama-server"),
  ...inBrowser("page/screenshots", pictures),
];
const allIdentity = [{ ...identity, env: { NEMOTRON_TEST_CONVERSATIONS: "1-50" } }];
const some = values.identity ? allIdentity : values.rest ? [prepare, ...rest] : quick;
const parts = values.all ? [...quick, ...rest] : some;
process.exit((await runParts(parts)) ? 0 : 1);

function inBrowser(name: string, files: string[]): Part[] {
  try {
    findChromium();
    return [inOneProcess(name, files)];
  } catch (error) {
    if (process.env.CI === "true") throw error;
    console.error(`${name} is skipped. ${error instanceof Error ? error.message : error}`);
    return [];
  }
}
