/** A throw-away code-server on 127.0.0.1, with a home, settings and a workspace of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { processesAt, signal } from "../../support/processes.ts";
import { linkBuiltIns } from "./builtIns.ts";
import { installHost } from "./install.ts";
import { addLanguage } from "./language.ts";
import {
  type Altered,
  beginScript,
  type ScriptedReply,
  type ScriptedSharing,
  withChecksum,
  withPace,
  withScript,
} from "./scripted.ts";
import { type Settings, settingsFiles, type Theme } from "./settings.ts";
import { installVsix } from "./vsix.ts";

export type ServerOptions = {
  theme?: Theme;
  /** The language of extensions, for example `de`; English by default. */
  language?: string;
  settings?: Settings;
  /** Whether the workspace is trusted without asking; otherwise it opens in Restricted Mode. True by default. */
  trust?: boolean;
  /** A folder whose copy is the workspace. */
  workspace?: string;
  /** Further files of the workspace: their texts by path. */
  files?: Record<string, string>;
  env?: Record<string, string>;
  /** Replies in place of the toy model's, for texts that no model writes on demand. */
  script?: readonly ScriptedReply[];
  /** With a script: what its engine reports about others who share it. */
  sharing?: ScriptedSharing;
  /** The checksum of the file that the test's own hub serves for every model of the catalogue. */
  sha256?: string;
  /** Lets the test hold the engine (support/pace.ts). Not with a script. */
  pace?: boolean;
  /** Lets a page name a suite to run inside the extension host, and turns dialogs off. */
  testDriver?: boolean;
  /** Whether all of VS Code's extensions are there, also its own chat, or only those that most tests use. */
  allBuiltIns?: boolean;
  /** It ends after this time without a connection, s: nobody else would end a server whose owner was killed. */
  idleSeconds?: number;
};

export type CodeServer = {
  /** The server's process, the ancestor of the extension hosts and all that they start. */
  pid: number;
  /** Its own folder. */
  directory: string;
  /** The folder that its window shows. */
  readonly workspace: string;
  /** The folder of installed extensions, with the one under test. */
  extensions: string;
  log(): string;
  /** Copies its log, those of VS Code and the page's console into a folder. */
  keepLogs(folder: string): void;
  /** The workbench's URL with the workspace or another folder open. @param payload for VS Code, as key and value. */
  url(payload?: [string, string][], folder?: string): string;
  /** The workbench's URI of a file of this machine. */
  remoteUri(file: string): string;
  /** Gives the next window these settings, this script and a new workspace. False if that needs another server. */
  reuse(options: ServerOptions): boolean;
  /** Ends it, its extension hosts and all they started, and removes its folder. */
  stop(): Promise<void>;
};

/** Resolves when the server answers. Rejects with its log if it does not within 90 s. */
export async function startCodeServer(options: ServerOptions = {}): Promise<CodeServer> {
  const host = installHost();
  const installed = installVsix(host);
  const directory = layOut(options);
  let workspace = arrange(directory, "workspace", options);
  const { extensions, env } = altered(directory, installed, options);
  const at = (name: string) => path.join(directory, name);
  if (!options.allBuiltIns) linkBuiltIns(at("built-ins"), host.builtIns);
  const port = await freePort();
  const log = openSync(at("server.log"), "a");
  const child = spawn(host.node, [host.entry, ...serverArguments(options, at, extensions, port)], {
    env: { ...environment(options, at), ...env },
    stdio: ["ignore", log, log],
    // Its own process group, so that the extension host and the language server end with it.
    detached: true,
  });
  endWithUs(child, directory);
  let windows = 1;
  const server: CodeServer = {
    pid: child.pid!,
    directory,
    get workspace() {
      return workspace;
    },
    extensions,
    log: () => readFileSync(at("server.log"), "utf8"),
    keepLogs: (folder) => {
      for (const name of ["server.log", "console.log", "data/logs"])
        if (existsSync(at(name))) cpSync(at(name), path.join(folder, path.basename(name)), { recursive: true });
    },
    url: (payload, folder = workspace) => {
      const query = new URLSearchParams({ folder, ...(payload && { payload: JSON.stringify(payload) }) });
      return `http://127.0.0.1:${port}/?${query}`;
    },
    remoteUri: (file) => `vscode-remote://127.0.0.1:${port}${file}`,
    reuse: (next) => {
      if (startedWith(next) !== startedWith(options)) return false;
      workspace = arrange(directory, `${++windows}/workspace`, next);
      if (next.script) beginScript(directory, next.script, next.sharing);
      return true;
    },
    stop: () => stop(child),
  };
  await answering(child, port, server);
  return server;
}

/** The options that cannot change while the server runs. */
function startedWith({ trust = true, script, ...options }: ServerOptions): string {
  const { language, env, sha256, pace, testDriver, allBuiltIns, idleSeconds } = options;
  return JSON.stringify([
    trust,
    script !== undefined,
    language,
    env,
    sha256,
    pace,
    testDriver,
    allBuiltIns,
    idleSeconds,
  ]);
}

