/** Keeps the texts of rows small: they are stored, and sent to the page. Pure. */
import type { AgentRow } from "../../media/agent.ts";

/** The longest detail of a row, characters. */
export const MAX_DETAIL = 16_000;
/** The longest details of all rows together, characters. Beyond that the oldest rows keep little. */
const MAX_ALL = 400_000;
/** What such a row keeps of each detail, characters. */
const MAX_OLD = 1000;

/** The beginning and the end of a text that is too long. */
export function headAndTail(text: string, max = MAX_DETAIL): string {
  if (text.length <= max) return text;
  const half = Math.floor(max / 2);
  return `${text.slice(0, half)}\n[…]\n${text.slice(text.length - half)}`;
}

/** The rows with the details of the oldest ones cut, if they are too long together. */
export function bounded(rows: readonly AgentRow[]): AgentRow[] {
  let sum = 0;
  return rows
    .toReversed()
    .map((row) => {
      sum += row.details.reduce((all, { text }) => all + text.length, row.thought?.text.length ?? 0);
      if (sum <= MAX_ALL) return row;
      const details = row.details.map((detail) => ({ ...detail, text: headAndTail(detail.text, MAX_OLD) }));
      return {
        ...row,
        details,
        thought: row.thought && { ...row.thought, text: headAndTail(row.thought.text, MAX_OLD) },
      };
    })
    .toReversed();
}
