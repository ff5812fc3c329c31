// Prints how many lines and branches of server/ and src/ the tests run: `npm run coverage -- [FILE …]`. By default all
// tests of unit/ and server/ run.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { CoverageReport } from "monocart-coverage-reports";

const [, , ...chosen] = process.argv;
const files = chosen.length > 0 ? chosen : ["dist/test/unit", "dist/test/server"];
/** Engine processes are killed. This module makes them write their coverage before that. */
const hook = pathToFileURL(path.resolve("dist/test/support/engineHook.mjs"));

const folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-coverage-"));
try {
  const { status } = spawnSync("npx", ["mocha", "--timeout", "240000", ...files], {
    stdio: "inherit",
    env: { ...process.env, NODE_V8_COVERAGE: folder, NODE_OPTIONS: `--import=${hook}` },
  });
  process.exitCode = status ?? 1;
  const ours = /^(server|src)\//;
  const report = new CoverageReport({
    reports: ["console-details"],
    outputDir: path.join(folder, "report"),
    logging: "error",
    entryFilter: ({ url }) => url.includes("/dist/") && !url.includes("/node_modules/"),
    sourceFilter: (file) => ours.test(file),
  });
  await report.addFromDir(folder);
  await report.generate();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
