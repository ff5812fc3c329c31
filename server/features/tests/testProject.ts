/** Finds a project's tests in its workspace folder. */
import { lstat, realpath } from "node:fs/promises";
import path from "node:path";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { URI, Utils } from "vscode-uri";
import { extensionFor } from "../code/languages.ts";
import { type Documents, folderOf, isInside, readDocument, relativePath } from "../context/documents.ts";
import { projectFiles } from "./projectFiles.ts";
import { testFileName } from "./testFileName.ts";
import { frameworkOf, testFramework } from "./testFramework.ts";
import { type TestPlace, testPlace } from "./testPlace.ts";

/** What a project shows about the tests of a document. */
export type TestProject = {
  /** The URI of the file to write, which does not exist. */
  uri: string;
  /** The same, relative to the workspace folder. */
  path: string;
  framework?: string;
  /** The file that already has this source's tests. */
  existing?: { path: string; document: TextDocument };
  example?: { path: string; text: string };
};

/** Finds the place, the framework and an example for the tests of a document. */
export async function testProject(document: TextDocument, documents: Documents): Promise<TestProject> {
  const { languageId } = document;
  const uri = fileOf(document);
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
  const { path, existing, nearest, foreign } = await inFolder(
    root,
    testPlace(source, languageId, files, isCell(document.uri)),
    source,
    languageId,
  );
  const text = nearest === undefined ? undefined : await read(nearest);
  const framework = await testFramework(source, languageId, { files, example: text, foreign, read, place: path });
  // A test of another package for another framework would only mislead.
  const misleads = foreign && framework !== undefined && frameworkOf(text ?? "") !== framework;
  const example = nearest === undefined || text === undefined || misleads ? undefined : { path: nearest, text };
  const tests = existing === undefined ? undefined : await readDocument(documents, at(existing)).catch(() => undefined);
  return {
    uri: at(path),
    path,
    framework,
    ...(existing !== undefined && tests && { existing: { path: existing, document: tests } }),
    example,
  };
}

const isCell = (uri: string) => URI.parse(uri).scheme === "vscode-notebook-cell";

/** A notebook cell is not a file. A file of its language beside the notebook stands for it. */
function fileOf({ uri, languageId }: TextDocument): string {
  const parsed = URI.parse(uri);
  if (!isCell(uri)) return uri;
  const path = parsed.path.replace(/\.[^./]*$/, `.${extensionFor(languageId)}`);
  return parsed.with({ scheme: "file", path, fragment: "" }).toString();
}

/**
 * A place outside the folder, through a link or the document's own path, is not allowed; then the folder itself is
 * used.
 */
async function inFolder(root: URI, place: TestPlace, source: string, languageId: string): Promise<TestPlace> {
  const leadsTo = await realPath(Utils.joinPath(root, ...place.path.split("/")).fsPath);
  if (await isInside(leadsTo, [root.toString()])) return place;
  const name = testFileName(source, languageId);
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : numbered(name, n);
    if (!(await exists(Utils.joinPath(root, free).fsPath))) return { ...place, path: free };
  }
}

/** The real path of a file that may not exist: of the existing part, with the rest unchanged. */
async function realPath(file: string): Promise<string> {
  const real = await realpath(file).catch(() => undefined);
  if (real !== undefined) return real;
  const folder = path.dirname(file);
  // A dangling link: writing to it would create its target.
  if (folder === file || (await exists(file))) return path.parse(file).root;
  return path.join(await realPath(folder), path.basename(file));
}

const numbered = (name: string, n: number) => name.replace(/(?=[._]|$)/, `${n}`);

/** For a document outside all folders: a free name beside it. */
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

/** Whether anything is there, also a dangling link. */
const exists = (file: string) =>
  lstat(file).then(
    () => true,
    () => false,
  );
