/** Finds blocks that a reply opens again inside themselves, with a slightly different head. */
import { lastLine } from "../code/extent.ts";
import { indentationWidth } from "../text/indentation.ts";
import { isBlank } from "../text/lines.ts";
import { opensBlock } from "../text/raggedLine.ts";
import { boundBy, hasVariables } from "./boundNames.ts";
import { codeText } from "./codeText.ts";
import type { Texts } from "./declared.ts";
import { type Hunk, LONGEST_LINE, normalizeSpace } from "./hunks.ts";
import { isUsed } from "./usedNames.ts";

const HEAD =
  /^(?:await\s+|async\s+)?(for|foreach|while|until|if|unless|with|using|switch|when|match|case|select|lock|synchronized)\b\s*(.*)$/i;
const LOOPS = /^for(?:each)?$/i;
/** What a loop iterates over. */
const THROUGH = /(?:\s(?:in|of)\s|\s:\s|<-|\brange\s|\sas\s)(.*)$/;
const EACH = /^(.*?)\.(?:each\w*|forEach\w*|map)\b/;

/** The first such head, quoted. At most one. */
export function reopenedBlocks(hunks: readonly Hunk[], { languageId, after }: Texts): string[] {
  for (const { at, removed, added } of hunks) {
    const gone = new Set(removed.map(normalizeSpace));
    const again = added.find((line, i) => {
      if (line.length > LONGEST_LINE || !opensBlock(line) || gone.has(normalizeSpace(line))) return false;
      const parent = parentOf(after, at + i);
      if (parent === undefined || parent >= at || after[parent]!.length > LONGEST_LINE) return false;
      return isAgain(line, parent, { after, removed, languageId });
    });
    if (again !== undefined) return [`"${normalizeSpace(again)}"`];
  }
  return [];
}

/** The line that opens the block around a line, by indentation. */
function parentOf(lines: readonly string[], line: number): number | undefined {
  const width = indentationWidth(lines[line]!);
  for (let i = line - 1; i >= 0; i--) if (!isBlank(lines[i]!) && indentationWidth(lines[i]!) < width) return i;
  return undefined;
}

type Place = { after: readonly string[]; removed: readonly string[]; languageId: string };

function isAgain(line: string, parent: number, { after, removed, languageId }: Place): boolean {
  const above = after[parent]!.trim();
  const [own, outer] = [line.trim(), above].map((text) => HEAD.exec(text));
  const through = (text: string) => normalizeSpace(withoutEnd(THROUGH.exec(text)?.[1] ?? "").replace(/\)$/, ""));
  const isLoop = own && outer && LOOPS.test(own[1]!) && LOOPS.test(outer[1]!);
  const each = [line.trim(), above].map((text) => EACH.exec(text)?.[1]);
  if (isLoop || (each[0] !== undefined && each[0] === each[1])) {
    if (isLoop && (through(above) === "" || through(above) !== through(line.trim()))) return false;
    return isForgotten(above, parent, { after, removed, languageId });
  }
  if (!own || !outer || own[1] !== outer[1]) return false;
  const [condition, said] = [outer[2]!, own[2]!].map((text) => normalizeSpace(withoutEnd(text)));
  return condition !== "" && isOperandOf(condition!, said!);
}

/** Whether the removed lines used a variable of the outer loop, and its new body uses none. */
function isForgotten(head: string, parent: number, { after, removed, languageId }: Place): boolean {
  if (!hasVariables(languageId)) return false;
  const names = boundBy(head, languageId).flatMap(({ name, inside }) => (inside ? name : []));
  const end = lastLine(
    after,
    parent,
    after.map(() => false),
  );
  const [had, has] = [removed, after.slice(parent + 1, end + 1)].map((lines) => codeText(lines, languageId));
  const isIn = (code: string) => (name: string) => isUsed(name, code, languageId);
  return names.some(isIn(had!)) && !names.some(isIn(has!));
}

/** A head without the sign that opens its block, and without brackets around the rest. */
const withoutEnd = (text: string) =>
  text
    .replace(/\s*(?:\{|:|\bdo|\bthen|->|=>)\s*$/, "")
    .trim()
    .replace(/^\((.*)\)$/, "$1");

/** Whether `other` is the condition itself, or joins it to others with `and`, `or` or a comma. */
function isOperandOf(condition: string, other: string): boolean {
  const at = other.indexOf(condition);
  if (at < 0) return false;
  const [before, behind] = [other.slice(0, at), other.slice(at + condition.length)];
  return /(?:^|&&|\|\||\band|\bor|,)[\s(]*$/.test(before) && /^[\s)]*(?:$|&&|\|\||and\b|or\b|,)/.test(behind);
}