function altered(directory: string, installed: string, { script, sharing, sha256, pace }: ServerOptions): Altered {
  if (script) return withScript(directory, installed, script, sharing);
  if (sha256) return withChecksum(directory, installed, sha256);
  if (pace) return withPace(directory, installed);
  return { extensions: installed, env: {} };
}

/** Makes the server's folder. */
function layOut({ language }: ServerOptions): string {
  const directory = mkdtempSync(path.join(os.tmpdir(), "nemotron-workbench-"));
  for (const name of ["home", "run", "data"]) mkdirSync(path.join(directory, name));
  writeFileSync(path.join(directory, "config.yaml"), "auth: none\n");
  if (language) addLanguage(path.join(directory, "data"), language);
  return directory;
}

/** Writes the settings, and fills a folder for the workspace. Returns its path. */
function arrange(directory: string, name: string, options: ServerOptions): string {
  const { theme = THEME, settings = {}, workspace = "test/samples", files = {} } = options;
  const contents = settingsFiles(theme, settings);
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  write(path.join(directory, "data/User/settings.json"), JSON.stringify(contents.user, undefined, 2));
  write(path.join(directory, "data/Machine/settings.json"), JSON.stringify(contents.machine, undefined, 2));
  const folder = path.join(directory, name);
  cpSync(workspace, folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) write(path.join(folder, file), text);
  return folder;
}

/** `NEMOTRON_TEST_THEME=hc` runs a suite in another theme, to look at its pictures. */
const THEME = (process.env.NEMOTRON_TEST_THEME ?? "dark") as Theme;

type At = (name: string) => string;

/** The folder through which the windows of only this server find their engine. */
const placeIn = (directory: string) => path.join(directory, "engine");

function serverArguments(
  { trust = true, language, testDriver, allBuiltIns, idleSeconds = 120 }: ServerOptions,
  at: At,
  extensions: string,
  port: number,
) {
  return [
    ...["--config", at("config.yaml"), "--user-data-dir", at("data"), "--extensions-dir", extensions],
    ...["--auth", "none", "--bind-addr", `127.0.0.1:${port}`, "--idle-timeout-seconds", String(idleSeconds)],
    ...["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override", "--ignore-last-opened"],
    ...(trust ? ["--disable-workspace-trust"] : []),
    ...(language ? ["--locale", language] : []),
    ...(allBuiltIns ? [] : ["--vscode-option", `builtin-extensions-dir=${at("built-ins")}`]),
    ...(testDriver ? ["--vscode-option", "enable-smoke-test-driver"] : []),
  ];
}

/** This process's environment, without variables that would affect another VS Code. */
function environment({ env = {} }: ServerOptions, at: At): NodeJS.ProcessEnv {
  const foreign = /^(VSCODE_|ELECTRON_|NODE_OPTIONS$|PASSWORD$|HASHED_PASSWORD$)/;
  const ours = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  const home = { HOME: at("home"), XDG_CONFIG_HOME: at("home/.config"), XDG_DATA_HOME: at("home/.local/share") };
  const own = { NEMOTRON_RUNTIME_DIR: placeIn(at("")), NEMOTRON_STATES_DIR: at("states") };
  return { ...ours, ...home, XDG_CACHE_HOME: at("home/.cache"), XDG_RUNTIME_DIR: at("run"), ...own, ...env };
}

async function answering(child: ChildProcess, port: number, server: CodeServer): Promise<void> {
  const deadline = Date.now() + 90_000;
  while (!(await answers(port))) {
    if (child.exitCode === null && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      continue;
    }
    const log = server.log();
    await server.stop();
    throw new Error(`code-server did not start:\n${log}`);
  }
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/healthz`)).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** The running servers, with their folders. */
const running = new Map<ChildProcess, string>();
let watching = false;

/** Ends the server with this process, unless the process is killed with SIGKILL. */
function endWithUs(child: ChildProcess, directory: string): void {
  if (!watching) {
    watching = true;
    process.once("exit", () => {
      for (const server of running.keys()) remove(server);
    });
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => process.exit(1));
  }
  running.set(child, directory);
}

/** Kills the server: an orderly end takes seconds, and nothing of it is needed any more. */
async function stop(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => (child.exitCode !== null ? resolve(undefined) : child.once("exit", resolve)));
  remove(child);
  await gone;
}

function remove(child: ChildProcess): void {
  const directory = running.get(child);
  if (directory === undefined) return;
  running.delete(child);
  signal(-child.pid!, "SIGKILL");
  // The engine host is in no process group. The next round finds what it starts meanwhile.
  for (let left = processesAt(placeIn(directory)); left.length > 0; left = processesAt(placeIn(directory)))
    for (const pid of left) signal(pid, "SIGKILL");
  rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
