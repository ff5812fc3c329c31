/** Converts a reply to edits, whichever form was requested. */
import { t } from "@vscode/l10n";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { EngineError } from "../../engine/engine.ts";
import type { EditResult } from "../../protocol.ts";
import { withoutOuterElisions, withoutSurroundings } from "../guard/surroundings.ts";
import { placeBlocks, withinSelection } from "../passages/placeBlocks.ts";
import { refusal, refusalForModel, refusalForUser } from "../passages/refusals.ts";
import { isDiff, passagesOf } from "../reading/diffs.ts";
import { plainAnswer } from "../reading/dressing.ts";
import { parseReply } from "../reading/editReply.ts";
import { hasMarkers, parseLoosely, unfencedBlock } from "../reading/looseBlocks.ts";
import { FENCED_LANGUAGES } from "../reading/markdown.ts";
import type { CollectedReply } from "../replies.ts";
import { type ParsedBlocks, parseBlocks } from "../text/blocks.ts";
import { fencedBlocks, isFence } from "../text/fences.ts";
import { fitReply } from "../text/fitReply.ts";
import { isBlank, linesOf } from "../text/lines.ts";
import { unitOf } from "../text/literals.ts";
import { NO_CODE, NO_PASSAGES, passagesRefused } from "../text/prompts.ts";
import { toTextEdits } from "../text/textEdits.ts";
import { separateImports } from "./editImports.ts";
import type { EditPrompt } from "./editPrompt.ts";

/** `ask`: what to tell the model for a second attempt. `warning`: what to tell the user if the problem remains. */
export type Fault = { kind: "notPlaced" | "harm"; ask: string; warning?: string };

/** The edits of a reply, and the passages that have no place. */
export type Proposal = Pick<EditResult, "edits" | "refused">;

type Unplaced = { fault: Fault; error: EngineError };

/**
 * Reads a reply in any form: code, passages or a diff. Returns a fault if a second attempt could help, with the error
 * to throw if it does not. Throws EngineError truncated if a second attempt would not help.
 */
export function readEdit(
  { answer, stopReason }: Pick<CollectedReply, "answer" | "stopReason">,
  prompt: EditPrompt,
): Proposal | Unplaced {
  const { document, selection, form, path, instruction } = prompt;
  const cutOff = stopReason === "length";
  const passages = passagesIn(linesOf(plainAnswer(answer, selection.text)), prompt, cutOff);
  if (passages) {
    if (passages.open && passages.blocks.length === 0) throw truncated(answer);
    return placed(passages, answer, prompt);
  }
  const { languageId } = document;
  const inFence = isInFence(document, selection.first);
  const read = parseReply(answer, { languageId, selected: selection.text, cutOff, inFence, path, asked: instruction });
  if ("error" in read) {
    if (read.error === "truncated" || (cutOff && form === "rewrite")) throw truncated(answer);
    if (form === "blocks") return { fault: { kind: "notPlaced", ask: NO_PASSAGES }, error: notPlaced(answer, []) };
    const error = new EngineError("notCode", read.message, { answer });
    return { fault: { kind: "notPlaced", ask: NO_CODE }, error };
  }
  if (languageId !== "diff" && isDiff(read.code, read.info ?? "", selection.text))
    return placed(
      { blocks: passagesOf(read.code, `${selection.text}\n${selection.original}`), malformed: [], open: false },
      answer,
      prompt,
    );
  if (form === "blocks" && !isMostOf(read.code, selection.text))
    return { fault: { kind: "notPlaced", ask: NO_PASSAGES }, error: notPlaced(answer, []) };
  const lines = linesOf(document.getText());
  const own = withoutOuterElisions(withoutSurroundings(read.code, lines, selection), selection, languageId);
  const { code, edits } = separateImports(own, document, selection);
  const fitted = fitReply(code, selection, unitOf(lines, languageId), languageId);
  return { edits: [...edits, ...toTextEdits(document, selection.range, fitted)], refused: [] };
}

/** The passages of a reply, in exactly the requested form, or else with similar markers. */
function passagesIn(
  lines: readonly string[],
  { form, markers, selection }: EditPrompt,
  cutOff: boolean,
): ParsedBlocks | undefined {
  const shown = linesOf(selection.text);
  const strict = form === "blocks" ? parseBlocks(lines, markers) : undefined;
  if (strict && !strict.open && strict.blocks.length + strict.malformed.length > 0)
    return shown.some(isFence) ? strict : { ...strict, blocks: strict.blocks.map(unfencedBlock) };
  if (hasMarkers(lines, shown)) return parseLoosely(lines, cutOff);
  return strict?.open ? { ...strict, blocks: [] } : undefined;
}

function placed(passages: ParsedBlocks, answer: string, { document, selection }: EditPrompt): Proposal | Unplaced {
  const lines = linesOf(document.getText());
  const blocks = passages.blocks.map((block) => withinSelection(block, lines, selection));
  const { newText, placed, refused } = placeBlocks(blocks, selection, unitOf(lines, document.languageId));
  refused.push(...passages.malformed.map((search) => refusal(search, "malformed")));
  const nothing = passages.blocks.length === 0 && passages.malformed.length === 0;
  if (nothing || (placed === 0 && refused.length > 0)) {
    const ask = nothing ? NO_PASSAGES : passagesRefused(refused.map(refusalForModel));
    return { fault: { kind: "notPlaced", ask }, error: notPlaced(answer, refused.map(refusalForUser)) };
  }
  return { edits: toTextEdits(document, selection.range, newText), refused: refused.map(refusalForUser) };
}

/** Whether code rewrites at least half of the selection, though passages were requested. Less than that is a part. */
function isMostOf(code: string, selected: string): boolean {
  const [own, all] = [code, selected].map((text) => linesOf(text).filter((line) => !isBlank(line)).length);
  return own! >= all! / 2;
}

/** Whether a line of Markdown is inside a code block. */
function isInFence(document: TextDocument, line: number): boolean {
  if (!FENCED_LANGUAGES.has(document.languageId)) return false;
  return fencedBlocks(linesOf(document.getText())).some(({ first, last }) => first < line && line < last);
}

const truncated = (answer: string) =>
  new EngineError("truncated", t("The model's code was cut off before it was complete."), { answer });

function notPlaced(answer: string, refused: Proposal["refused"]): EngineError {
  const named = refused.map(({ passage, reason }) => `"${passage.trim()}" (${reason})`).join(", ");
  const message =
    named === ""
      ? t("The model answered with text instead of changes to the code.")
      : t("The model's changes could not be placed: {0}.", named);
  return new EngineError("notCode", message, { answer, refused });
}
