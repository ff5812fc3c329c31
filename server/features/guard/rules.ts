/** The declarations of files that are read without a grammar: rules of style sheets, blocks of settings. */
import { blockOutline } from "../code/blockOutline.ts";
import { dataOutline } from "../code/dataOutline.ts";
import type { Declaration } from "../code/outlineTypes.ts";

const SHEETS = new Set(["scss", "less"]);
/** Settings, made of blocks with names. */
const BLOCKS = new Set(["terraform", "hcl"]);
/** One block that stands for several. */
const REPEATS = /^\s*(?:for_each|count)\s*=/m;

/** Without what they set. Undefined for other languages. */
export function rulesIn(lines: readonly string[], languageId: string): Declaration[] | undefined {
  if (SHEETS.has(languageId)) return containersOf(dataOutline(lines, languageId)!);
  return BLOCKS.has(languageId) ? containersOf(blockOutline(lines, languageId)!) : undefined;
}

function containersOf(rules: readonly Declaration[]): Declaration[] {
  return rules
    .filter(({ group }) => group === "container")
    .map((rule) => ({ ...rule, children: containersOf(rule.children) }));
}

/** Whether a new block makes several of another one's type. */
export function isOneForSeveral(
  from: { name: string },
  to: { name: string; body: string },
  languageId: string,
): boolean {
  return BLOCKS.has(languageId) && to.name.split(" ")[1] === from.name.split(" ")[1] && REPEATS.test(to.body);
}

/** Whether a block with a type and a name is none of another one's type: `resource "type" "name"`. */
export function isOtherType(name: string, other: string): boolean {
  const [parts, its] = [name, other].map((text) => text.split(" "));
  const isTyped = [parts!, its!].every(
    (words) => words.length === 3 && words.slice(1).every((word) => /^"/.test(word)),
  );
  return isTyped && (parts![0] !== its![0] || parts![1] !== its![1]);
}
