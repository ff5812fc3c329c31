/** Finds lines that begin inside a multi-line string. Their indentation is text and says nothing about the code. */
import { indentationUnit, indentationWidth } from "./indentation.ts";
import { isBlank } from "./lines.ts";

/** `line`: signs of one-line comments. `long`, `comments`: delimiters of multi-line strings and comments. */
type Syntax = { line: string[]; long: [open: string, close: string][]; comments: [open: string, close: string][] };

const SLASHES: [string, string][] = [["/*", "*/"]];
const TRIPLE: [string, string][] = [['"""', '"""']];
const TRIPLES: [string, string][] = [...TRIPLE, ["'''", "'''"]];
const SCRIPT: Syntax = { line: ["//"], long: [["`", "`"]], comments: SLASHES };
const BRACED: Syntax = { line: ["//"], long: TRIPLE, comments: SLASHES };
const HASHED: Syntax = { line: ["#"], long: TRIPLES, comments: [] };

const SYNTAXES: Record<string, Syntax> = {
  javascript: SCRIPT,
  javascriptreact: SCRIPT,
  typescript: SCRIPT,
  typescriptreact: SCRIPT,
  vue: SCRIPT,
  svelte: SCRIPT,
  go: SCRIPT,
  python: HASHED,
  toml: HASHED,
  elixir: HASHED,
  julia: HASHED,
  java: BRACED,
  kotlin: BRACED,
  scala: BRACED,
  swift: BRACED,
  cpp: { line: ["//"], long: [['R"(', ')"']], comments: SLASHES },
  html: {
    line: [],
    long: [
      ["<pre", "</pre>"],
      ["<textarea", "</textarea>"],
    ],
    comments: [["<!--", "-->"]],
  },
  csharp: { ...BRACED, long: [...TRIPLE, ['@"', '"']] },
  dart: { ...BRACED, long: TRIPLES },
  groovy: { ...BRACED, long: TRIPLES },
  rust: {
    line: ["//"],
    long: [
      ['r#"', '"#'],
      ['r"', '"'],
      ['"', '"'],
    ],
    comments: SLASHES,
  },
  php: {
    line: ["//", "#"],
    long: [
      ['"', '"'],
      ["'", "'"],
    ],
    comments: SLASHES,
  },
  lua: {
    line: ["--"],
    long: [
      ["[[", "]]"],
      ["[=[", "]=]"],
    ],
    comments: [["--[[", "]]"]],
  },
};
/** The beginnings of heredocs. The group is the word that ends one, alone on its line. */
const HEREDOC: Record<string, RegExp> = {
  php: /<<<\s*["']?(\w+)["']?\s*$/,
  ruby: /<<[~-]?["'`]?([A-Z_]\w*)["'`]?/,
  shellscript: /<<-?\s*["'\\]?([A-Za-z_]\w*)["']?/,
  perl: /<<~?["']?([A-Z_]\w*)["']?/,
};
const MAY_OPEN = /["'`]|\/\*|\[=?\[|<(?:pre|textarea|!--)/;
const PREPROCESSED = new Set(["c", "cpp", "objective-c", "objective-cpp", "cuda-cpp"]);
const YAML = new Set(["yaml", "dockercompose"]);
const BLOCK_SCALAR = /(?:^|[:\-\s])[|>][-+\d]*\s*(?:#.*)?$/;

/** For each line, whether it begins inside a string. All false for unknown languages. */
export function linesInStrings(lines: readonly string[], languageId: string): boolean[] {
  if (YAML.has(languageId)) return inBlockScalars(lines);
  const syntax = Object.hasOwn(SYNTAXES, languageId) ? SYNTAXES[languageId] : undefined;
  const heredoc = Object.hasOwn(HEREDOC, languageId) ? HEREDOC[languageId] : undefined;
  let open: { close: string; string: boolean } | undefined;
  let word: string | undefined;
  return lines.map((line) => {
    if (word !== undefined) {
      if (line.trim().replace(/[;,)]+$/, "") === word) word = undefined;
      return true;
    }
    const inside = open?.string === true;
    if (syntax) open = afterLine(line, syntax, open);
    if (heredoc && !open) word = heredoc.exec(line)?.[1];
    return inside;
  });
}

/** For each line, whether its indentation means nothing: it begins inside a string, or is a preprocessor directive. */
export function linesWithoutDepth(lines: readonly string[], languageId: string): boolean[] {
  const isDirective = (line: string) => PREPROCESSED.has(languageId) && /^\s*#\s*[a-z]/.test(line);
  return linesInStrings(lines, languageId).map((inString, i) => inString || isDirective(lines[i]!));
}

/** One level of the indentation of a file's code. Undefined if the lines do not show it. */
export function unitOf(lines: readonly string[], languageId: string): string | undefined {
  const inString = linesInStrings(lines, languageId);
  return indentationUnit(lines.filter((_, i) => !inString[i]));
}

function afterLine(
  line: string,
  { line: remarks, long, comments }: Syntax,
  before: { close: string; string: boolean } | undefined,
) {
  if (!before && !MAY_OPEN.test(line)) return undefined;
  let open = before;
  for (let i = 0; i < line.length; ) {
    if (open) {
      if (line[i] === "\\" && open.string) i += 2;
      else if (line.startsWith(open.close, i)) {
        i += open.close.length;
        open = undefined;
      } else i++;
      continue;
    }
    const at = i;
    const starts = ([begin]: [string, string]) => line.startsWith(begin, at);
    const [comment, string] = [comments.find(starts), long.find(starts)];
    const [begin, close] = comment ?? string ?? [];
    if (begin !== undefined && close !== undefined) {
      open = { close, string: !comment };
      i += begin.length;
    } else if (remarks.some((sign) => line.startsWith(sign, at))) break;
    else if (line[i] === '"' || line[i] === "'") i = endOfString(line, i);
    else i++;
  }
  return open;
}

/** The position after a one-line string. A quote that is not closed on its line is something else. */
function endOfString(line: string, start: number): number {
  for (let i = start + 1; i < line.length; i++) {
    if (line[i] === "\\") i++;
    else if (line[i] === line[start]) return i + 1;
  }
  return start + 1;
}

function inBlockScalars(lines: readonly string[]): boolean[] {
  let width: number | undefined;
  return lines.map((line) => {
    if (width !== undefined && (isBlank(line) || indentationWidth(line) > width)) return true;
    width = BLOCK_SCALAR.test(line) && !line.trim().startsWith("#") ? indentationWidth(line) : undefined;
    return false;
  });
}
