/**
 * Finds what a change to a file loses, repeats or leaves out although nobody asked for that. Every feature that writes
 * into a file checks its edits here before it offers them: a reply that parses can still be wrong.
 *
 *     const harm = await harmOf({ languageId, before, after, asked: instruction }, grammars);
 *     if (harm) … harmForModel(harm) to the model, once; then harmWarning(harm) to the user
 *
 * It compares the two texts by declarations (functions, classes, members), by keys or sections in files of those, and
 * by lines. Renaming, moving and rewriting are no loss. What the instruction wants removed may go.
 */
import { t } from "@vscode/l10n";
import { type Grammars, MAX_TEXT_CHARS } from "../code/grammars.ts";
import { isBlank, linesOf } from "../text/lines.ts";
import { isCode } from "../text/words.ts";
import { lostAnnotations } from "./annotations.ts";
import { lostAwaits } from "./awaits.ts";
import { lostTails } from "./callTails.ts";
import { declarationFindings, type Findings } from "./declared.ts";
import { lostDecorators } from "./decorators.ts";
import { elementFindings } from "./elements.ts";
import { idleHandlers } from "./handlers.ts";
import { hunksOf } from "./hunks.ts";
import { importedTwice } from "./importedTwice.ts";
import { lostFromLists } from "./inlineLists.ts";
import { readIntent } from "./intent.ts";
import { keyFindings } from "./keys.ts";
import { lostItems } from "./listed.ts";
import { lossesOf } from "./lostLines.ts";
import { lostSteps } from "./lostSteps.ts";
import { lostMembers } from "./members.ts";
import { lostModifiers } from "./modifiers.ts";
import { nestedLinks } from "./nestedLinks.ts";
import { partFindings } from "./parts.ts";
import { reopenedBlocks } from "./reopened.ts";
import { repeatedLines, repeatedNeighbours, repeatedOpeners } from "./repeated.ts";
import { repeatedRuns } from "./repeatedRuns.ts";
import { lostSentences } from "./sentences.ts";
import { singleLines } from "./singleLines.ts";
import { repeatedClauses } from "./sqlClauses.ts";
import { unboundNames } from "./unboundNames.ts";
import { reachedHunks } from "./unreachable.ts";
import { neededLines } from "./usedNames.ts";

/** A change to one file, and the instruction behind it. */
export type Change = {
  languageId: string;
  /** The whole file, with any line endings. */
  before: string;
  after: string;
  /** The user's instruction. Empty if there is none, as when code of an answer is applied: then nothing may go. */
  asked: string;
  /** The lines of `before` that the code was meant to replace, 0-based, both inclusive. The whole file if missing. */
  ranges?: readonly { first: number; last: number }[];
};

/** What a change damages. At least one list is not empty. */
export type Harm = {
  /** Names of lost declarations and keys. */
  lost: string[];
  /** Other lost lines, if they are more than a small share. */
  lines: string[];
  /** Duplicated names or lines. */
  doubled: string[];
  /** Lines in place of omitted code, such as "// ... existing code ...". */
  elided: string[];
};

/** Clearing a range with at most this many lines of code counts as intended. */
const FEW_LINES = 2;
const RETURN = /return|zurückg|devuelv|renvo|retourn|restitui|返/i;
/** Maximum number of names to report. */
const MOST_NAMES = 6;

