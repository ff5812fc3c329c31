/** What to leave out of a prompt that is too long. */
import { t } from "@vscode/l10n";
import type { Attachment, Composer, Drop } from "../../media/messages.ts";
import type { CountResult } from "../../server/protocol.ts";
import type { StoredTurn } from "./conversation.ts";

/** Tokens that a reply needs at least to be of any use. */
const ROOM_FOR_REPLY = 128;
const MOST_DROPS = 4;

/** Undefined where the prompt fits. The largest comes first. */
export function overflowOf(
  count: CountResult,
  attachments: readonly Attachment[],
  turns: readonly StoredTurn[],
): Composer["overflow"] {
  const excess = count.promptTokens + ROOM_FOR_REPLY - count.contextTokens;
  if (excess <= 0) return undefined;
  const attached = attachments.map(({ id, label, tokens = 0 }): Drop => ({ label, tokens, what: { attachment: id } }));
  const drops = [...attached, ...oldestTurn(count, turns)].filter(({ tokens }) => tokens > 0);
  return { excess, drops: drops.sort((a, b) => b.tokens - a.tokens).slice(0, MOST_DROPS) };
}

/** The first messages of the prompt are the oldest turn's: its question, and its answer if there is one. */
function oldestTurn({ messages }: CountResult, turns: readonly StoredTurn[]): Drop[] {
  const oldest = turns.find(({ dropped, reply }) => !dropped && (reply.state !== "failed" || reply.answer !== ""));
  if (!oldest) return [];
  const tokens = (messages[0] ?? 0) + (oldest.reply.answer === "" ? 0 : (messages[1] ?? 0));
  return [{ label: t("Oldest turn"), tokens, what: "oldestTurn" }];
}
