/**
 * Tests the VSIX in the workbench of VS Code: `npm run test:vscode -- [-g PATTERN] [--only inside|window]`.
 * `--if-possible` (npm test) says what is missing and passes where this machine cannot, except in CI.
 */
import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import Mocha from "mocha";
import { findChromium } from "./host/chromium.ts";
import { runInside } from "./host/inside.ts";
import { installHost } from "./host/install.ts";
import { installVsix } from "./host/vsix.ts";
import { RESULTS } from "./host/workbench.ts";

type Count = { passed: number; failed: number };

const { values } = parseArgs({
  options: {
    grep: { type: "string", short: "g" },
    only: { type: "string" },
    "if-possible": { type: "boolean" },
  },
});

if (isPossible()) {
  rmSync(path.join(RESULTS, "failures"), { recursive: true, force: true });
  installVsix(installHost());
  const counts = [
    ...(values.only === "window" ? [] : [await inside()]),
    ...(values.only === "inside" ? [] : [await window()]),
  ];
  const sum = (key: keyof Count) => counts.reduce((total, count) => total + count[key], 0);
  console.log(`Workbench: ${sum("passed")} passed, ${sum("failed")} failed`);
  process.exit(sum("failed") === 0 ? 0 : 1);
}

function isPossible(): boolean {
  try {
    installHost();
    findChromium();
    return true;
  } catch (error) {
    if (!values["if-possible"] || process.env.CI === "true") throw error;
    console.error(`The tests in the workbench are skipped. ${error instanceof Error ? error.message : error}`);
    return false;
  }
}

/** The suite in the extension host. That it leaves no results is a failure like any other. */
async function inside(): Promise<Count> {
  console.log("Inside the extension host");
  try {
    return await runInside(values.grep);
  } catch (error) {
    console.error(error);
    return { passed: 0, failed: 1 };
  }
}

/** The suites that look at the window from outside, and at the VSIX. */
async function window(): Promise<Count> {
  // A workbench is a dozen processes: on a machine that others use as well, one of them may stall for seconds.
  const retries = process.env.CI === "true" ? 1 : 0;
  const mocha = new Mocha({ reporter: "spec", timeout: 120_000, grep: values.grep, retries });
  const folder = path.resolve("dist/test/vscode");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".test.mjs"));
  for (const file of files.sort()) mocha.addFile(path.join(folder, file));
  await mocha.loadFilesAsync();
  return new Promise((resolve) => {
    const runner = mocha.run((failed) => resolve({ passed: runner.stats!.passes, failed }));
  });
}
