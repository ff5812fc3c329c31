/** What tests a project has, looked up in its workspace folder. */
import { lstat, realpath } from "node:fs/promises";
import path from "node:path";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { URI, Utils } from "vscode-uri";
import { type Documents, folderOf, isInside, readDocument, relativePath } from "./documents.ts";
import { projectFiles } from "./projectFiles.ts";
import { testFileName } from "./testFileName.ts";
import { testFramework } from "./testFramework.ts";
import { type TestPlace, testPlace } from "./testPlace.ts";

export type TestProject = {
  /** Of the file to be written: there is none. */
  uri: string;
  /** The same, relative to the workspace folder. */
  path: string;
  framework?: string;
  example?: { path: string; text: string };
};

export async function testProject({ uri, languageId }: TextDocument, documents: Documents): Promise<TestProject> {
  const folder = folderOf(documents, uri);
  const source = relativePath(documents, uri);
  if (folder === undefined || URI.parse(folder).scheme !== "file") return beside(uri, source, languageId, documents);
  const root = URI.parse(folder);
  const at = (path: string) => Utils.joinPath(root, ...path.split("/")).toString();
  const read = (path: string) =>
    readDocument(documents, at(path)).then(
      (document) => document.getText(),
      () => undefined,
    );
  const files = await projectFiles(root.fsPath);
  const { path, nearest } = await inFolder(root, testPlace(source, languageId, files), source, languageId);
  const text = nearest === undefined ? undefined : await read(nearest);
  const framework = await testFramework(source, languageId, { files, example: text, read });
  const example = nearest === undefined || text === undefined ? undefined : { path: nearest, text };
  return { uri: at(path), path, framework, example };
}

/** A place that a link, or the way to the document itself, has led out of the folder is none: then it is the folder. */
async function inFolder(root: URI, place: TestPlace, source: string, languageId: string): Promise<TestPlace> {
  const leadsTo = await realPath(Utils.joinPath(root, ...place.path.split("/")).fsPath);
  if (await isInside(leadsTo, [root.toString()])) return place;
  const name = testFileName(source, languageId);
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : numbered(name, n);
    if (!(await exists(Utils.joinPath(root, free).fsPath))) return { ...place, path: free };
  }
}

/** Of a file that may not be there: as far as there is something, the rest as it is written. */
async function realPath(file: string): Promise<string> {
  const real = await realpath(file).catch(() => undefined);
  if (real !== undefined) return real;
  const folder = path.dirname(file);
  // Whatever is written to a link that leads nowhere yet comes to be there.
  if (folder === file || (await exists(file))) return path.parse(file).root;
  return path.join(await realPath(folder), path.basename(file));
}

const numbered = (name: string, n: number) => name.replace(/(?=[._]|$)/, `${n}`);

/** For a document that is nowhere: a name that is not taken. */
async function beside(uri: string, source: string, languageId: string, documents: Documents): Promise<TestProject> {
  const name = testFileName(source, languageId);
  const parsed = URI.parse(uri);
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : numbered(name, n);
    const path = parsed.path.replace(/[^/]*$/, free);
    const proposed = parsed.with({ path });
    if (!documents.get(proposed.toString()) && !(proposed.scheme === "file" && (await exists(proposed.fsPath))))
      return { uri: proposed.toString(), path: free };
  }
}

/** Whatever it is, also a link that leads nowhere. */
const exists = (file: string) =>
  lstat(file).then(
    () => true,
    () => false,
  );
