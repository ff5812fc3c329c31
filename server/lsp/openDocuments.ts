/** The documents and workspace folders of the connected client. */
import { type Connection, TextDocuments, type WorkspaceFolder } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Documents } from "../features/context/documents.ts";

/** The documents, with setters for the workspace folders that the client reports. */
export type OpenDocuments = Documents & {
  setFolders(uris: string[]): void;
  changeFolders(added: WorkspaceFolder[], removed: WorkspaceFolder[]): void;
};

/** Follows the client's documents from now on. */
export function openDocuments(connection: Connection): OpenDocuments {
  const documents = new TextDocuments(TextDocument);
  let folders: string[] = [];
  documents.listen(connection);
  return {
    get: (uri) => documents.get(uri),
    uris: () => documents.keys(),
    folders: () => folders,
    setFolders: (uris) => {
      folders = uris;
    },
    changeFolders: (added, removed) => {
      const gone = new Set(removed.map(({ uri }) => uri));
      folders = [...folders.filter((uri) => !gone.has(uri)), ...added.map(({ uri }) => uri)];
    },
  };
}
