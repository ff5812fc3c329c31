/** Finds single lines that are missed late: a licence, what is exported, what releases a file, what a tool looks for. */
import { wordsOf } from "../text/words.ts";
import type { Asked } from "./asked.ts";
import { bare, type Hunk } from "./hunks.ts";

/** What others use of the file, and what runs it. */
const EXPORTED =
  /^(?:export\s+(?:default\b|\{|\*)|module\.exports\b|exports\.|__all__\b|if\s+__name__\b|return [A-Z]\w*$)/;
const EXPORTS = /\bexports?\b|^\s*(?:__all__|if\s+__name__)\b/;
const EXPORT_WORDS = /export|modul|esport|main|entry|script|エクスポート|モジュール/i;
const RELEASES =
  /^(?:defer\s+)?(?:await\s+)?(?:([\w$]+)(?:\.\w+)*\.(?:close|unlock|dispose|release|rollback|commit)\(|(?:fclose|free)\((\w+))/i;
/** How far around such a line what it ends is looked for, lines. */
const AROUND = 20;
/** A signature of a function that has several. */
const SIGNATURE = /^(?:export\s+)?function\s.*\).*;$/;
const OTHER_RELEASE = /\b(?:with|using|defer|finally|try)\b/;
const LICENSED = /\b(?:licen[cs]ed?|copyright|SPDX)\b/i;
const COMMENTED = /^\s*(?:\/\/|\/?\*|#(?!#)|--|;;|%|<!--)/;
/** A licence in a comment whose lines have no signs. */
const NOTICE = /^\s*(?:copyright\s+(?:\(c\)|©|\d)|licensed under\b|SPDX-License-Identifier:)/i;
const LICENCE_WORDS =
  /licen[cs]|copyright|header|banner|comment|kommentar|lizenz|kopf|comentari|encabezado|cabecera|commentaire|en-t[eê]te|comment[oi]|intestazione|コメント|ライセンス|ヘッダ/i;

/** Markdown: nobody sees it, and tools find their place by it. */
const MARKER = /^<!--.*-->$/;

/** Such lines that are gone without anything of the kind in their place. */
export function singleLines(
  hunks: readonly Hunk[],
  { languageId, after }: { languageId: string; after: readonly string[] },
  asked: Asked,
): string[] {
  if (asked.cleared) return [];
  const there = new Set(after.map(bare));
  const added = hunks.flatMap((hunk) => hunk.added);
  const isGone = (line: string, { first, removed, added: come }: Hunk) => {
    const text = line.trim();
    if (there.has(bare(line))) return false;
    // Other runners of tests need no such call.
    if (/^if\s+__name__/.test(line) && removed.some((other) => other.includes("unittest.main("))) return false;
    // These go where they are named, whatever else is to become another thing.
    if (EXPORTED.test(line)) return !asked.letsAbout(EXPORT_WORDS) && !added.some((other) => EXPORTS.test(other));
    if (isLicence(text)) return !asked.letsAbout(LICENCE_WORDS) && !added.some(isLicence);
    if (asked.letsLines) return false;
    if (languageId === "markdown" && MARKER.test(text)) return !added.some((other) => MARKER.test(other.trim()));
    if (SIGNATURE.test(text)) return !added.some((other) => SIGNATURE.test(other.trim()));
    const held = heldBy(text);
    if (held === undefined || added.some((other) => OTHER_RELEASE.test(other) || isRelease(other))) return false;
    // Something else is done with it in that place.
    if (come.some((other) => other.includes(`${held}.`))) return false;
    // What is no longer opened is not closed either.
    const around = [...added, ...after.slice(Math.max(0, first - AROUND), first + AROUND)];
    return wordsOf(around.join("\n")).has(held.toLowerCase());
  };
  return hunks.flatMap((hunk) => hunk.removed.filter((line) => isGone(line, hunk)));
}

/** What a line releases. */
const heldBy = (line: string) =>
  RELEASES.exec(line)
    ?.slice(1)
    .find((name) => name);

/** Whether a line gives back what is held: other statements do that by themselves. */
export const isRelease = (line: string) => RELEASES.test(line.trim());

const isLicence = (line: string) => (COMMENTED.test(line) && LICENSED.test(line)) || NOTICE.test(line);
