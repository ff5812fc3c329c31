/** The words of an approval. */
import { t } from "@vscode/l10n";
import type { Approval } from "../agent.ts";

const titles = (): Record<Approval["kind"], string> => ({
  command: t("Run this command?"),
  check: t("Check the changes with this command?"),
  read: t("Read this protected file?"),
  write: t("Change this protected file?"),
  edit: t("Make this edit?"),
});

/** What is asked. */
export const approvalTitle = (kind: Approval["kind"]) => titles()[kind];

/** Characters that are invisible and change what is visible, but line breaks and tabs. */
const CONTROLS = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The text with escapes in place of invisible characters, so that what is allowed is what is seen. */
export function withVisibleControls(text: string): string {
  return text.replace(CONTROLS, (control) => `\\u{${control.codePointAt(0)!.toString(16)}}`);
}
