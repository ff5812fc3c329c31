/** Schemes of documents that the server sees. `vscode-remote`: a remote window's files, if the extension is local. */
export const SYNCED_SCHEMES = ["file", "untitled", "vscode-notebook-cell", "vscode-remote"];

/** The same as a document selector. */
export const SYNCED_DOCUMENTS = SYNCED_SCHEMES.map((scheme) => ({ scheme }));
