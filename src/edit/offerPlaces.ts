/** Asks the user where to put code that rewrites nothing. */
import { t } from "@vscode/l10n";
import { type QuickPickItem, type TextDocument, type TextEditor, window } from "vscode";
import { openInput } from "../typing/openInput.ts";

/** Where the code goes: at the cursor, at the end of a document, or into a new file. */
export type Place =
  | { type: "cursor"; editor: TextEditor }
  | { type: "end"; document: TextDocument }
  | { type: "newFile" };

type Item = QuickPickItem & { place: Place };

/** @param reason why the code has no place of its own. @returns undefined when the user cancels. */
export function askForPlace(
  reason: string,
  editor: TextEditor | undefined,
  named: readonly TextDocument[],
): Promise<Place | undefined> {
  const pick = window.createQuickPick<Item>();
  pick.title = t("Where does this code go?");
  pick.placeholder = reason;
  const documents = new Set([...(editor ? [editor.document] : []), ...named]);
  const nameOf = ({ uri }: TextDocument) => uri.path.split("/").at(-1)!.replaceAll("$(", "\\$(");
  pick.items = [
    ...(editor
      ? [
          {
            label: `$(insert) ${t("Insert at the cursor")}`,
            description: `${nameOf(editor.document)}:${editor.selection.active.line + 1}`,
            place: { type: "cursor" as const, editor },
          },
        ]
      : []),
    ...[...documents].map((document) => ({
      label: `$(arrow-down) ${t("Add at the end of {0}", nameOf(document))}`,
      place: { type: "end" as const, document },
    })),
    { label: `$(new-file) ${t("Create a new file")}`, place: { type: "newFile" } },
  ];
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.activeItems[0]?.place);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    openInput(pick);
  });
}
