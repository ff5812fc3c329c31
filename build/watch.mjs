// Builds into dist/ and keeps it up to date while files change: `npm run watch`. Ctrl+C ends it.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { install } from "./install.mjs";

process.chdir(path.join(path.dirname(fileURLToPath(import.meta.url)), ".."));
install();
const { watch } = await import("./bundle.mjs");
const stop = await watch();
// The task in .vscode/tasks.json waits for this line.
console.log("Watching for changes …");
process.once("SIGINT", () => stop().then(() => process.exit(0)));
