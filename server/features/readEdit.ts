/** From a reply to edits, in whichever form it was asked for. */
import { t } from "@vscode/l10n";
import { EngineError } from "../engine/engine.ts";
import type { EditResult } from "../protocol.ts";
import { parseBlocks } from "./blocks.ts";
import type { EditPrompt } from "./editPrompt.ts";
import { codeOf } from "./editReply.ts";
import { fitReply } from "./fitReply.ts";
import { indentationUnit } from "./indentation.ts";
import { linesOf } from "./lines.ts";
import { placeBlocks } from "./placeBlocks.ts";
import { NO_PASSAGES, passagesRefused } from "./prompts.ts";
import { refusal, toldToModel, toldToUser } from "./refusals.ts";
import type { Collected } from "./replies.ts";
import { toTextEdits } from "./textEdits.ts";

/** `ask`: what the model is told of it, for another try. `warning`: what the user is told of it, if it stays. */
export type Fault = { kind: "notPlaced" | "broken"; ask: string; warning?: string };

export type Proposal = Pick<EditResult, "edits" | "refused">;

/**
 * Throws EngineError notCode and truncated for a reply that another try would not mend; a fault where it might, with the
 * error that it is if it does not.
 */
export function readEdit(
  { answer, stopReason }: Pick<Collected, "answer" | "stopReason">,
  { document, selection, form, markers }: EditPrompt,
): Proposal | { fault: Fault; error: EngineError } {
  const truncated = () =>
    new EngineError("truncated", t("The model's code was cut off before it was whole."), { answer });
  if (stopReason === "length") throw truncated();
  const unit = indentationUnit(linesOf(document.getText()));
  if (form === "rewrite") {
    const code = codeOf(answer, document.languageId, selection.text);
    return { edits: toTextEdits(document, selection.range, fitReply(code, selection, unit)), refused: [] };
  }
  const { blocks, malformed, open } = parseBlocks(linesOf(answer), markers);
  if (open) throw truncated();
  const { newText, placed, refused } = placeBlocks(blocks, selection, unit);
  refused.push(...malformed.map((search) => refusal(search, "malformed")));
  const nothing = blocks.length === 0 && malformed.length === 0;
  if (nothing || (placed === 0 && refused.length > 0)) {
    const ask = nothing ? NO_PASSAGES : passagesRefused(refused.map(toldToModel));
    return { fault: { kind: "notPlaced", ask }, error: notPlaced(answer, refused.map(toldToUser)) };
  }
  return { edits: toTextEdits(document, selection.range, newText), refused: refused.map(toldToUser) };
}

function notPlaced(answer: string, refused: Proposal["refused"]): EngineError {
  const named = refused.map(({ passage, reason }) => `"${passage.trim()}" (${reason})`).join(", ");
  const message =
    named === ""
      ? t("The model answered with text instead of changes to the code.")
      : t("The model's changes could not be placed: {0}.", named);
  return new EngineError("notCode", message, { answer, refused });
}
