/** Finds the import lines of a file. */

import { lineNumbers } from "../text/lines.ts";
import { linesInText } from "../text/linesInText.ts";
import { cutMarker } from "../text/prompts.ts";

const JAVASCRIPT = /^(?:import\b(?!\s*[(.])|(?:const|let|var)\s.*=\s*require\(|require\(\s*["'])/;
/** Code in the sections of a file with several languages can be indented. */
const SECTION = /^\s*import\b(?!\s*[(.])/;
const C = /^#\s*(?:include|import)\b|^using\s/;
const PLAIN = /^(?:public\s+)?import\s/;

const IMPORT: Record<string, RegExp> = {
  typescript: JAVASCRIPT,
  typescriptreact: JAVASCRIPT,
  javascript: JAVASCRIPT,
  javascriptreact: JAVASCRIPT,
  vue: SECTION,
  svelte: SECTION,
  python: /^(?:import|from)\s/,
  c: C,
  cpp: C,
  "cuda-cpp": C,
  "objective-c": C,
  csharp: /^(?:global\s+)?using\s/,
  rust: /^(?:pub(?:\([^)]*\))?\s+)?(?:(?:use|extern\s+crate)\s|mod\s+\w+\s*;)/,
  go: PLAIN,
  java: PLAIN,
  kotlin: PLAIN,
  scala: PLAIN,
  swift: /^(?:@\w+\s+|public\s+|internal\s+|package\s+)*import\s/,
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

/** Languages besides C with `#if`. */
const CONDITIONS = new Set(["swift", "csharp", "haskell"]);

/**
 * How far down to look for imports, lines, and the maximum length of an import line, characters; longer lines are data.
 */
const SEARCHED_LINES = 200;
const MAX_LINE_CHARS = 300;

/** Lines are 0-based, both inclusive. `guarded`: the import is under a preprocessor condition. */
export type ImportStatement = { first: number; last: number; guarded?: boolean };

/** The lines of each import near the top of a file. */
export function importStatements(lines: readonly string[], languageId: string): ImportStatement[] {
  const pattern = Object.hasOwn(IMPORT, languageId) ? IMPORT[languageId] : undefined;
  if (!pattern) return [];
  const searched = lines.slice(0, SEARCHED_LINES);
  const inText = linesInText(searched, languageId);
  const guarded = pattern === C || CONDITIONS.has(languageId) ? guardedLines(searched) : undefined;
  const found: ImportStatement[] = [];
  let depth = 0;
  let continues = false;
  for (const [i, line] of searched.entries()) {
    const inside = depth > 0 || continues;
    if (!inside && (inText[i] || !(pattern.test(line) || opensRequire(lines, i, pattern)))) continue;
    // An import continues while its brackets are open, or while its last line ends in a backslash.
    if (!inside) found.push({ first: i, last: i, ...(guarded?.[i] && { guarded: true }) });
    else found.at(-1)!.last = i;
    depth = Math.max(0, depth) + (line.match(/[([{]/g) ?? []).length - (line.match(/[)\]}]/g) ?? []).length;
    continues = line.endsWith("\\");
  }
  return found;
}

/** The text of each statement, without indentation at its beginning. */
export const statementTexts = (
  lines: readonly string[],
  statements: readonly Pick<ImportStatement, "first" | "last">[],
): string[] =>
  statements.map(({ first, last }) =>
    lines
      .slice(first, last + 1)
      .join("\n")
      .trim(),
  );

/** Whether a line is the `const {` of a `} = require("…")` further down. */
function opensRequire(lines: readonly string[], line: number, pattern: RegExp): boolean {
  if (pattern !== JAVASCRIPT || !/^(?:const|let|var)\s*\{[^}]*$/.test(lines[line]!)) return false;
  const end = lines.findIndex((text, i) => i > line && text.includes("}"));
  return end > 0 && /^[^{]*\}\s*=\s*require\(/.test(lines[end]!);
}

/** Whether each line is inside an #if. An include guard does not count. */
function guardedLines(lines: readonly string[]): boolean[] {
  const first = lines.findIndex((line) => /^\s*#/.test(line));
  const name = /^\s*#\s*ifndef\s+(\w+)/.exec(lines[first] ?? "")?.[1];
  const isHeader = name !== undefined && new RegExp(`^\\s*#\\s*define\\s+${name}\\b`).test(lines[first + 1] ?? "");
  let depth = isHeader ? -1 : 0;
  return lines.map((line) => {
    if (/^\s*#\s*if/.test(line)) depth++;
    if (/^\s*#\s*endif\b/.test(line)) depth--;
    return depth > 0;
  });
}

/**
 * The import lines near the top of a file: at most `limit`, then a marker. Lines in the selection are left out, because
 * the model sees them anyway. Empty without imports and for unknown languages.
 */
export function importLines(
  lines: readonly string[],
  languageId: string,
  selection: { first: number; last: number },
  limit: number,
): string[] {
  const found = importStatements(lines, languageId)
    .flatMap(({ first, last }) => lineNumbers(first, last))
    .filter((line) => (line < selection.first || line > selection.last) && lines[line]!.length <= MAX_LINE_CHARS)
    .map((line) => lines[line]!.trimEnd());
  return found.length > limit ? [...found.slice(0, limit), cutMarker(found.length - limit)] : found;
}
