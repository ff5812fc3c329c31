/** Shows the user what went wrong, with remedies as buttons. */
import { commands, window } from "vscode";
import { loadParams } from "../config.ts";
import { type Problem, problemOf } from "./problems.ts";
import { commandId, remedyTitles } from "./remedies.ts";

/** Shows an error as a notification. Shows nothing if the user cancelled. */
export async function report(error: unknown): Promise<void> {
  const problem = problemOf(error, loadParams() !== undefined);
  if (problem) await showNotification(problem);
}

/** Resolves when the notification is closed, and the chosen remedy has run. */
export async function showNotification({ message, remedies, titles: special, severity }: Problem): Promise<void> {
  const titles = { ...remedyTitles(), ...special };
  const show = severity === "warning" ? window.showWarningMessage : window.showErrorMessage;
  const chosen = await show(`Nemotron: ${message}`, ...remedies.map((remedy) => titles[remedy]));
  const remedy = remedies.find((remedy) => titles[remedy] === chosen);
  if (remedy) await commands.executeCommand(commandId(remedy));
}
