/** What tests a project has, looked up in its workspace folder. */
import { access } from "node:fs/promises";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { URI, Utils } from "vscode-uri";
import { type Documents, displayPath, folderOf, readDocument } from "./documents.ts";
import { projectFiles } from "./projectFiles.ts";
import { testFileName } from "./testFileName.ts";
import { testFramework } from "./testFramework.ts";
import { testPlace } from "./testPlace.ts";

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
  const source = displayPath(documents, uri);
  if (folder === undefined || URI.parse(folder).scheme !== "file") return beside(uri, source, languageId, documents);
  const root = URI.parse(folder);
  const at = (path: string) => Utils.joinPath(root, ...path.split("/")).toString();
  const read = (path: string) =>
    readDocument(documents, at(path)).then(
      (document) => document.getText(),
      () => undefined,
    );
  const files = await projectFiles(root.fsPath);
  const { path, nearest } = testPlace(source, languageId, files);
  const text = nearest === undefined ? undefined : await read(nearest);
  const framework = await testFramework(source, languageId, { files, example: text, read });
  const example = nearest === undefined || text === undefined ? undefined : { path: nearest, text };
  return { uri: at(path), path, framework, example };
}

/** For a document that is nowhere: a name that is not taken. */
async function beside(uri: string, source: string, languageId: string, documents: Documents): Promise<TestProject> {
  const name = testFileName(source, languageId);
  const parsed = URI.parse(uri);
  for (let n = 1; ; n++) {
    const numbered = n === 1 ? name : name.replace(/(?=[._]|$)/, `${n}`);
    const path = parsed.path.replace(/[^/]*$/, numbered);
    const proposed = parsed.with({ path });
    if (!documents.get(proposed.toString()) && !(proposed.scheme === "file" && (await exists(proposed.fsPath))))
      return { uri: proposed.toString(), path: numbered };
  }
}

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );
