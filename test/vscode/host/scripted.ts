/** The installed extension with a language server whose model says what a script tells it to. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { extensionFolder } from "./vsix.ts";

/** What test/support/scriptedServer.ts reads; `match` is a part of the last user message. */
export type ScriptedReply = {
  match: string;
  thought?: string;
  answer: string;
  /** Before each piece. */
  delayMs?: number;
  stopReason?: string;
  error?: string;
};

/**
 * Lays out a folder of extensions that is the installed one but for the server. Returns what the server is started with:
 * that folder, and the environment that names the script.
 */
export function withScript(directory: string, installed: string, script: readonly ScriptedReply[]) {
  const extensions = path.join(directory, "extensions");
  const [from, to] = [extensionFolder(installed), extensionFolder(extensions)];
  mkdirSync(path.join(to, "dist"), { recursive: true });
  link(from, to, "dist");
  link(path.join(from, "dist"), path.join(to, "dist"), "server.mjs");
  const server = pathToFileURL(path.resolve("dist/test/support/scriptedServer.mjs"));
  writeFileSync(path.join(to, "dist/server.mjs"), `import ${JSON.stringify(server.href)};\n`);
  const registry = readFileSync(path.join(installed, "extensions.json"), "utf8");
  writeFileSync(path.join(extensions, "extensions.json"), registry.replaceAll(installed, extensions));
  const file = path.join(directory, "script.json");
  writeScript(directory, script);
  return { extensions, env: { NEMOTRON_SCRIPT: file } };
}

/** Replies asked for from now on follow this script. */
export function writeScript(directory: string, script: readonly ScriptedReply[]): void {
  writeFileSync(path.join(directory, "script.json"), JSON.stringify(script));
}

function link(from: string, to: string, except: string): void {
  for (const name of readdirSync(from)) if (name !== except) symlinkSync(path.join(from, name), path.join(to, name));
}
