import type { ServerStatus } from "../errors/serverError.ts";

/** The notes that a loaded model has got since an earlier status. Those from its load do not count. */
export function newNotes(before: ServerStatus, after: ServerStatus): string[] {
  if (!("model" in before) || !("model" in after) || before.model.path !== after.model.path) return [];
  return after.model.notes.filter((note) => !before.model.notes.includes(note));
}
