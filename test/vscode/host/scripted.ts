/** The installed extension with another language server: one that says what a script tells it to, or knows other files. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
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
  const extensions = withServer(directory, installed, () => `import ${JSON.stringify(server.href)};\n`);
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
  const extensions = withServer(directory, installed, (source) => {
    if (!known.test(source)) throw new Error("The catalogue's checksums are not found in the server's bundle.");
    return source.replaceAll(known, `exact:!1,sha256:"${sha256}"`);
  });
  return { extensions, env: {} };
}

function withServer(directory: string, installed: string, change: (source: string) => string): string {
  const extensions = path.join(directory, "extensions");
  const [from, to] = [extensionFolder(installed), extensionFolder(extensions)];
  mkdirSync(path.join(to, "dist"), { recursive: true });
  link(from, to, "dist");
  link(path.join(from, "dist"), path.join(to, "dist"), "server.mjs");
  writeFileSync(path.join(to, "dist/server.mjs"), change(readFileSync(path.join(from, "dist/server.mjs"), "utf8")));
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

function link(from: string, to: string, except: string): void {
  for (const name of readdirSync(from)) if (name !== except) symlinkSync(path.join(from, name), path.join(to, name));
}
