/** Places code that says itself what it replaces: a diff, or passages between markers. Edits read both alike. */
import { t } from "@vscode/l10n";
import { diffArrays } from "diff";
import { TextDocument } from "vscode-languageserver-textdocument";
import { placeBlocks } from "../passages/placeBlocks.ts";
import { type Refusal, refusal, refusalForUser } from "../passages/refusals.ts";
import { isDiff, passagesOf } from "../reading/diffs.ts";
import { hasMarkers, parseLoosely } from "../reading/looseBlocks.ts";
import type { ParsedBlocks } from "../text/blocks.ts";
import { linesOf } from "../text/lines.ts";
import { unitOf } from "../text/literals.ts";
import { selectionOf } from "../text/selection.ts";
import { changedRuns } from "../text/textEdits.ts";
import { notPlaced, quoted, type Replacement } from "./source.ts";

/** Undefined for other code. Throws EngineError notPlaced unless every passage has exactly one place. */
export function placePassages(
  { lines, languageId }: { lines: readonly string[]; languageId: string },
  code: readonly string[],
): Replacement[] | undefined {
  const passages = passagesIn(lines, code, languageId);
  if (!passages) return undefined;
  const file = TextDocument.create("file:///", languageId, 0, lines.join("\n"));
  const end = file.positionAt(file.getText().length);
  const selection = selectionOf(file, { start: { line: 0, character: 0 }, end });
  const { newText, refused } = placeBlocks(passages.blocks, selection, unitOf(lines, languageId));
  const [first] = [...passages.malformed.map((search) => refusal(search, "malformed")), ...refused];
  if (first) throw notPlaced(reasonOf(first));
  if (passages.blocks.length === 0) throw notPlaced(t("there is no code in it"));
  const fresh = linesOf(newText);
  return changedRuns(diffArrays([...lines], fresh)).map(({ from, removed, to, added }) => ({
    first: from,
    last: from + removed - 1,
    lines: fresh.slice(to, to + added),
  }));
}

function passagesIn(lines: readonly string[], code: readonly string[], languageId: string): ParsedBlocks | undefined {
  if (hasMarkers(code, lines)) return parseLoosely(code, false);
  const [text, shown] = [code.join("\n"), lines.join("\n")];
  if (/^(?:diff|patch)$/.test(languageId) || !isDiff(text, "", shown)) return undefined;
  return { blocks: passagesOf(text, shown), malformed: [], open: false };
}

function reasonOf(refused: Refusal): string {
  if (refused.why === "missing") return t("{0} is not in it", quoted(refused.passage));
  return `${quoted(refused.passage)} (${refusalForUser(refused).reason})`;
}
