// Installs the dependencies from the lock file when they are missing or stale.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** npm writes this file when an installation is complete. */
const INSTALLED = "node_modules/.package-lock.json";
const LOCK = "package-lock.json";
/** npm would install these on x64 as well, so package.json overrides them. On their own platforms they are added. */
const LINUX_BINARIES = { arm64: "linux-arm64", arm: "linux-armv7l", riscv64: "linux-riscv64" };

/** Does nothing if the installation is newer than the lock file. Exits if npm fails. */
export function install() {
  if (existsSync(INSTALLED) && statSync(INSTALLED).mtimeMs >= statSync(LOCK).mtimeMs) return;
  console.error("Installing dependencies …");
  const status = run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  if (status !== 0) process.exit(status);
  const binary = process.platform === "linux" ? LINUX_BINARIES[process.arch] : undefined;
  if (binary) unpackBinary(binary, `node_modules/@node-llama-cpp/${binary}`);
}

/** Downloads a package of node-llama-cpp's binaries, for any platform, into a folder. Throws if it cannot. */
export function unpackBinary(name, target) {
  const { dependencies } = JSON.parse(readFileSync("package.json", "utf8"));
  const directory = mkdtempSync(path.join(os.tmpdir(), "nemotron-setup-"));
  const spec = `@node-llama-cpp/${name}@${dependencies["node-llama-cpp"]}`;
  try {
    if (run("npm", ["pack", spec, "--silent", `--pack-destination=${directory}`]) !== 0)
      throw new Error(`${spec} could not be downloaded.`);
    const [archive] = readdirSync(directory);
    mkdirSync(target, { recursive: true });
    if (run("tar", ["-xzf", path.join(directory, archive), "-C", target, "--strip-components=1"]) !== 0)
      throw new Error(`${spec} could not be unpacked.`);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Runs a command with its output on stderr: the stdout of `npm start --silent -- --json` must stay JSON. Returns its status. */
function run(command, args) {
  const shell = process.platform === "win32";
  const { status } = spawnSync(command, args, { stdio: ["ignore", 2, 2], shell });
  return status ?? 1;
}
