/** Finds lost single lines whose loss shows late: licences, exports, releases of resources, markers for tools. */
import { wordsOf } from "../text/words.ts";
import { type Hunk, normalizeSpace } from "./hunks.ts";
import type { Intent } from "./intent.ts";

/** Lines that export something, or that run the file. */
const EXPORTED =
  /^(?:export\s+(?:default\b|\{|\*)|module\.exports\b|exports\.|__all__\b|if\s+__name__\b|return [A-Z]\w*$)/;
const EXPORTS = /\bexports?\b|^\s*(?:__all__|if\s+__name__)\b/;
const EXPORT_WORDS = /export|modul|esport|main|entry|script|エクスポート|モジュール/i;
const RELEASES =
  /^(?:defer\s+)?(?:await\s+)?(?:([\w$]+)(?:\.\w+)*\.(?:close|unlock|dispose|release|rollback|commit)\(|(?:fclose|free)\((\w+))/i;
/** How many lines above and below a release are searched for the resource. */
const AROUND = 20;
/** An overload's signature. */
const SIGNATURE = /^(?:export\s+)?function\s.*\).*;$/;
const OTHER_RELEASE = /\b(?:with|using|defer|finally|try)\b/;
const LICENSED = /\b(?:licen[cs]ed?|copyright|SPDX)\b/i;
const COMMENTED = /^\s*(?:\/\/|\/?\*|#(?!#)|--|;;|%|<!--)/;
/** A licence in a block comment, whose lines may have no comment sign. */
const NOTICE = /^\s*(?:copyright\s+(?:\(c\)|©|\d)|licensed under\b|SPDX-License-Identifier:)/i;
const LICENCE_WORDS =
  /licen[cs]|copyright|header|banner|comment|kommentar|lizenz|kopf|comentari|encabezado|cabecera|commentaire|en-t[eê]te|comment[oi]|intestazione|コメント|ライセンス|ヘッダ/i;

/** Markdown: an invisible comment, by which tools find their place. */
const MARKER = /^<!--.*-->$/;

/** The lost lines, as they were. A line that another of its kind replaces is not lost. */
export function singleLines(
  hunks: readonly Hunk[],
  { languageId, after }: { languageId: string; after: readonly string[] },
  intent: Intent,
): string[] {
  if (intent.cleared) return [];
  const there = new Set(after.map(normalizeSpace));
  const added = hunks.flatMap((hunk) => hunk.added);
  const isGone = (line: string, { at, removed, added: gained }: Hunk) => {
    const text = line.trim();
    if (there.has(normalizeSpace(line))) return false;
    // Test runners other than unittest need no such call.
    if (/^if\s+__name__/.test(line) && removed.some((other) => other.includes("unittest.main("))) return false;
    // Exports and licences may go only if the instruction is about them.
    if (EXPORTED.test(line)) return !intent.mayRemoveKind(EXPORT_WORDS) && !added.some((other) => EXPORTS.test(other));
    if (isLicence(text)) return !intent.mayRemoveKind(LICENCE_WORDS) && !added.some(isLicence);
    if (intent.mayRemoveLines) return false;
    if (languageId === "markdown" && MARKER.test(text)) return !added.some((other) => MARKER.test(other.trim()));
    if (SIGNATURE.test(text)) return !added.some((other) => SIGNATURE.test(other.trim()));
    const held = heldBy(text);
    if (held === undefined || added.some((other) => OTHER_RELEASE.test(other) || isRelease(other))) return false;
    // The hunk does something else with the resource.
    if (gained.some((other) => other.includes(`${held}.`))) return false;
    // A resource that nothing near uses any more needs no release.
    const around = [...added, ...after.slice(Math.max(0, at - AROUND), at + AROUND)];
    return wordsOf(around.join("\n")).has(held.toLowerCase());
  };
  return hunks.flatMap((hunk) => hunk.removed.filter((line) => isGone(line, hunk)));
}

/** The name of the resource that a line releases, if it does. */
const heldBy = (line: string) =>
  RELEASES.exec(line)
    ?.slice(1)
    .find((name) => name);

/** Whether a line releases a resource, as `a.close()` does. */
export const isRelease = (line: string) => RELEASES.test(line.trim());

const isLicence = (line: string) => (COMMENTED.test(line) && LICENSED.test(line)) || NOTICE.test(line);
