/**
 * Tests the VSIX in the workbench of VS Code:
 * `npm run test:vscode -- [-g PATTERN] [--only inside|window|FILE] [--headed]`. FILE is, for example, `ui/chat`.
 */
import { parseArgs } from "node:util";
import { type Part, runParts } from "../parts.ts";
import { workbenchParts } from "./workbenchParts.ts";

const { values } = parseArgs({
  options: { grep: { type: "string", short: "g" }, only: { type: "string" }, headed: { type: "boolean" } },
});
// In visible windows (host/chromium.ts).
if (values.headed) process.env.NEMOTRON_TEST_HEADED = "1";
const grep = values.grep === undefined ? [] : ["-g", values.grep];
const { prepare, walk, others } = workbenchParts(grep, false);
const parts = [prepare, ...[walk, ...others].flatMap(chosen)];

function chosen(part: Part): Part[] {
  const { only } = values;
  if (only === undefined || part.name === only || (only === "window" && part.files)) return [part];
  const files = part.files?.filter((file) => file.endsWith(`/${only}.test.mjs`)) ?? [];
  return files.length > 0 ? [{ ...part, name: only, files }] : [];
}

process.exit((await runParts(parts)) ? 0 : 1);
