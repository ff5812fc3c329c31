/**
 * Tests the VSIX in the workbench of VS Code: `npm run test:vscode -- [-g PATTERN] [--only inside|window]`.
 * `--if-possible` (npm test) says what is missing and passes where this machine cannot, except in CI.
 */
import { fork } from "node:child_process";
import { readdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { findChromium } from "./host/chromium.ts";
import { runInside } from "./host/inside.ts";
import { installHost } from "./host/install.ts";
import { installVsix } from "./host/vsix.ts";
import { RESULTS } from "./host/workbench.ts";
import type { Count } from "./window.ts";

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

/**
 * The suites that look at the window from outside, and at the VSIX. A workbench waits more than it works, so two run at
 * a time; the report of the second comes when both are done.
 */
async function window(): Promise<Count> {
  const [first, second] = halves();
  const other = runPart(second, "pipe");
  const reports = [await runPart(first, "inherit"), await other];
  process.stdout.write(reports[1]!.report);
  const sum = (key: keyof Count) => reports.reduce((total, { count }) => total + count[key], 0);
  return { passed: sum("passed"), failed: sum("failed") };
}

/** By size, which tells how long they take well enough. */
function halves(): [string[], string[]] {
  const folder = path.resolve("dist/test/vscode");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.mjs"))
    .map((file) => path.join(folder, file))
    .map((file) => ({ file, size: statSync(file).size }))
    .sort((a, b) => b.size - a.size);
  const parts = [0, 1].map(() => ({ files: [] as string[], size: 0 }));
  for (const { file, size } of files) {
    const [smaller] = parts.toSorted((a, b) => a.size - b.size);
    smaller!.files.push(file);
    smaller!.size += size;
  }
  return [parts[0]!.files.sort(), parts[1]!.files.sort()];
}

/** Mocha in a process of its own. One that ends without a count has failed. */
function runPart(files: string[], stdout: "inherit" | "pipe"): Promise<{ count: Count; report: string }> {
  const grep = values.grep === undefined ? [] : ["-g", values.grep];
  const child = fork("dist/test/vscode/window.mjs", [...grep, ...files], {
    stdio: ["ignore", stdout, "inherit", "ipc"],
    execArgv: ["--enable-source-maps"],
  });
  let count: Count = { passed: 0, failed: 1 };
  let report = "";
  child.on("message", (message: Count) => {
    count = message;
  });
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    report += text;
  });
  return new Promise((resolve) => child.once("close", () => resolve({ count, report })));
}
