/** Chooses the block of an answer that is the requested code. */

import { fenceTag, languageOf } from "../code/languages.ts";
import { closedCode, type FencedBlock } from "../text/fences.ts";
import { linesOf } from "../text/lines.ts";
import { isCode, shareOf, wordsOf } from "../text/words.ts";
import { isDiff } from "./diffs.ts";

/** Languages that models confuse with each other. */
const FAMILIES: string[][] = [
  ["typescript", "typescriptreact", "javascript", "javascriptreact", "vue", "svelte", "ts", "tsx", "js", "jsx", "node"],
  ["c", "cpp", "cuda-cpp", "objective-c", "c++"],
  ["json", "jsonc", "json5"],
  ["html", "vue", "svelte", "xml", "php", "handlebars", "erb"],
  ["css", "scss", "less"],
  ["shellscript", "bash", "sh", "shell", "zsh"],
  ["yaml", "dockercompose", "yml"],
  ["python", "python3", "py"],
  ["csharp", "cs", "c#"],
  ["rust", "rs"],
  ["ruby", "rb"],
  ["kotlin", "kt"],
  ["go", "golang"],
  ["makefile", "make"],
];
/** Languages of blocks that are not the code, unless the file has that language. */
const ASIDE = /^(?:text|txt|plaintext|output|console|terminal|bash|sh|shell|zsh|powershell|cmd|diff|patch|log)$/i;
/** Words that introduce blocks other than the code: examples of use, the old code. */
const INTRODUCES =
  /\b(?:usage|us(?:e|ing) it|example|demo|test it|try it|run it|call it|output|prints?|result|install\w*|before|original(?:ly)?|old|previous(?:ly)?|was|verwendung|benutz\w*|beispiel|ausgabe|vorher|bisher|alt|uso|ejemplo|salida|antes|utilisation|exemple|sortie|avant|utilizzo|esempio|prima)\b|使用例|使い方|例|出力|変更前|元の/iu;
/** Words that introduce the code after all: "replace the old code by". */
const CODE_AGAIN =
  /\b(?:after|new|updated|improved|changed|edited|replac\w*|nachher|neu|después|nuevo|après|nouveau|dopo|nuovo)\b|変更後/iu;
/** Minimum share of the selection's words in the code. */
const LEAST_SHARE = 0.6;
/** By how much the best block's share must exceed the others'. */
const CLEARLY = 1.5;

/** The block that fits the selection best. Undefined if several fit. `blocks`: at least one. */
export function chosenBlock(
  blocks: readonly FencedBlock[],
  answer: readonly string[],
  { languageId, selected }: { languageId: string; selected: string },
): FencedBlock | undefined {
  const wholes = blocks.map((block) => (block.open ? { ...block, code: closedCode(block) } : block));
  const rules: ((block: FencedBlock) => boolean)[] = [
    ({ info }) => isOwn(tagOf(info), languageId),
    ({ info, code }) => !ASIDE.test(tagOf(info)) && !isDiff(code, tagOf(info), selected),
    ({ info }) => tagOf(info) === "" || isOwn(tagOf(info), languageId),
    ({ code }) => bare(code) !== bare(selected),
    (block) => !isAside(answer, block),
  ];
  let left = distinct(wholes);
  for (const rule of rules) {
    if (left.length === 1) break;
    const passing = left.filter(rule);
    if (passing.length > 0) left = passing;
  }
  if (left.length === 1) return left[0];
  const words = wordsOf(selected);
  if (words.size === 0) return undefined;
  const shares = left.map(({ code }) => shareOf(words, wordsOf(code)));
  const order = left.map((_, i) => i).sort((a, b) => shares[b]! - shares[a]!);
  const [best, second] = [shares[order[0]!]!, shares[order[1]!]!];
  const found = best >= LEAST_SHARE && best >= second * CLEARLY ? left[order[0]!] : undefined;
  const isInParts = (block: FencedBlock) =>
    block !== found && (holdsMore(block, found!, selected) || declaresFor(block, found!, selected));
  return found && left.some(isInParts) ? undefined : found;
}

/** At the margin, or behind what says who may use it. */
const DECLARED =
  /^(?:(?:export|async|pub|public|private|static|default)\s+)*(?:def|function|func|fn|fun|class|struct|interface|type|enum|const|let|var|val)\s+(\w+)/gm;

/** Whether a block declares what only the other one uses. */
function declaresFor({ code }: FencedBlock, other: FencedBlock, selected: string): boolean {
  const [own, its] = [code, other.code].map((text) => new Set([...text.matchAll(DECLARED)].map(([, name]) => name!)));
  const isUsed = (name: string, text: string) => new RegExp(`\\b${name}\\b`).test(text);
  return [...own!].some((name) => !its!.has(name) && isUsed(name, other.code) && !isUsed(name, selected));
}

/** Whether a block has lines of the selection that `other` lacks: then the answer is in parts. */
function holdsMore({ code }: FencedBlock, other: FencedBlock, selected: string): boolean {
  const [own, there] = [code, other.code].map((text) => new Set(linesOf(text).map((line) => line.trim())));
  return linesOf(selected).some((line) => isCode(line) && own!.has(line.trim()) && !there!.has(line.trim()));
}

/** The language of a fence's info string, in lower case. Empty without one. */
export const tagOf = (info: string) => /^\{?\.?([\w+#-]*)/.exec(info)![1]!.toLowerCase();

function isOwn(tag: string, languageId: string): boolean {
  const names = [tag, languageOf(`x.${tag}`)];
  if (names.includes(languageId) || tag === fenceTag(languageId)) return true;
  return FAMILIES.some((family) => family.includes(languageId) && names.some((name) => family.includes(name)));
}

const bare = (code: string) =>
  linesOf(code)
    .map((line) => line.trim())
    .join("\n")
    .trim();

function distinct(blocks: readonly FencedBlock[]): FencedBlock[] {
  const seen = new Map(blocks.map((block) => [bare(block.code), block]));
  return [...seen.values()];
}

/** Whether the prose above a block says that it is not the code. */
function isAside(answer: readonly string[], { first }: FencedBlock): boolean {
  const above = answer.slice(0, first).findLast((line) => line.trim() !== "") ?? "";
  return above.length < 200 && INTRODUCES.test(above) && !CODE_AGAIN.test(above);
}
