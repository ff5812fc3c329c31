/** The text of documents: those that the client has open, and files of its workspace folders. */
import { readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { t } from "@vscode/l10n";
import { LSPErrorCodes, ResponseError } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { URI } from "vscode-uri";
import { EngineError } from "../engine/engine.ts";
import { visible } from "../protocol.ts";
import { languageOf } from "./languages.ts";

export interface Documents {
  /** An open document. It is changed in place as the client edits it. */
  get(uri: string): TextDocument | undefined;
  /** URIs of the workspace folders. */
  folders(): string[];
}

/** Bytes. More than that is no text that somebody wants to talk about. */
const LARGEST_FILE = 4 * 1024 * 1024;

/**
 * The open document, or else the file, with version 0. Throws EngineError unreadable for whatever lies outside of all
 * workspace folders (also by way of a link: what a request names may come from a model), is no file, is too large, or
 * is binary.
 */
export async function readDocument(documents: Documents, uri: string): Promise<TextDocument> {
  const open = documents.get(uri);
  if (open) return open;
  const parsed = parse(uri);
  if (parsed?.scheme !== "file") throw unreadable(uri, t("it is neither open nor a file"));
  // Another machine's share is not even looked for: Windows would show it who the user is.
  const hosts = documents.folders().map((folder) => parse(folder)?.authority);
  if (parsed.authority !== "" && !hosts.includes(parsed.authority))
    throw unreadable(uri, t("it lies outside of the workspace"));
  const file = await realpath(parsed.fsPath).catch(() => undefined);
  if (file === undefined) throw unreadable(uri, t("there is no such file"));
  if (!(await isInside(file, documents.folders()))) throw unreadable(uri, t("it lies outside of the workspace"));
  return TextDocument.create(uri, languageOf(file), 0, await readText(uri, file));
}

/**
 * The open document as it is now: it is changed in place as the client edits it. Throws ResponseError ContentModified
 * where it is not open in that version.
 */
export function snapshot(documents: Documents, { uri, version }: { uri: string; version: number }): TextDocument {
  const open = documents.get(uri);
  if (open?.version === version) return TextDocument.create(uri, open.languageId, version, open.getText());
  const why = open ? `is at version ${open.version}, not ${version}` : "is not open";
  throw new ResponseError(LSPErrorCodes.ContentModified, `${uri} ${why}.`);
}

async function readText(uri: string, file: string): Promise<string> {
  const stats = await stat(file).catch(() => undefined);
  if (!stats?.isFile()) throw unreadable(uri, t("it is no file"));
  if (stats.size > LARGEST_FILE) throw unreadable(uri, t("it is larger than {0} MiB", LARGEST_FILE / 1024 / 1024));
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(uri, error.code ?? error.message);
  });
  if (bytes.includes(0)) throw unreadable(uri, t("it is binary"));
  return new TextDecoder().decode(bytes);
}

/** @param file its real path: no link is followed. */
export async function isInside(file: string, folders: string[]): Promise<boolean> {
  for (const folder of folders) {
    const parsed = parse(folder);
    if (parsed?.scheme !== "file") continue;
    const root = await realpath(parsed.fsPath).catch(() => undefined);
    if (root === undefined) continue;
    const relative = path.relative(root, file);
    if (relative !== ".." && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative)) return true;
  }
  return false;
}

/**
 * What a document is called in prompts: its path relative to the innermost workspace folder, with forward slashes, or
 * else its bare name. Never an absolute path: those would tell of the machine, and differ between machines.
 */
export function displayPath(documents: Documents, uri: string): string {
  // A name may hold line breaks, a line of a prompt may not.
  return visible(relativePath(documents, uri));
}

/** The same as it is: for files, not for people. */
export function relativePath(documents: Documents, uri: string): string {
  const target = place(uri);
  const folder = folderOf(documents, uri);
  return target.slice(folder === undefined ? target.lastIndexOf("/") + 1 : root(folder).length);
}

/** The URI of the innermost workspace folder that a document is in. */
export function folderOf(documents: Documents, uri: string): string | undefined {
  const target = place(uri);
  const around = documents.folders().filter((folder) => target.startsWith(root(folder)));
  return around.sort((a, b) => root(b).length - root(a).length)[0];
}

const root = (folder: string) => `${place(folder).replace(/\/$/, "")}/`;

/** displayPath, for whoever knows nothing of documents. */
export const namesIn = (documents: Documents) => (uri: string) => displayPath(documents, uri);

/** Scheme, host and path, with a drive's letter in small, so that two spellings of one place are equal. */
function place(uri: string): string {
  const parsed = parse(uri);
  if (!parsed) return uri;
  const path = parsed.path.replace(/^\/[A-Z]:/, (drive) => drive.toLowerCase());
  return `${parsed.scheme}://${parsed.authority}${path.startsWith("/") ? "" : "/"}${path}`;
}

function parse(uri: string): URI | undefined {
  try {
    return URI.parse(uri, true);
  } catch {
    return undefined;
  }
}

function unreadable(uri: string, why: string): EngineError {
  return new EngineError("unreadable", t("Cannot read {0}: {1}.", uri, why), { uri });
}
