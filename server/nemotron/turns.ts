import type { Turn } from "./dialect.ts";
import type { Piece } from "./prompt.ts";

/** The last turn, for dialects in which a turn is one special token and a text that begins with the role. */
export function lastHeadedTurn(pieces: readonly Piece[], header: string): Turn | undefined {
  const at = pieces.findLastIndex((p) => p.type === "text" && p.message === undefined && p.text.startsWith(header));
  return at < 0 ? undefined : { first: at - 1, text: at, header: header.length };
}
