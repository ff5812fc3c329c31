/**
 * Installs the workbench, the VSIX and a browser, in a process of its own: `prepare.mjs [--if-possible]`. With that
 * option, and outside CI, it only says what is missing if this machine cannot.
 */
import { rmSync } from "node:fs";
import path from "node:path";
import type { Counts, FileCount } from "../parts.ts";
import { findChromium } from "./host/chromium.ts";
import { installHost } from "./host/install.ts";
import { installVsix } from "./host/vsix.ts";
import { RESULTS } from "./host/workbench.ts";

const optional = process.argv.includes("--if-possible") && process.env.CI !== "true";

function prepare(): FileCount {
  rmSync(path.join(RESULTS, "failures"), { recursive: true, force: true });
  try {
    findChromium();
    installVsix(installHost());
    return { passed: 1, failed: 0, seconds: 0 };
  } catch (error) {
    if (!optional) console.error(error);
    else console.error(`The tests in the workbench are skipped. ${error instanceof Error ? error.message : error}`);
    return { passed: 0, failed: optional ? 0 : 1, seconds: 0 };
  }
}
process.send?.({ "": prepare() } satisfies Counts, () => process.exit(0));
