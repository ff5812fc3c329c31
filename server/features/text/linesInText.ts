/** Finds lines that begin inside a multi-line comment or string: they are not code, whatever they look like. */

type Delimiter = { open: string; close: string; escapes?: boolean; oneLine?: boolean };

const COMMENT: Delimiter = { open: "/*", close: "*/" };
const LINE_COMMENT: Delimiter = { open: "//", close: "\n", oneLine: true };
const HASH: Delimiter = { open: "#", close: "\n", oneLine: true };
const DOUBLE: Delimiter = { open: '"', close: '"', escapes: true, oneLine: true };
const SINGLE: Delimiter = { open: "'", close: "'", escapes: true, oneLine: true };
const TICKS: Delimiter = { open: "`", close: "`", escapes: true };
const LONG_DOUBLE: Delimiter = { open: '"""', close: '"""', escapes: true };
const LONG_SINGLE: Delimiter = { open: "'''", close: "'''", escapes: true };

const SCRIPT = [COMMENT, LINE_COMMENT, DOUBLE, SINGLE, TICKS];
const BRACED = [COMMENT, LINE_COMMENT, LONG_DOUBLE, DOUBLE, SINGLE];
// Lifetimes and labels in Rust look like the beginning of a character literal.
const PLAIN = [COMMENT, LINE_COMMENT, DOUBLE];
/** Of two delimiters with the same beginning, the longer one comes first. */
const DELIMITERS: Record<string, Delimiter[]> = {
  typescript: SCRIPT,
  typescriptreact: SCRIPT,
  javascript: SCRIPT,
  javascriptreact: SCRIPT,
  go: SCRIPT,
  python: [LONG_DOUBLE, LONG_SINGLE, DOUBLE, SINGLE, HASH],
  java: BRACED,
  kotlin: BRACED,
  scala: BRACED,
  csharp: BRACED,
  dart: [COMMENT, LINE_COMMENT, LONG_DOUBLE, LONG_SINGLE, DOUBLE, SINGLE],
  swift: [COMMENT, LINE_COMMENT, LONG_DOUBLE, DOUBLE],
  rust: PLAIN,
  c: PLAIN,
  cpp: PLAIN,
  "cuda-cpp": PLAIN,
  php: [COMMENT, LINE_COMMENT, HASH, DOUBLE, SINGLE],
  lua: [
    { open: "--[[", close: "]]" },
    { open: "--", close: "\n", oneLine: true },
    { open: "[[", close: "]]" },
    DOUBLE,
    SINGLE,
  ],
  haskell: [{ open: "{-", close: "-}" }, { open: "--", close: "\n", oneLine: true }, DOUBLE],
  css: [COMMENT],
  scss: [COMMENT, LINE_COMMENT],
  less: [COMMENT, LINE_COMMENT],
};

/** For each line, whether it begins inside a comment or a string. All false for unknown languages. */
export function linesInText(lines: readonly string[], languageId: string): boolean[] {
  const delimiters = Object.hasOwn(DELIMITERS, languageId) ? DELIMITERS[languageId]! : [];
  let open: Delimiter | undefined;
  return lines.map((line) => {
    const inside = open !== undefined;
    for (let at = 0; at < line.length; ) {
      if (!open) {
        open = delimiters.find((delimiter) => line.startsWith(delimiter.open, at));
        at += open?.open.length ?? 1;
      } else if (open.escapes && line[at] === "\\") at += 2;
      else if (line.startsWith(open.close, at)) {
        at += open.close.length;
        open = undefined;
      } else at++;
    }
    if (open?.oneLine) open = undefined;
    return inside;
  });
}
