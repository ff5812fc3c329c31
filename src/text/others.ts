/** Who else uses the engine, in words. Pure: no VS Code API. */
import { t } from "@vscode/l10n";
import type { OtherClients } from "../../server/protocol.ts";
import { displayLanguage } from "./locale.ts";

/** For example `1 other window and a terminal`; undefined for nobody. In languages with cases, it follows `used by`. */
export function othersText({ windows, editors, terminals }: OtherClients): string | undefined {
  const parts = [
    ...(windows > 0 ? [windows === 1 ? t("1 other window") : t("{0} other windows", windows)] : []),
    ...(editors > 0 ? [editors === 1 ? t("1 other editor") : t("{0} other editors", editors)] : []),
    ...(terminals > 0 ? [terminals === 1 ? t("a terminal") : t("{0} terminals", terminals)] : []),
  ];
  return parts.length > 0 ? new Intl.ListFormat(displayLanguage(), { type: "conjunction" }).format(parts) : undefined;
}

/** Whom the engine works for, as far as that is known. */
export function busyText({ windows, editors, terminals }: OtherClients): string {
  if (editors + terminals === 0) return t("Busy for another window");
  if (windows + terminals === 0) return t("Busy for another editor");
  if (windows + editors === 0) return t("Busy for a terminal");
  return t("Busy for another program");
}

/** A general phrase if nobody can be named. */
export const usedBy = (others: OtherClients | undefined): string =>
  (others && othersText(others)) ?? t("other programs");
