/** Extracts the code from an answer, or says why there is none. Some models write their thought into the answer. */
import { t } from "@vscode/l10n";
import { EngineError } from "../../engine/engine.ts";
import { closedCode, fencedBlocks, isFence } from "../text/fences.ts";
import { linesOf } from "../text/lines.ts";
import { chosenBlock } from "./choose.ts";
import {
  plainAnswer,
  withoutFences,
  withoutName,
  withoutNumbers,
  withoutPrompts,
  withoutTag,
  withoutUsage,
} from "./dressing.ts";
import { unescaped } from "./escaped.ts";
import { hasStrayMarker } from "./looseBlocks.ts";
import { FENCED_LANGUAGES, markdownOf } from "./markdown.ts";
import { isObject, withoutObject } from "./objects.ts";
import { isProse, withoutRemarksInside } from "./remarks.ts";
import { unfenced } from "./unfenced.ts";

/** The code of an answer, or why there is none. `message`: for the user. `info`: the info string of the fence. */
export type ParsedReply = { code: string; info?: string } | { error: "notCode" | "truncated"; message: string };

/** What the code replaces. */
export type Wanted = {
  languageId: string;
  /** The selection as the model saw it. */
  selected: string;
  /** The model stopped early, so an unclosed block is incomplete. */
  cutOff?: boolean;
  /** In Markdown: the selection is in a code block. */
  inFence?: boolean;
  /** The file's path. */
  path?: string;
  /** The instruction. */
  asked?: string;
};

type Read = { code: string; open: boolean; info?: string | undefined };

/**
 * The code of the block that fits the selection best, without the text around it. An answer without any fence is code
 * only if it contains much of the selection. `code` has "\n" as its only line ending and none at its end. Empty code
 * removes the selection.
 */
export function parseReply(answer: string, wanted: Wanted): ParsedReply {
  const { languageId, selected, cutOff = false, inFence = false } = wanted;
  const bare = withoutTag(plainAnswer(answer, selected), selected);
  const lines = linesOf(withoutObject(bare, languageId, selected));
  const read = FENCED_LANGUAGES.has(languageId)
    ? markdownOf(lines, selected, inFence, wanted.asked)
    : codeBlock(lines, languageId, selected, cutOff);
  if (read === undefined) return { error: "notCode", message: t("The model answered with text instead of code.") };
  if (read === "several")
    return { error: "notCode", message: t("The model answered with more than one block of code.") };
  if (read.open && cutOff) return { error: "truncated", message: t("The model's code ended before it was complete.") };
  const code = unescaped(unwrapped(read, wanted), wanted);
  if (!code || hasStrayMarker(code, linesOf(selected)) || isObject(code.join("\n"), languageId, selected))
    return { error: "notCode", message: t("The model answered with text instead of code.") };
  return { code: undressed(code, wanted).join("\n"), info: read.info };
}

/** The lines of a block. Some models put a bare fence around their block. */
function unwrapped({ code, open, info }: Read, { languageId, selected }: Wanted): string[] {
  const lines = linesOf(open ? closedCode({ code }) : code);
  const isWrapped = info === "" && /^[`~]{3,}\w/.test(lines[0] ?? "") && !FENCED_LANGUAGES.has(languageId);
  return isWrapped && !linesOf(selected).some(isFence) ? withoutFences(lines) : lines;
}

function undressed(code: readonly string[], { languageId, selected, inFence, path, asked = "" }: Wanted): string[] {
  const prose = isProse(languageId);
  const said = inFence ? code : withoutRemarksInside(code, languageId, selected);
  const counted = withoutNumbers(withoutName(said, selected, languageId, path), selected, prose);
  return withoutUsage(prose ? counted : withoutPrompts(counted, selected), selected, asked);
}

function codeBlock(lines: readonly string[], languageId: string, selected: string, cutOff: boolean) {
  const all = fencedBlocks(lines);
  const whole = all.filter(({ open }) => !open);
  // An unfinished block does not matter beside a complete one.
  const blocks = cutOff && whole.length > 0 ? whole : all;
  if (blocks.length > 0) return chosenBlock(blocks, lines, { languageId, selected }) ?? "several";
  const code = unfenced(lines, languageId, selected);
  return code === undefined ? undefined : { code: code.replace(/\n+$/, ""), open: cutOff, info: undefined };
}

/** Like parseReply, but throws EngineError notCode or truncated; data.answer is the model's answer. */
export function codeOf(answer: string, wanted: Wanted): string {
  const parsed = parseReply(answer, wanted);
  if ("error" in parsed) throw new EngineError(parsed.error, parsed.message, { answer });
  return parsed.code;
}
