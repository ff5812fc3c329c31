/** Tests the VSIX in the workbench of VS Code: `npm run test:vscode -- [-g PATTERN] [--only inside|window|FILE]`, as `ui/chat`. */
import { parseArgs } from "node:util";
import { runParts } from "../parts.ts";
import { workbenchParts } from "./suites.ts";

const { values } = parseArgs({ options: { grep: { type: "string", short: "g" }, only: { type: "string" } } });
const grep = values.grep === undefined ? [] : ["-g", values.grep];
const parts = workbenchParts(grep, false).filter(({ name, needs }) => !needs || isChosen(name));

function isChosen(name: string): boolean {
  const { only } = values;
  return only === undefined || name === only || (only === "window" && name !== "inside");
}

const { passed, failed } = await runParts(parts);
console.log(`\nWorkbench: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
