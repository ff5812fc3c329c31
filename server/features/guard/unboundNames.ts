/** Finds names that a change no longer binds, though the code below still uses them. */
import { isDeclaration } from "../code/declarations.ts";
import { lastLine } from "../code/extent.ts";
import { indentationWidth } from "../text/indentation.ts";
import { isBlank } from "../text/lines.ts";
import { linesInText } from "../text/linesInText.ts";
import { opensBlock } from "../text/raggedLine.ts";
import { isCode } from "../text/words.ts";
import { binderOf, statementsOf } from "./binders.ts";
import { boundBy, hasVariables } from "./boundNames.ts";
import { bracketsIn } from "./closers.ts";
import { codeText } from "./codeText.ts";
import type { Texts } from "./declared.ts";
import { type Hunk, LONGEST_LINE } from "./hunks.ts";
import type { Intent } from "./intent.ts";
import { isUsed } from "./usedNames.ts";

/** Maximum number of names that are looked up. */
const MOST_NAMES = 100;
/** Maximum number of lines of a head. */
const LONGEST_HEAD = 12;

/** The names, each once. Empty if the language is unknown, or if the instruction is about names. */
export function unboundNames(hunks: readonly Hunk[], { languageId, before, after }: Texts, intent: Intent): string[] {
  if (!hasVariables(languageId) || intent.renames) return [];
  const lost = new Set<string>();
  let looked = 0;
  let inText: boolean[] | undefined;
  for (const { first, at, removed, added } of hunks) {
    const kept = new Set(added.map((line) => line.trim()));
    const seen = new Set<string>();
    const views = new Map<boolean, string[]>();
    const codes = new Map<number, string>();
    inText ??= linesInText(before, languageId);
    for (const [i, line] of removed.entries()) {
      if (!isCode(line) || line.length > LONGEST_LINE || kept.has(line.trim()) || inText[first + i]) continue;
      const { text, width, parameters } = statementAt(before, first + i, languageId);
      for (const { name, inside } of boundBy(text, languageId)) {
        const within = inside || parameters;
        // A name on a later line of the statement is not lost with this line.
        if (
          !line.includes(name) ||
          seen.has(name) ||
          lost.has(name) ||
          (intent.mayRemove(name) && !intent.unused) ||
          ++looked > MOST_NAMES
        )
          continue;
        seen.add(name);
        const end = endOfScope(after, at + added.length, width, within);
        if (!codes.has(end)) codes.set(end, codeText(after.slice(at, end), languageId));
        if (!isUsed(name, codes.get(end)!, languageId)) continue;
        if (!views.has(within)) views.set(within, visibleAt(after, { at, end: at + added.length }, languageId, within));
        if (!views.get(within)!.some(binderOf(name, languageId))) lost.add(name);
      }
    }
  }
  return [...lost];
}

type Statement = { text: string; width: number; parameters: boolean };

/** The statement that begins on a line, or the declaration whose parameters the line holds. */
function statementAt(lines: readonly string[], line: number, languageId: string): Statement {
  const width = indentationWidth(lines[line]!);
  let text = lines[line]!.trim();
  for (
    let i = line + 1;
    i < Math.min(lines.length, line + LONGEST_HEAD) && bracketsIn(text) > 0 && /[(,[]$/.test(text);
    i++
  )
    text += ` ${lines[i]!.trim()}`;
  for (let i = line - 1; i >= Math.max(0, line - LONGEST_HEAD); i--) {
    const above = lines[i]!;
    if (isBlank(above) || indentationWidth(above) >= width) continue;
    if (!/\($/.test(above.trimEnd()) || !(/^\s*(?:async\s+)?with\b/.test(above) || isDeclaration(lines, i, languageId)))
      break;
    const head = `${above.trim()}${text.replace(/[,\s]*$/, "")}) {`;
    return {
      text: languageId === "python" ? head.replace(/ \{$/, ":") : head,
      width: indentationWidth(above),
      parameters: true,
    };
  }
  return { text, width, parameters: false };
}

/** The line after the block that a line at this depth opens (`inside`), or that it is in. */
function endOfScope(lines: readonly string[], from: number, width: number, inside: boolean): number {
  for (let i = from; i < lines.length; i++) {
    if (isBlank(lines[i]!)) continue;
    const own = indentationWidth(lines[i]!);
    const goesOn = own > width || (own === width && (!inside || /^\s*[)\]{]/.test(lines[i]!)));
    if (!goesOn) return i;
  }
  return lines.length;
}

/**
 * The statements whose names are visible at the added lines, which go up to `end`, exclusive. Bodies of other functions
 * are not visible. For a name that is bound `inside` a block, other blocks are not visible either.
 */
function visibleAt(
  lines: readonly string[],
  { at, end: behind }: { at: number; end: number },
  languageId: string,
  inside: boolean,
): string[] {
  const visible: string[] = [];
  const none = lines.map(() => false);
  for (let i = 0; i < lines.length; i++) {
    const text = lines[i]!;
    const declares = isDeclaration(lines, i, languageId);
    const opens = inside && isCode(text) && opensBlock(text);
    const end = declares || opens ? lastLine(lines, i, none) : i;
    const isOwn = (i <= at && at <= end) || (at <= i && i < behind);
    if (isOwn || end === i) visible.push(text);
    else if (declares) visible.push(nameIn(text));
    if (!isOwn) i = end;
  }
  return statementsOf(visible, languageId);
}

/** A declaration without its parameters, which are visible only in its own body. */
const nameIn = (line: string) => line.replace(/^(\s*func\s*)\([^()]*\)/, "$1").split("(")[0]!;
