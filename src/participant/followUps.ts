/** What suggests itself after an answer. Pure. */
import { t } from "@vscode/l10n";
import { type Command, isCommand } from "./commands.ts";

const AFTER: Record<Command, Command[]> = { explain: ["fix", "tests"], fix: ["tests"], tests: ["explain"] };

/** @param command of the answered question, from its metadata. */
export function followUps(command: unknown): { prompt: string; label: string; command: Command }[] {
  if (typeof command !== "string" || !isCommand(command)) return [];
  const labels: Record<Command, string> = {
    explain: t("Explain the selected code"),
    fix: t("Fix the selected code"),
    tests: t("Write tests for the selected code"),
  };
  return AFTER[command].map((next) => ({ prompt: "", label: labels[next], command: next }));
}
