/** The installed extension with changed bundles: a scripted server, other checksums, or an engine that can be held. */
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

/** Options of a server: a copy of the installed extensions with changed bundles, and environment variables. */
export type Altered = { extensions: string; env: Record<string, string> };

/** The extension with the scripted engine. */
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

/** Starts a script afresh: removes the traces of the one before. */
export function beginScript(directory: string, script: readonly ScriptedReply[], sharing: ScriptedSharing = {}): void {
  writeScript(directory, script);
  writeSharing(directory, sharing);
  rmSync(loadsFile(directory), { force: true });
}

/** The extension with this checksum in place of every known one: no small file would match those of the catalogue. */
export function withChecksum(directory: string, installed: string, sha256: string): Altered {
  const known = /exact:!0,sha256:"[0-9a-f]{64}"/g;
  const dist = path.join(extensionFolder(installed), "dist");
  const shared = readdirSync(path.join(dist, "shared")).map((file) => path.join("shared", file));
  const holders = ["server.mjs", ...shared].filter((file) => readFileSync(path.join(dist, file), "utf8").match(known));
  assert.ok(holders.length > 0, "The catalogue's checksums are not found in the bundles.");
  const change = (source: string) => source.replaceAll(known, `exact:!1,sha256:"${sha256}"`);
  return { extensions: withBundles(directory, installed, holders, change), env: {} };
}

/** The extension with an engine that a test can hold (support/pace.ts). VS Code does not pass NODE_OPTIONS on. */
export function withPace(directory: string, installed: string): Altered {
  const hook = pathToFileURL(path.resolve("dist/test/support/engineHook.mjs"));
  const change = (source: string) => `${source}\nimport ${JSON.stringify(hook.href)};\n`;
  // All three, because each looks for the next one beside the file that a link leads to.
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
    // Writing to a link would change the installed file.
    rmSync(file);
    writeFileSync(file, change(source));
  }
  const registry = readFileSync(path.join(installed, "extensions.json"), "utf8");
  writeFileSync(path.join(extensions, "extensions.json"), registry.replaceAll(installed, extensions));
  return extensions;
}

/** Replies that are requested from now on follow this script. */
export function writeScript(directory: string, script: readonly ScriptedReply[]): void {
  write(path.join(directory, "script.json"), script);
}

/** The engine reports this about others from now on. */
export function writeSharing(directory: string, sharing: ScriptedSharing): void {
  write(path.join(directory, "script.json.sharing"), sharing);
}

/** Writes the file at once, because it can be read at any time. */
function write(file: string, contents: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(contents));
  renameSync(`${file}.new`, file);
}

/** The loads of the scripted engine in order, each with its `whenOther`. */
export function scriptedLoads(directory: string): [string, string | null][] {
  const file = loadsFile(directory);
  const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  return lines.map((line) => JSON.parse(line));
}

const loadsFile = (directory: string) => path.join(directory, "script.json.loads");

/**
 * Makes hard links: if a page's files are symbolic links, Playwright loses the page when its panel is hidden and shown.
 * On another file system it makes copies.
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
