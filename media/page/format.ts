/** Numbers as people read them, in their own locale. */
import type { Budget } from "../messages.ts";

/** Context sizes are powers of two: 49,152 tokens are "48K". */
const KILO = 1024;

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const seconds1 = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export const count = (value: number) => whole.format(value);
export const percent = (share: number) => `${whole.format(share * 100)} %`;
export const seconds = (ms: number) => `${seconds1.format(ms / 1000)} s`;
export const tokens = (value: number) => `${count(value)} ${value === 1 ? "token" : "tokens"}`;

/** `812`, `3.1K`, `48K`. */
export function compact(value: number): string {
  if (value < 1000) return whole.format(value);
  const kilos = value / KILO;
  return `${(kilos < 10 ? oneDigit : whole).format(kilos)}K`;
}

/** A speed: slow ones with a digit after the point. */
export const speed = (perSecond: number) => (perSecond < 10 ? oneDigit : whole).format(perSecond);

/** `off`, `512`, `1K`, `unlimited`. */
export function budgetName(budget: Budget): string {
  const value = Number(budget);
  return Number.isNaN(value) ? budget : compact(value);
}
