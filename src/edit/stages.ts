/** What an edit that is being written is at, in words. */
import { t } from "@vscode/l10n";
import type { EditRun } from "./editRuns.ts";

export function stageName(stage: EditRun["stage"]): string {
  const names: Record<EditRun["stage"], string> = {
    Waiting: t("Waiting"),
    Reading: t("Reading"),
    Thinking: t("Thinking"),
    Writing: t("Writing"),
  };
  return names[stage];
}
