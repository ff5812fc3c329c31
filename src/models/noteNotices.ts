/** Shows notes that come while a model is loaded, for example that the disk for states is full. */
import { type Disposable, window } from "vscode";
import type { Server } from "../client/server.ts";
import { escapeNotification } from "../errors/problems.ts";
import { newNotes } from "./newNotes.ts";

/** Each note is shown once. The status bar keeps showing them. */
export function showNewNotes(server: Server): Disposable {
  let before = server.status;
  return server.onStatus((status) => {
    for (const note of newNotes(before, status))
      void window.showInformationMessage(escapeNotification(`Nemotron: ${note}`));
    before = status;
  });
}
