// Makes a clone ready to run: installs from the lock file if the installation is missing or stale, then builds.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { install } from "./install.mjs";

process.chdir(path.join(path.dirname(fileURLToPath(import.meta.url)), ".."));
install();
const { bundle } = await import("./bundle.mjs");
await bundle();
