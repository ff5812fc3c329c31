/** The text of documents: open ones, and files in the client's workspace folders. */
import { readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { t } from "@vscode/l10n";
import { LSPErrorCodes, ResponseError } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { URI } from "vscode-uri";
import { EngineError } from "../../engine/engine.ts";
import { sanitizeDisplayText } from "../../shared/displayText.ts";
import { languageOf } from "../code/languages.ts";
import { decodeText } from "./decodeText.ts";

/** The client's documents and folders. */
export interface Documents {
  /** An open document. It changes in place as the client edits it. */
  get(uri: string): TextDocument | undefined;
  /** URIs of the open documents. */
  uris?(): string[];
  /** URIs of the workspace folders. */
  folders(): string[];
}

/** Maximum size of a file, bytes. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/**
 * The open document, or the file, with version 0. Throws EngineError unreadable for a file that is outside all
 * workspace folders, is not a regular file, is too large, is binary, or has an unknown encoding. Links are resolved
 * first, because the request may come from a model.
 */
export async function readDocument(documents: Documents, uri: string): Promise<TextDocument> {
  const open = documents.get(uri);
  if (open) return open;
  const parsed = parse(uri);
  if (parsed?.scheme !== "file") throw unreadable(uri, t("it is neither open nor a file"));
  // Do not even look for a share on another host: Windows would reveal the user's identity to it.
  const hosts = documents.folders().map((folder) => parse(folder)?.authority);
  if (parsed.authority !== "" && !hosts.includes(parsed.authority))
    throw unreadable(uri, t("it is outside the workspace"));
  const file = await realpath(parsed.fsPath).catch(() => undefined);
  if (file === undefined) throw unreadable(uri, t("there is no such file"));
  if (!(await isInside(file, documents.folders()))) throw unreadable(uri, t("it is outside the workspace"));
  return TextDocument.create(uri, languageOf(file), 0, await readText(uri, file));
}

/**
 * The open document's current text: the document itself changes as the client edits it. Throws ResponseError
 * ContentModified if it is not open in that version.
 */
export function snapshot(documents: Documents, { uri, version }: { uri: string; version: number }): TextDocument {
  const open = documents.get(uri);
  if (open?.version === version) return TextDocument.create(uri, open.languageId, version, open.getText());
  const why = open ? `is at version ${open.version}, not ${version}` : "is not open";
  throw new ResponseError(LSPErrorCodes.ContentModified, `${uri} ${why}.`);
}

async function readText(uri: string, file: string): Promise<string> {
  const stats = await stat(file).catch(() => undefined);
  if (!stats?.isFile()) throw unreadable(uri, t("it is not a file"));
  if (stats.size > MAX_FILE_BYTES) throw unreadable(uri, t("it is larger than {0} MiB", MAX_FILE_BYTES / 1024 / 1024));
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(uri, error.code ?? error.message);
  });
  const text = await decodeText(bytes);
  if (text !== undefined) return text;
  throw unreadable(uri, bytes.includes(0) ? t("it is binary") : t("its encoding could not be detected"));
}

/** Whether a file is in one of the folders, which are URIs. `file`: its real path; no link is followed. */
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
 * A document's name in prompts: its path relative to the innermost workspace folder, with forward slashes, or else its
 * base name. Never an absolute path: it would reveal facts about the machine, and differ between machines.
 */
export function displayPath(documents: Documents, uri: string): string {
  // A file name can contain line breaks, but a line of a prompt must not.
  return sanitizeDisplayText(relativePath(documents, uri));
}

/** Like displayPath, but not sanitized: for finding files, not for showing names. */
export function relativePath(documents: Documents, uri: string): string {
  const target = place(uri);
  const folder = folderOf(documents, uri);
  return target.slice(folder === undefined ? target.lastIndexOf("/") + 1 : root(folder).length);
}

/** The URI of the innermost workspace folder that contains a document. */
export function folderOf(documents: Documents, uri: string): string | undefined {
  const target = place(uri);
  const around = documents.folders().filter((folder) => target.startsWith(root(folder)));
  return around.sort((a, b) => root(b).length - root(a).length)[0];
}

const root = (folder: string) => `${place(folder).replace(/\/$/, "")}/`;

/** displayPath as a function of the URI. */
export const displayPaths = (documents: Documents) => (uri: string) => displayPath(documents, uri);

/** Scheme, host and path with a lower-case drive letter, so that equal places compare as equal. */
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

/** The error for a document that cannot be read. `why`: a clause in the user's language. */
export function unreadable(uri: string, why: string): EngineError {
  return new EngineError("unreadable", t("Cannot read {0}: {1}.", uri, why), { uri });
}
