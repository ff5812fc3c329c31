/** Numbers as people read them, in their own language. */
import { t } from "@vscode/l10n";
import type { Budget } from "../messages.ts";

/** Context sizes are powers of two: 49,152 tokens are "48K". */
const KILO = 1024;

const formats = (language?: string) => ({
  whole: new Intl.NumberFormat(language, { maximumFractionDigits: 0 }),
  oneDigit: new Intl.NumberFormat(language, { maximumFractionDigits: 1 }),
  seconds: new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
});
let { whole, oneDigit, seconds: seconds1 } = formats();

/** @param language for example `en` or `de`. Without this call, numbers are in the machine's language. */
export function setNumberLanguage(language: string): void {
  ({ whole, oneDigit, seconds: seconds1 } = formats(language));
}

/** A whole number with separators. */
export const count = (value: number) => whole.format(value);
/** @param share 0 to 1. */
export const percent = (share: number) => `${whole.format(share * 100)} %`;
/** A time given in ms, in seconds with one decimal. */
export const seconds = (ms: number) => t("{0} s", seconds1.format(ms / 1000));
/** A number of tokens, with the word. */
export const tokens = (value: number) => (value === 1 ? t("1 token") : t("{0} tokens", count(value)));

/** `812`, `3.1K`, `48K`. */
export function compact(value: number): string {
  if (value < 1000) return whole.format(value);
  const kilos = value / KILO;
  return `${(kilos < 10 ? oneDigit : whole).format(kilos)}K`;
}

/** A speed, with one decimal below 10. */
export const speed = (perSecond: number) => (perSecond < 10 ? oneDigit : whole).format(perSecond);

/** `off`, `512`, `1K`, `unlimited`. */
export function budgetText(budget: Budget): string {
  if (budget === "off") return t("off");
  return budget === "unlimited" ? t("unlimited") : compact(Number(budget));
}

/** `Think off`, `Think 512`, `Think 1K`, `Think unlimited`. */
export function thinkText(budget: Budget): string {
  if (budget === "off") return t("Think off");
  return budget === "unlimited" ? t("Think unlimited") : t("Think {0}", compact(Number(budget)));
}
