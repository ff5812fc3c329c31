/** The participant's commands, and what they ask the model on the user's behalf. Pure. */
import { t } from "@vscode/l10n";

/** As in the manifest. */
export const COMMANDS = ["explain", "fix", "tests"] as const;
export type Command = (typeof COMMANDS)[number];

export const isCommand = (name: string | undefined): name is Command => COMMANDS.some((command) => command === name);

const requests = (): Record<Command, string> => ({
  explain: t("Explain this code."),
  fix: t("Fix the problems in this code: say what is wrong, then show the corrected code."),
  tests: t("Write unit tests for this code."),
});

/** What the command asks for, followed by the user's words. */
export function question(command: Command | undefined, prompt: string): string {
  const words = prompt.trim();
  return command ? [requests()[command], words].filter((text) => text !== "").join(" ") : words;
}

/** Says what to do if there is no code for the command. */
export const missingCodeText = (command: Command): string =>
  ({
    explain: t("Open a file and select the code to explain."),
    fix: t("Open a file and select the code to fix."),
    tests: t("Open a file and select the code to test."),
  })[command];

const AFTER: Record<Command, Command[]> = { explain: ["fix", "tests"], fix: ["tests"], tests: ["explain"] };

/** Suggested commands after an answer. @param command of the answered question, from its metadata. */
export function followUps(command: unknown): { prompt: string; label: string; command: Command }[] {
  if (typeof command !== "string" || !isCommand(command)) return [];
  const labels: Record<Command, string> = {
    explain: t("Explain the selected code"),
    fix: t("Fix the selected code"),
    tests: t("Write tests for the selected code"),
  };
  return AFTER[command].map((next) => ({ prompt: "", label: labels[next], command: next }));
}
