/** Telling the user what went wrong, and what can be done about it one click away. */
import { commands, window } from "vscode";
import { loadParams } from "../config.ts";
import { type Problem, problemOf } from "./problems.ts";
import { commandId, remedyTitles } from "./remedies.ts";

/** Not for what the user brought about, as a cancel: nobody wants to be told of that. */
export async function report(error: unknown): Promise<void> {
  const problem = problemOf(error, loadParams() !== undefined);
  if (problem) await showNotification(problem);
}

export async function showNotification({ message, remedies, titles: special, severity }: Problem): Promise<void> {
  const titles = { ...remedyTitles(), ...special };
  const show = severity === "warning" ? window.showWarningMessage : window.showErrorMessage;
  const chosen = await show(`Nemotron: ${message}`, ...remedies.map((remedy) => titles[remedy]));
  const remedy = remedies.find((remedy) => titles[remedy] === chosen);
  if (remedy) await commands.executeCommand(commandId(remedy));
}
