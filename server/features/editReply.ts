/** Gets the code out of a reply, or says why there is none. Only answers come here, never thoughts. */
import { t } from "@vscode/l10n";
import { EngineError } from "../engine/engine.ts";
import { fencedBlocks, outermostBlock } from "./fences.ts";
import { isBlank, linesOf } from "./lines.ts";

/** Languages in which fences and prose are what a file is made of. */
const PROSE_LANGUAGES = new Set(["markdown", "mdx", "latex", "restructuredtext", "plaintext"]);
const FENCED_LANGUAGES = new Set(["markdown", "mdx"]);
const SENTENCE = /^\p{Lu}[^(){};=<>]*[.:!?]$/u;

export type ParsedReply = { code: string } | { error: "notCode" | "truncated"; message: string };

/**
 * The code of the one fenced block in an answer; what stands around it is dropped. An answer without any fence is code
 * only if at least half of its lines are lines of the selection, and none of the others is a sentence. `code` has "\n"
 * as its only line ending and none at its end, and may be empty: the selection is to go.
 */
export function parseReply(answer: string, languageId: string, selected: string): ParsedReply {
  const lines = linesOf(answer);
  const outermost = FENCED_LANGUAGES.has(languageId) ? outermostBlock(lines) : undefined;
  const [block, ...more] = outermost ? [outermost] : fencedBlocks(lines);
  if (!block) {
    if (repeats(lines, linesOf(selected), languageId)) return { code: lines.join("\n").replace(/\n+$/, "") };
    return { error: "notCode", message: t("The model answered with text instead of code.") };
  }
  if (block.open) return { error: "truncated", message: t("The model's code ended before it was whole.") };
  if (more.length > 0) return { error: "notCode", message: t("The model answered with more than one block of code.") };
  return { code: block.code };
}

/** As parseReply, but throws EngineError notCode or truncated; data.answer is what the model said. */
export function codeOf(answer: string, languageId: string, selected: string): string {
  const parsed = parseReply(answer, languageId, selected);
  if ("error" in parsed) throw new EngineError(parsed.error, parsed.message, { answer });
  return parsed.code;
}

function repeats(reply: string[], selected: string[], languageId: string): boolean {
  const known = new Set(selected.map((line) => line.trim()));
  const lines = reply.filter((line) => !isBlank(line)).map((line) => line.trim());
  const others = lines.filter((line) => !known.has(line));
  if (lines.length === 0 || others.length > lines.length / 2) return false;
  return PROSE_LANGUAGES.has(languageId) || !others.some((line) => SENTENCE.test(line));
}
