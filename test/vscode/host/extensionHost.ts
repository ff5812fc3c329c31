/** Runs the suite inside code-server's extension host, against the installed VSIX. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Results } from "../suite/index.ts";
import { launchChromium, NO_ANIMATIONS } from "./chromium.ts";
import { type CodeServer, startCodeServer } from "./codeServer.ts";
import { suite, withResults } from "./suiteFolder.ts";
import { RESULTS } from "./workbench.ts";

/** The time limit of the whole suite, ms. */
const LIMIT_MS = 1_800_000;

/** Rejects if the suite left no results. */
export function runInside(grep?: string): Promise<Results> {
  return withResults(async (env) => {
    const server = await startCodeServer({ env, testDriver: true, allBuiltIns: true, pace: true });
    try {
      await visit(server, env.NEMOTRON_RESULTS!);
    } finally {
      await server.stop();
    }
  }, grep);
}

/**
 * Opens the page that makes the extension host run the suite, and waits for its end. Without results, a picture and the
 * logs are kept in test-results/failures/inside.
 */
async function visit(server: CodeServer, results: string): Promise<void> {
  const { extensionDevelopmentPath, extensionTestsPath } = suite();
  const browser = await launchChromium();
  const console: string[] = [];
  try {
    const page = await browser.newPage({ viewport: { width: 800, height: 600 } });
    await page.addInitScript(NO_ANIMATIONS);
    page.on("console", (message) => console.push(message.text()));
    const done = new Promise<void>((resolve) => {
      void page.exposeFunction("codeAutomationLog", () => {});
      void page.exposeFunction("codeAutomationExit", () => resolve());
      setTimeout(resolve, LIMIT_MS).unref();
    });
    const payload: [string, string][] = [
      ["extensionDevelopmentPath", server.remoteUri(extensionDevelopmentPath)],
      ["extensionTestsPath", server.remoteUri(extensionTestsPath)],
    ];
    await page.goto(server.url(payload), { waitUntil: "domcontentloaded" });
    await done;
    if (existsSync(results)) return;
    const folder = path.join(RESULTS, "failures", "inside");
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: path.join(folder, "window.png") });
    server.keepLogs(folder);
    writeFileSync(path.join(folder, "console.log"), console.join("\n"));
  } finally {
    await browser.close();
  }
}
