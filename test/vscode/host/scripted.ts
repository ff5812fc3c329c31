/** The installed extension with another language server: one that says what a script tells it to, or knows other files. */
import assert from "node:assert/strict";
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { ScriptedReply } from "../../support/scriptedEngine.ts";
import type { ScriptedSharing } from "../../support/scriptedSharing.ts";
import { extensionFolder } from "./vsix.ts";

export type { ScriptedReply, ScriptedSharing };

/** What a server is started with: a folder of extensions that is the installed one but for the language server. */
export type Altered = { extensions: string; env: Record<string, string> };

/** With the script's engine. */
export function withScript(
  directory: string,
  installed: string,
  script: readonly ScriptedReply[],
  sharing?: ScriptedSharing,
): Altered {
  const server = pathToFileURL(path.resolve("dist/test/support/scriptedServer.mjs"));
  const extensions = withBundles(
    directory,
    installed,
    ["server.mjs"],
    () => `import ${JSON.stringify(server.href)};\n`,
  );
  beginScript(directory, script, sharing);
  return { extensions, env: { NEMOTRON_SCRIPT: path.join(directory, "script.json") } };
}

/** Nothing is left of what another script has led to. */
export function beginScript(directory: string, script: readonly ScriptedReply[], sharing: ScriptedSharing = {}): void {
  writeScript(directory, script);
  writeSharing(directory, sharing);
  rmSync(loadsFile(directory), { force: true });
}

/** With this checksum for each model whose own the catalogue knows: no hub has a small file that is one of them. */
export function withChecksum(directory: string, installed: string, sha256: string): Altered {
  const known = /exact:!0,sha256:"[0-9a-f]{64}"/g;
  const dist = path.join(extensionFolder(installed), "dist");
  const shared = readdirSync(path.join(dist, "shared")).map((file) => path.join("shared", file));
  const holders = ["server.mjs", ...shared].filter((file) => readFileSync(path.join(dist, file), "utf8").match(known));
  assert.ok(holders.length > 0, "The catalogue's checksums are not found in the bundles.");
  const change = (source: string) => source.replaceAll(known, `exact:!1,sha256:"${sha256}"`);
  return { extensions: withBundles(directory, installed, holders, change), env: {} };
}

/** With an engine that a test can hold (support/pace.ts): VS Code passes no NODE_OPTIONS on. */
export function withPace(directory: string, installed: string): Altered {
  const hook = pathToFileURL(path.resolve("dist/test/support/engineHook.mjs"));
  const change = (source: string) => `${source}\nimport ${JSON.stringify(hook.href)};\n`;
  // Each of them looks for the next one beside itself, where a link leads.
  return { extensions: withBundles(directory, installed, ["server.mjs", "host.mjs", "engine.mjs"], change), env: {} };
}

function withBundles(
  directory: string,
  installed: string,
  bundles: string[],
  change: (source: string) => string,
): string {
  const extensions = path.join(directory, "extensions");
  const [from, to] = [extensionFolder(installed), extensionFolder(extensions)];
  link(from, to);
  for (const bundle of bundles) {
    const file = path.join(to, "dist", bundle);
    const source = readFileSync(file, "utf8");
    // What is written to a link would change what is installed.
    rmSync(file);
    writeFileSync(file, change(source));
  }
  const registry = readFileSync(path.join(installed, "extensions.json"), "utf8");
  writeFileSync(path.join(extensions, "extensions.json"), registry.replaceAll(installed, extensions));
  return extensions;
}

/** Replies asked for from now on follow this script. */
export function writeScript(directory: string, script: readonly ScriptedReply[]): void {
  write(path.join(directory, "script.json"), script);
}

/** From now on the engine says this of others. */
export function writeSharing(directory: string, sharing: ScriptedSharing): void {
  write(path.join(directory, "script.json.sharing"), sharing);
}

/** They are read at any time: never half of them. */
function write(file: string, contents: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(contents));
  renameSync(`${file}.new`, file);
}

/** What the engine has loaded, in its order, and what was said of other models. */
export function scriptedLoads(directory: string): [string, string | null][] {
  const file = loadsFile(directory);
  const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  return lines.map((line) => JSON.parse(line));
}

const loadsFile = (directory: string) => path.join(directory, "script.json.loads");

/**
 * Hard links: of a page whose files are symbolic links, Playwright loses sight when its panel is hidden and shown.
 * Another file system gets copies.
 */
function link(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) link(source, target);
    else
      try {
        linkSync(source, target);
      } catch {
        copyFileSync(source, target);
      }
  }
}
