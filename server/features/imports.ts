/** The lines by which a file names what it uses. */
import { cutMarker } from "./prompts.ts";

const JAVASCRIPT = /^(?:import\b(?!\s*[(.])|(?:const|let|var)\s.*=\s*require\()/;
const C = /^#\s*(?:include|import)\b|^using\s/;
const PLAIN = /^(?:public\s+)?import\s/;

const IMPORT: Record<string, RegExp> = {
  typescript: JAVASCRIPT,
  typescriptreact: JAVASCRIPT,
  javascript: JAVASCRIPT,
  javascriptreact: JAVASCRIPT,
  vue: JAVASCRIPT,
  svelte: JAVASCRIPT,
  python: /^(?:import|from)\s/,
  c: C,
  cpp: C,
  "cuda-cpp": C,
  "objective-c": C,
  csharp: /^(?:global\s+)?using\s/,
  rust: /^(?:pub(?:\([^)]*\))?\s+)?(?:use|extern\s+crate|mod)\s/,
  go: PLAIN,
  java: PLAIN,
  kotlin: PLAIN,
  scala: PLAIN,
  swift: PLAIN,
  dart: PLAIN,
  haskell: PLAIN,
  groovy: PLAIN,
  php: /^(?:use|require|include)(?:_once)?\b/,
  ruby: /^require(?:_relative)?\b/,
  lua: /^(?:local\s.*=\s*)?require\b/,
  perl: /^(?:use|require)\s/,
  r: /^(?:library|require|source)\(/,
  elixir: /^\s*(?:alias|import|use|require)\s/,
  shellscript: /^(?:source|\.)\s/,
  css: /^@import\b/,
  scss: /^@(?:import|use|forward)\b/,
  less: /^@import\b/,
};

/** Imports further down than so many lines are not looked for, and longer lines than so many characters are data. */
const SEARCHED_LINES = 200;
const LONGEST_LINE = 300;

/** The lines of each import near the top of a file, 0-based, both inclusive. */
export function importStatements(lines: readonly string[], languageId: string): { first: number; last: number }[] {
  const pattern = Object.hasOwn(IMPORT, languageId) ? IMPORT[languageId] : undefined;
  if (!pattern) return [];
  const found: { first: number; last: number }[] = [];
  let depth = 0;
  for (const [i, line] of lines.slice(0, SEARCHED_LINES).entries()) {
    if (depth <= 0 && !pattern.test(line)) continue;
    // An import goes on for as long as its brackets are open.
    if (depth <= 0) found.push({ first: i, last: i });
    else found.at(-1)!.last = i;
    depth = Math.max(0, depth) + (line.match(/[([{]/g) ?? []).length - (line.match(/[)\]}]/g) ?? []).length;
  }
  return found;
}

/**
 * The import lines near the top of a file, at most `limit` of them and then a marker. Lines that are part of the
 * selection are left out: the model sees them anyway. Empty where there are none, or for a language we don't know.
 */
export function importLines(
  lines: readonly string[],
  languageId: string,
  selection: { first: number; last: number },
  limit: number,
): string[] {
  const found = importStatements(lines, languageId)
    .flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i))
    .filter((line) => (line < selection.first || line > selection.last) && lines[line]!.length <= LONGEST_LINE)
    .map((line) => lines[line]!.trimEnd());
  return found.length > limit ? [...found.slice(0, limit), cutMarker(found.length - limit)] : found;
}
