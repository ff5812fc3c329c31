/** Reads answers without a fence: code or text between remarks, or only remarks. */

import { isBlank, linesOf } from "../text/lines.ts";
import { isCode, shareOf, wordsOf } from "../text/words.ts";
import { trimmedLines } from "./dressing.ts";
import { CALL, introduces, isAside, PROSE_LANGUAGES, SENTENCE } from "./remarks.ts";

const REFUSES =
  /^(?:I(?:['’]m| am| can(?:no|['’])t| cannot| would not| won['’]t| do not| don['’]t| could not)|Sorry|Unfortunately|As an AI|Es tut mir|Entschuldig|Ich kann|Leider|Lo siento|No puedo|Désolé|Je ne peux|Mi dispiace|Non posso|申し訳|すみません)/i;
const NO_CHANGE =
  /\bno (?:changes?|edits?) (?:(?:is|are|was|were) )?(?:needed|necessary|required|made)\b|\b(?:is|are|looks?) already (?:correct|fine|good)\b|^(?:it|(?:the|this|your)(?: \w+){1,3}) (?:is|are|looks?) (?:correct|fine|good)\b/i;
/** A question to the user, which is no text for the document. */
const ASKS =
  /^(?:(?:could|can|would|will) you (?:please )?(?:tell|provide|share|clarify|specify|give|paste|show)\b|please (?:provide|share|clarify|specify|paste)\b|(?:könnten?|kannst|können) (?:du|sie) (?:mir )?(?:bitte )?|bitte (?:geben|gib|teilen|teile|nennen|nenne)\b|pourriez-vous|peux-tu|pouvez-vous|veuillez (?:fournir|préciser|partager)|¿?(?:podrías|podría|puedes|puede) |por favor,? (?:proporciona|comparte|indica|especifica)|potresti|puoi |per favore,? (?:fornisci|condividi|indica|specifica))|(?:ください(?:ませんか)?|いただけますか)[。？?]?$/i;
/** The code or text of an answer. Undefined if it has nothing to replace the selection with. */
export function unfenced(answer: readonly string[], languageId: string, selected: string): string | undefined {
  const known = new Set(linesOf(selected).map((line) => line.trim()));
  const lines = trimmedLines(answer);
  if (lines.length === 0) return undefined;
  if (PROSE_LANGUAGES.has(languageId)) return proseOf(lines, known);
  const [only = ""] = lines;
  const inline = lines.length === 1 ? /^`([^`]+)`$/.exec(only.trim())?.[1] : undefined;
  // If the selection has backticks, they belong to the language.
  if (inline !== undefined && !selected.includes("`") && !/\$\{/.test(inline)) return inline;
  // One line of code replaces one line.
  if (lines.length === 1 && known.size === 1 && isStatement(only)) return only;
  const isRemark = (line: string) => !known.has(line.trim()) && isAside(line);
  const body = withoutRemarks(lines, isRemark);
  if (
    body.length === 0 ||
    body.some((line) => !known.has(line.trim()) && /^\S/.test(line) && SENTENCE.test(line.trim()) && !CALL.test(line))
  )
    return undefined;
  const filled = body.filter(isCode);
  const again = filled.filter((line) => known.has(line.trim())).length;
  const [words, own] = [wordsOf(selected), wordsOf(body.join("\n"))];
  const alike = words.size > 0 && shareOf(words, own) >= 0.5;
  if (filled.length === 0 || body.some((line) => line.includes("```"))) return undefined;
  return again >= filled.length / 2 || alike ? body.join("\n") : undefined;
}

const isStatement = (line: string) =>
  /[{};=]/.test(line) && !SENTENCE.test(line.trim()) && !/`|\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b/i.test(line);

/** The text without paragraphs of remarks at both ends. */
function withoutRemarks(lines: readonly string[], isRemark: (line: string) => boolean): string[] {
  let [first, last] = [0, lines.length];
  while (first < last && (isBlank(lines[first]!) || isRemark(lines[first]!))) first++;
  while (last > first && (isBlank(lines[last - 1]!) || isRemark(lines[last - 1]!))) last--;
  return lines.slice(first, last);
}

function proseOf(lines: readonly string[], known: ReadonlySet<string>): string | undefined {
  const [first = ""] = lines;
  const introduced = introduces(first) && !known.has(first.trim());
  const body = unquoted(withoutOffer(trimmedLines(introduced ? lines.slice(1) : lines), known), known);
  const text = body.join("\n");
  const asks =
    body.length < 4 && ASKS.test(text) && /[?？]|^(?:please|bitte|veuillez|por favor|per favore)/i.test(text);
  const refuses = REFUSES.test(text) || asks || (body.length < 4 && NO_CHANGE.test(text));
  return body.length === 0 || (refuses && !known.has(body[0]!.trim())) ? undefined : text;
}

const OFFERS =
  /^(?:let me know\b|feel free\b|i hope (?:this|that)\b|would you like me\b|lass(?:en sie)? (?:es )?mich wissen|ich hoffe,|n['’]hésite[sz]? pas|dites?-moi|j['’]espère|avísame|hazme saber|espero que|fammi sapere|spero che)|お知らせください|お役に立て/i;

/** The lines without a last paragraph that speaks to the user. */
function withoutOffer(lines: string[], known: ReadonlySet<string>): string[] {
  const last = lines.at(-1)!.trim();
  if (lines.length < 3 || !isBlank(lines.at(-2)!) || !OFFERS.test(last) || known.has(last)) return lines;
  return trimmedLines(lines.slice(0, -1));
}

const QUOTED = /^(?:"([^"]+)"|“([^“”]+)”|„([^„“]+)“|«\s?([^«»]+?)\s?»|「([^「」]+)」)$/;

/** The text without quotation marks around it that the old text did not have. */
function unquoted(lines: string[], known: ReadonlySet<string>): string[] {
  if (lines.some(isBlank) || [...known].some((line) => /^["“„«「]/.test(line))) return lines;
  const inner = QUOTED.exec(lines.join("\n"))
    ?.slice(1)
    .find((text) => text);
  return inner === undefined ? lines : linesOf(inner);
}
