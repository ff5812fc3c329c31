/** Sets context keys for menus and keybindings: whether the active editor has proposals, or a running edit. */
import { commands, Disposable, window } from "vscode";
import type { EditRuns } from "./editRuns.ts";
import { documentOfDiff } from "./originals.ts";
import type { Reviews } from "./reviews.ts";

export function editContext(reviews: Reviews, runs: EditRuns): Disposable {
  const known = new Map<string, boolean>();
  const set = (key: string, value: boolean) => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void commands.executeCommand("setContext", key, value);
  };
  const update = () => {
    const active = window.activeTextEditor?.document.uri;
    const uri = active && documentOfDiff(active);
    set("nemotron.reviewing", uri !== undefined && reviews.hunks(uri).length > 0);
    set("nemotron.editing", uri !== undefined && runs.in(uri).length > 0);
  };
  return Disposable.from(
    window.onDidChangeActiveTextEditor(update),
    reviews.onDidChange(update),
    runs.onDidChange(update),
  );
}
