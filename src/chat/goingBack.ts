/** What the user is asked and told when an agent's work is taken back. */
import { t } from "@vscode/l10n";
import { window } from "vscode";
import { escapeNotification } from "../errors/problems.ts";

/** Asks once, and names what is lost: numbers of steps and of later turns, and paths of files. */
export async function confirmed(steps: number, turns: number, files: string[]): Promise<boolean> {
  const detail = [
    ...(steps > 0 ? [t("Steps that are removed: {0}", steps)] : []),
    ...(turns > 0 ? [t("Later questions that are removed: {0}", turns)] : []),
    ...(files.length > 0 ? [t("Files that change back: {0}", files.join(", "))] : []),
  ].join("\n");
  const yes = t("Go Back");
  const chosen = await window.showWarningMessage(t("Go back to before this step?"), { modal: true, detail }, yes);
  return chosen === yes;
}

/** Says in which files something stays that was to be taken back. */
export function warnOfStaying(files: readonly string[]): void {
  if (files.length === 0) return;
  const text = t("Nemotron: what you have kept or changed stays in {0}.", files.join(", "));
  void window.showInformationMessage(escapeNotification(text));
}
