/**
 * Runs the suite in VS Code itself: `npm run test:vscode:desktop -- [--version 1.106.0] [-g PATTERN]`. VS Code is
 * downloaded, unless VSCODE_EXECUTABLE_PATH names an installed one.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath, runTests } from "@vscode/test-electron";
import { canFindProcesses } from "../support/processes.ts";
import { withPace } from "./host/scripted.ts";
import { settingsFiles } from "./host/settings.ts";
import { suite, withResults } from "./host/suiteFolder.ts";
import { vsixOfThisPlatform } from "./host/vsix.ts";

const { values } = parseArgs({ options: { version: { type: "string" }, grep: { type: "string", short: "g" } } });

const vscode = await findVscode();
const directory = mkdtempSync(path.join(os.tmpdir(), "nemotron-"));
const data = path.join(directory, "data");
const installed = path.join(directory, "installed");
const dataFolder = `--user-data-dir=${data}`;
const workspace = path.join(directory, "workspace");
/** The folder through which the windows find the engine. */
const runtime = path.join(directory, "run");
try {
  layOut();
  installVsix();
  const { passed, failed } = await withResults(runSuite, values.grep);
  console.log(`VS Code: ${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}

async function findVscode(): Promise<string> {
  const named = process.env.VSCODE_EXECUTABLE_PATH;
  if (named) return named;
  try {
    return await downloadAndUnzipVSCode({ version: values.version ?? "stable" });
  } catch (error) {
    console.error(`VS Code could not be downloaded (${error instanceof Error ? error.message : error}).`);
    console.error("VSCODE_EXECUTABLE_PATH can name one that is installed. `npm run test:vscode` needs none.");
    process.exit(1);
  }
}

/** Desktop VS Code reads all settings from one file. */
function layOut(): void {
  mkdirSync(path.join(data, "User"), { recursive: true });
  // Without this the engine would outlive the window for a while, for other clients. There are none.
  const { user, machine } = settingsFiles("dark", { "nemotron.engine.keepAliveMinutes": 0 });
  writeFileSync(path.join(data, "User/settings.json"), JSON.stringify({ ...user, ...machine }));
  cpSync("test/samples", workspace, { recursive: true });
}

function installVsix(): void {
  const [cli, ...args] = resolveCliArgsFromVSCodeExecutablePath(vscode, { reuseMachineInstall: true });
  const folders = [dataFolder, `--extensions-dir=${installed}`];
  const command = [cli!, ...args, ...folders, "--install-extension", vsixOfThisPlatform(), "--force"];
  // On Windows the command line program is a script, which only a shell runs.
  const shell = process.platform === "win32";
  const [program, ...rest] = shell ? command.map((word) => `"${word}"`) : command;
  const { status, error } = spawnSync(program!, rest, { stdio: "inherit", shell });
  if (status !== 0) throw new Error(`The VSIX could not be installed${error ? `: ${error.message}` : "."}`);
}

/** A failed test makes VS Code exit with an error. The results tell more. */
async function runSuite(extensionTestsEnv: Record<string, string>): Promise<void> {
  // Only tests that find processes hold the engine.
  const extensions = canFindProcesses ? withPace(directory, installed).extensions : installed;
  const folders = [dataFolder, `--extensions-dir=${extensions}`];
  const launchArgs = [workspace, ...folders, "--disable-workspace-trust", "--skip-welcome", "--skip-release-notes"];
  try {
    const own = { NEMOTRON_RUNTIME_DIR: runtime, NEMOTRON_STATES_DIR: path.join(directory, "states") };
    await runTests({
      vscodeExecutablePath: vscode,
      ...suite(),
      launchArgs,
      extensionTestsEnv: { ...extensionTestsEnv, ...own },
    });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
}