/** Undefined if the change does no harm. */
export async function harmOf(change: Change, grammars: Grammars): Promise<Harm | undefined> {
  if (change.before === change.after) return undefined;
  const { languageId } = change;
  const [before, after] = [linesOf(change.before), linesOf(change.after)];
  const hunks = hunksOf(before, after);
  if (hunks.length === 0) return undefined;
  const ranges = change.ranges ?? [{ first: 0, last: before.length - 1 }];
  const own = ranges.flatMap(({ first, last }) => before.slice(first, last + 1)).filter((line) => !isBlank(line));
  const added = hunks.flatMap((hunk) => hunk.added).join("\n");
  const gone = hunks.flatMap((hunk) => hunk.removed).filter((line) => !isBlank(line));
  const cleared = isBlank(added) && gone.length >= own.length && own.filter(isCode).length <= FEW_LINES;
  const intent = readIntent(change.asked, cleared, change.before);
  const reached = reachedHunks(hunks, before);
  const idle = idleHandlers(reached, intent);
  const losses = lossesOf(reached, { languageId, before, ranges, idle }, intent);
  // Longer files are compared by lines alone.
  const long = Math.max(change.before.length, change.after.length) > MAX_TEXT_CHARS;
  const texts = { languageId, before, after };
  const found: Findings[] = long
    ? []
    : [
        keyFindings(texts, intent) ??
          partFindings(texts, intent) ??
          (await declarationFindings(texts, added, intent, grammars)),
        { lost: await lostMembers(texts, added, intent, grammars), doubled: [] },
        { lost: lostItems(texts, added, intent), doubled: [] },
        { lost: await lostFromLists(texts, intent, grammars), doubled: [] },
        { lost: await lostTails(texts, added, intent, grammars), doubled: [] },
        { lost: await lostAnnotations(texts, intent, grammars), doubled: [] },
        { lost: lostModifiers(hunks, languageId, intent), doubled: [] },
        elementFindings(texts, intent) ?? { lost: [], doubled: [] },
        { lost: [], doubled: importedTwice(texts) },
      ];
  const twice = found.flatMap((findings) => findings.doubled);
  const around = [
    ...repeatedLines(hunks, before),
    ...repeatedNeighbours(hunks, before, languageId),
    ...repeatedOpeners(hunks, after),
    ...reopenedBlocks(hunks, texts),
    ...nestedLinks(hunks, languageId),
    ...repeatedRuns(hunks, before),
    ...(languageId === "sql" ? repeatedClauses(before, after) : []),
  ];
  const doubled = twice.length > 0 ? twice : around.slice(0, 1);
  const parts = [...new Set(found.flatMap((findings) => findings.lost))];
  const unsaid = () => [
    ...(long ? [] : unboundNames(reached, texts, intent)),
    ...lostSentences(hunks, languageId, intent),
  ];
  const lost = parts.length > 0 ? parts : unsaid();
  const needed = long
    ? []
    : [
        ...(intent.mayRemoveLines && !intent.unused
          ? []
          : neededLines(reached, texts, intent.mayRemoveLines || intent.stubs || intent.mentions(RETURN))),
        ...singleLines(hunks, texts, intent),
        ...lostSteps(reached, texts, intent).filter((line) => !idle.has(line)),
        ...lostAwaits(hunks, intent),
        ...lostDecorators(hunks, languageId, after, intent),
      ];
  const harm: Harm = { lost, lines: [...new Set([...losses.lines, ...needed])], doubled, elided: losses.elided };
  return Object.values(harm).some((kind) => kind.length > 0) ? harm : undefined;
}

/** The warning for the user, with the names of what is lost and duplicated. */
export function harmWarning({ lost, lines, doubled, elided }: Harm): string {
  return [
    ...(lost.length > 0 ? [t("This edit removes {0}.", list(lost))] : []),
    ...(lost.length === 0 && lines.length > 0
      ? [t("This edit removes lines that you did not ask to remove: {0}.", list(lines.map(quoted)))]
      : []),
    ...(doubled.length > 0 ? [t("This edit repeats {0}.", list(doubled))] : []),
    ...(elided.length > 0 ? [t("This edit leaves out code: {0}.", list(elided.map(quoted)))] : []),
  ].join(" ");
}

/** The same for the model that wrote the change: one sentence for each kind of harm. */
export function harmForModel({ lost, lines, doubled, elided }: Harm): string[] {
  return [
    ...(lost.length > 0 ? [`It removes ${list(lost)}, which was not asked for.`] : []),
    ...(lost.length === 0 && lines.length > 0
      ? [`It removes lines that nobody asked to remove: ${list(lines.map(quoted))}.`]
      : []),
    ...(doubled.length > 0 ? [`It repeats what is there already: ${list(doubled)}.`] : []),
    ...(elided.length > 0 ? [`It leaves code out: ${list(elided.map(quoted))}. Write that code.`] : []),
  ];
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES);
  return names.length > shown.length ? `${shown.join(", ")}, … (+${names.length - shown.length})` : shown.join(", ");
}

const quoted = (line: string) => {
  const text = line.trim();
  return `"${text.length > 60 ? `${text.slice(0, 59)}…` : text}"`;
};
