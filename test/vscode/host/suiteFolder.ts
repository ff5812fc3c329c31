/** The built suite that runs inside an extension host, and its results. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Results } from "../suite/index.ts";

const FOLDER = path.resolve("dist/test/vscode/suite");

/** The paths that VS Code and code-server need to run the suite. */
export type Suite = { extensionDevelopmentPath: string; extensionTestsPath: string };

/**
 * Makes the suite's folder an almost empty extension: VS Code runs only tests that are in an extension under
 * development, but the extension under test is the installed one.
 */
export function suite(): Suite {
  const manifest = { name: "nemotron-suite", publisher: "nemotron-local", version: "0.0.0", engines: { vscode: "*" } };
  writeFileSync(path.join(FOLDER, "package.json"), JSON.stringify(manifest));
  return { extensionDevelopmentPath: FOLDER, extensionTestsPath: path.join(FOLDER, "index.cjs") };
}

/**
 * Runs the suite, prints its report, and returns the results. Rejects if there are none: a host that crashes ends like
 * one whose tests all pass.
 */
export async function withResults(run: (env: Record<string, string>) => Promise<void>, grep = ""): Promise<Results> {
  const directory = mkdtempSync(path.join(os.tmpdir(), "nemotron-results-"));
  const file = path.join(directory, "results.json");
  try {
    await run({ NEMOTRON_RESULTS: file, NEMOTRON_GREP: grep });
    if (existsSync(`${file}.log`)) console.log(readFileSync(`${file}.log`, "utf8"));
    if (!existsSync(file)) throw new Error("The suite inside the extension host has left no results.");
    return JSON.parse(readFileSync(file, "utf8"));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
