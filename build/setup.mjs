// Brings a clone to the point where it can run: installs from the lock file when that is missing or stale, then builds.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(path.join(path.dirname(fileURLToPath(import.meta.url)), ".."));

/** npm writes this file at the end of a complete installation. */
const INSTALLED = "node_modules/.package-lock.json";
const LOCK = "package-lock.json";
/** npm would install these on x64 as well, so package.json overrides them; where they belong they come on top. */
const LINUX_BINARIES = { arm64: "linux-arm64", arm: "linux-armv7l", riscv64: "linux-riscv64" };

/** Runs a command with its output on stderr: stdout belongs to whoever runs us, `npm start -- --json` must stay JSON. */
function run(command, args) {
  const shell = process.platform === "win32";
  const { status } = spawnSync(command, args, { stdio: ["ignore", 2, 2], shell });
  if (status !== 0) process.exit(status ?? 1);
}

function install() {
  if (existsSync(INSTALLED) && statSync(INSTALLED).mtimeMs >= statSync(LOCK).mtimeMs) return;
  console.error("Installing dependencies …");
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  const binary = process.platform === "linux" ? LINUX_BINARIES[process.arch] : undefined;
  if (binary) installBinary(binary);
}

function installBinary(name) {
  const { dependencies } = JSON.parse(readFileSync("package.json", "utf8"));
  const target = `node_modules/@node-llama-cpp/${name}`;
  const directory = mkdtempSync(path.join(os.tmpdir(), "nemotron-setup-"));
  const spec = `@node-llama-cpp/${name}@${dependencies["node-llama-cpp"]}`;
  run("npm", ["pack", spec, "--silent", `--pack-destination=${directory}`]);
  const [archive] = readdirSync(directory);
  run("tar", ["-xzf", path.join(directory, archive), "-C", target, "--strip-components=1"]);
  rmSync(directory, { recursive: true });
}

install();
const { bundle } = await import("./bundle.mjs");
await bundle();
