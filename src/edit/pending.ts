/** The status bar's count of files with open proposals, and the list to visit, keep and undo them. */
import { t } from "@vscode/l10n";
import {
  type Disposable,
  type QuickPickItem,
  QuickPickItemKind,
  Range,
  StatusBarAlignment,
  TextEditorRevealType,
  Uri,
  window,
  workspace,
} from "vscode";
import { escapeNotification } from "../errors/problems.ts";
import { openInput } from "../typing/openInput.ts";
import type { Reviews } from "./reviews.ts";

/** The item is hidden while no file has open proposals. */
export class PendingStatus implements Disposable {
  private readonly item = window.createStatusBarItem("nemotron.pending", StatusBarAlignment.Right, 99);
  private readonly listener: Disposable;

  constructor(reviews: Reviews) {
    this.item.name = t("Nemotron: proposed edits");
    this.item.command = "nemotron.showPendingEdits";
    const show = () => {
      const { length } = reviews.open;
      const text = length === 1 ? t("1 file with edits") : t("{0} files with edits", length);
      this.item.text = `$(diff) ${text}`;
      this.item.tooltip = t("{0}: keep, undo or review the proposed edits", text);
      if (length > 0) this.item.show();
      else this.item.hide();
    };
    this.listener = reviews.onDidChange(show);
    show();
  }

  dispose(): void {
    this.item.dispose();
    this.listener.dispose();
  }
}

type Item = QuickPickItem & { run?: () => Promise<void> };

/** Shows the list of files with open proposals. */
export function showPendingEdits(reviews: Reviews): void {
  const pick = window.createQuickPick<Item>();
  const uris = reviews.open.map((uri) => Uri.parse(uri, true));
  pick.title = t("Proposed edits");
  pick.items = [
    { label: `$(arrow-down) ${t("Next")}`, description: t("the next proposed change"), run: () => nextEdit(reviews) },
    { label: `$(check-all) ${t("Keep All")}`, run: async () => keepEverywhere(reviews) },
    { label: `$(clear-all) ${t("Undo All")}`, run: () => undoEverywhere(reviews) },
    { label: t("Files"), kind: QuickPickItemKind.Separator },
    ...uris.map((uri) => ({
      label: `$(file) ${escapeNotification(workspace.asRelativePath(uri)).replaceAll("$(", "\\$(")}`,
      description: String(reviews.hunks(uri).length),
      run: () => reveal(reviews, uri, 0),
    })),
  ];
  pick.onDidAccept(() => {
    const [chosen] = pick.activeItems;
    pick.hide();
    void chosen
      ?.run?.()
      .then(undefined, (error: Error) => window.showErrorMessage(escapeNotification(`Nemotron: ${error.message}`)));
  });
  pick.onDidHide(() => pick.dispose());
  openInput(pick);
}

/** Goes to the next hunk below the cursor or in the next file. Throws an Error in words for the user without one. */
export async function nextEdit(reviews: Reviews): Promise<void> {
  const uris = reviews.open;
  if (uris.length === 0) throw new Error(t("There is no proposed change here."));
  const editor = window.activeTextEditor;
  const here = editor ? uris.indexOf(editor.document.uri.toString()) : -1;
  if (editor && here >= 0) {
    const { document, selection } = editor;
    const at = document.offsetAt(selection.active);
    const index = reviews.hunks(document.uri).findIndex(({ start }) => start > at);
    if (index >= 0) return reveal(reviews, document.uri, index);
  }
  await reveal(reviews, Uri.parse(uris[(here + 1) % uris.length]!, true), 0);
}

async function reveal(reviews: Reviews, uri: Uri, index: number): Promise<void> {
  const document = await workspace.openTextDocument(uri);
  const hunk = reviews.hunks(uri)[index];
  const at = document.positionAt(hunk?.start ?? 0);
  const editor = await window.showTextDocument(document, { selection: new Range(at, at) });
  editor.revealRange(new Range(at, at), TextEditorRevealType.InCenterIfOutsideViewport);
}

function keepEverywhere(reviews: Reviews): void {
  for (const uri of reviews.open) reviews.keep(Uri.parse(uri, true));
}

async function undoEverywhere(reviews: Reviews): Promise<void> {
  for (const uri of reviews.open) await reviews.reject(await workspace.openTextDocument(Uri.parse(uri, true)));
}
