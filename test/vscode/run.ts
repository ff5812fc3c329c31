/** Tests the VSIX in the workbench of VS Code: `npm run test:vscode -- [-g PATTERN] [--only inside|window|FILE]`, as `ui/chat`. */
import { parseArgs } from "node:util";
import { type Part, runParts } from "../parts.ts";
import { workbenchParts } from "./suites.ts";

const { values } = parseArgs({ options: { grep: { type: "string", short: "g" }, only: { type: "string" } } });
const grep = values.grep === undefined ? [] : ["-g", values.grep];
const parts = workbenchParts(grep, false).flatMap((part) => (part.needs ? chosen(part) : [part]));

function chosen(part: Part): Part[] {
  const { only } = values;
  if (only === undefined || part.name === only || (only === "window" && part.files)) return [part];
  const files = part.files?.filter((file) => file.endsWith(`/${only}.test.mjs`)) ?? [];
  return files.length > 0 ? [{ ...part, name: only, files }] : [];
}

const { passed, failed } = await runParts(parts);
console.log(`\nWorkbench: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
