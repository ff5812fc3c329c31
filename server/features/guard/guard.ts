/**
 * What a change to a file does that nobody asked for. Whatever writes into a file asks here before it offers its edits: a
 * model's reply is not to be trusted, however well it parses.
 *
 *     const harm = await harmOf({ languageId, before, after, asked: instruction }, grammars);
 *     if (harm) … harmTold(path, harm) to the model, once; then warning: harmWarning(harm)
 *
 * It compares the two texts by declarations (functions, classes, members), or by keys or sections where the
 * file is made of those, and by lines. Renaming, moving, and writing in another way are no loss, and what the instruction wants removed may go.
 */
import { t } from "@vscode/l10n";
import { type Grammars, MAX_TEXT_CHARS } from "../code/grammars.ts";
import { isBlank, linesOf } from "../text/lines.ts";
import { isCode } from "../text/words.ts";
import { askedIn } from "./asked.ts";
import { lostAwaits } from "./awaits.ts";
import { declarationFindings, type Findings } from "./declared.ts";
import { lostDecorators } from "./decorators.ts";
import { elementFindings } from "./elements.ts";
import { hunksOf } from "./hunks.ts";
import { importedTwice } from "./importedTwice.ts";
import { lostFromLists } from "./inlineLists.ts";
import { keyFindings } from "./keys.ts";
import { lostItems } from "./listed.ts";
import { lossesOf } from "./lostLines.ts";
import { lostSteps } from "./lostSteps.ts";
import { lostMembers } from "./members.ts";
import { nestedLinks } from "./nestedLinks.ts";
import { partFindings } from "./parts.ts";
import { reopenedAround } from "./reopened.ts";
import { neighboursAgain, openedAgain, repeatedAround } from "./repeated.ts";
import { lostSentences } from "./sentences.ts";
import { singleLines } from "./singleLines.ts";
import { clausesAgain } from "./sqlClauses.ts";
import { unboundNames } from "./unboundNames.ts";
import { reachedHunks } from "./unreachable.ts";
import { neededLines } from "./usedNames.ts";

export type Change = {
  languageId: string;
  /** The whole file, with any line endings. */
  before: string;
  after: string;
  /** What the user asked for, in their words. Empty where they only took code from an answer, as for Apply: nothing may go then. */
  asked: string;
  /** The lines of `before` that code was to take the place of, 0-based, both inclusive. The whole file if missing. */
  ranges?: readonly { first: number; last: number }[];
};

/** At least one list is not empty. */
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

/** Maximum number of lines whose removal as a whole counts as intended. */
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
  const asked = askedIn(change.asked, cleared, change.before);
  const reached = reachedHunks(hunks, before);
  const losses = lossesOf(reached, { languageId, before, ranges }, asked);
  // Longer files are compared by lines alone.
  const long = Math.max(change.before.length, change.after.length) > MAX_TEXT_CHARS;
  const texts = { languageId, before, after };
  const found: Findings[] = long
    ? []
    : [
        keyFindings(texts, asked) ??
          partFindings(texts, asked) ??
          (await declarationFindings(texts, added, asked, grammars)),
        { lost: await lostMembers(texts, added, asked, grammars), doubled: [] },
        { lost: lostItems(texts, added, asked), doubled: [] },
        { lost: await lostFromLists(texts, asked, grammars), doubled: [] },
        elementFindings(texts, asked) ?? { lost: [], doubled: [] },
        { lost: [], doubled: importedTwice(texts) },
      ];
  const twice = found.flatMap((findings) => findings.doubled);
  const around = [
    ...repeatedAround(hunks, before),
    ...neighboursAgain(hunks, before, languageId),
    ...openedAgain(hunks, after),
    ...reopenedAround(hunks, texts),
    ...nestedLinks(hunks, languageId),
    ...(languageId === "sql" ? clausesAgain(before, after) : []),
  ];
  const doubled = twice.length > 0 ? twice : around.slice(0, 1);
  const parts = [...new Set(found.flatMap((findings) => findings.lost))];
  const unsaid = () => [
    ...(long ? [] : unboundNames(reached, texts, asked)),
    ...lostSentences(hunks, languageId, asked),
  ];
  const lost = parts.length > 0 ? parts : unsaid();
  const needed = long
    ? []
    : [
        ...(asked.letsLines && !asked.unused
          ? []
          : neededLines(reached, texts, asked.letsLines || asked.stubs || RETURN.test(change.asked))),
        ...singleLines(hunks, texts, asked),
        ...lostSteps(reached, texts, asked),
        ...lostAwaits(hunks, asked),
        ...lostDecorators(hunks, languageId, after, asked),
      ];
  const harm: Harm = { lost, lines: [...new Set([...losses.lines, ...needed])], doubled, elided: losses.elided };
  return Object.values(harm).some((kind) => kind.length > 0) ? harm : undefined;
}

/** For the user: the names of what is lost and duplicated. */
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

/** For the model, in place of its reply. */
export function harmTold({ lost, lines, doubled, elided }: Harm): string[] {
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
