// Brings a clone to the point where it can run: installs from the lock file when that is missing or stale, then builds.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(path.join(path.dirname(fileURLToPath(import.meta.url)), ".."));

/** npm writes this file at the end of a complete installation. */
const INSTALLED = "node_modules/.package-lock.json";
const LOCK = "package-lock.json";

function install() {
  if (existsSync(INSTALLED) && statSync(INSTALLED).mtimeMs >= statSync(LOCK).mtimeMs) return;
  console.error("Installing dependencies …");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const { status } = spawnSync(npm, ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    // stdout belongs to whoever runs us: `npm start -- --json` must stay JSON.
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (status !== 0) process.exit(status ?? 1);
}

install();
const { bundle } = await import("./bundle.mjs");
await bundle();
