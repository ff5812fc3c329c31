/**
 * Tests the VSIX in the workbench of VS Code: `npm run test:vscode -- [-g PATTERN] [--only inside|window|FILE]`.
 * `--if-possible` (npm test) says what is missing and passes where this machine cannot, except in CI.
 */
import { readdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { findChromium } from "./host/chromium.ts";
import { installHost } from "./host/install.ts";
import { installVsix } from "./host/vsix.ts";
import { RESULTS } from "./host/workbench.ts";
import { type Part, runParts } from "./parts.ts";

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
  const { passed, failed } = await runParts(chosen());
  console.log(`Workbench: ${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
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

function chosen(): Part[] {
  const { only } = values;
  return parts().filter(
    ({ name, program }) => only === undefined || only === program || name === only || name.endsWith(`/${only}`),
  );
}

/** The longest ones first, so that nobody waits for one at the end. A file's size tells well enough how long it takes. */
function parts(): Part[] {
  const grep = values.grep === undefined ? [] : ["-g", values.grep];
  const folder = path.resolve("dist/test/vscode");
  const windows = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.mjs"))
    .map((file) => ({ file, size: statSync(path.join(folder, file)).size }))
    .sort((a, b) => b.size - a.size)
    .map(
      ({ file }): Part => ({
        name: file.replace(/\.test\.mjs$/, ""),
        program: "window",
        args: [...grep, path.join(folder, file)],
      }),
    );
  return [{ name: "inside the extension host", program: "inside", args: grep }, ...windows];
}
