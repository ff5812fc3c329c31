/** Documents that the server sees. `vscode-remote`: files of the other side, where the extension runs beside the user's own GPU. */
export const SYNCED_SCHEMES = ["file", "untitled", "vscode-notebook-cell", "vscode-remote"];

export const SYNCED_DOCUMENTS = SYNCED_SCHEMES.map((scheme) => ({ scheme }));
