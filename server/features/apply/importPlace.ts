/** Finds the place of a file's first import: after everything that must come before it. */
import { isBlank } from "../text/lines.ts";

/** Comments of one line. A directive such as `#include` is no comment. */
const LINE_COMMENT = /^(?:\/\/|#(?!\s*(?:include|import|pragma|if|define|undef)|!\[|\[)|--|;)/;
const BLOCK_COMMENT = /^(?:\/\*|<!--)/;
/** What must come before all imports. */
const FIRST: Record<string, RegExp> = {
  typescript: /^["']use /,
  typescriptreact: /^["']use /,
  javascript: /^["']use /,
  javascriptreact: /^["']use /,
  java: /^package\b/,
  kotlin: /^(?:package\b|@file:)/,
  scala: /^package\b/,
  groovy: /^package\b/,
  go: /^package\b/,
  dart: /^(?:library|part of)\b/,
  rust: /^(?:#!\[|\/\/!)/,
  php: /^(?:<\?php|<\?=?$|declare\s*\(|namespace\b[^{]*;)/,
  csharp: /^(?:extern\s+alias|#nullable)\b/,
  perl: /^package\b/,
  haskell: /^module\b|^\{-#/,
  c: /^#\s*pragma\s+once/,
  cpp: /^#\s*pragma\s+once/,
};
/** A comment about the file, even if code follows it directly. */
const OF_THE_FILE =
  /^#!|copyright|licen[sc]e|spdx|all rights reserved|@(?:file|fileoverview|ts-|jsx|flow|prettier|generated)|eslint|prettier|jshint|frozen_string_literal|coding[:=]|go:build|\+build|shellcheck|pylint|mypy|noqa|nosec|clang-format/i;

/** Whether a line must come before all imports. */
export function opensFile(line: string, languageId: string): boolean {
  return Object.hasOwn(FIRST, languageId) && FIRST[languageId]!.test(line.trim());
}

/** `at`: the line before which a first import goes, 0-based. `above`, `below`: whether it needs a blank line there. */
export function topPlace(lines: readonly string[], languageId: string): { at: number; above: boolean; below: boolean } {
  const first = Object.hasOwn(FIRST, languageId) ? FIRST[languageId]! : undefined;
  let at = 0;
  for (let line = 0; line < lines.length; ) {
    const text = lines[line]!.trim();
    if (text === "") line++;
    else if (first?.test(text)) at = line = restOf(lines, line, languageId) + 1;
    else if (guards(lines, line, languageId)) at = line = line + 2;
    else if (isDocstring(lines, line, languageId)) at = line = endOfDocstring(lines, line) + 1;
    else if (LINE_COMMENT.test(text) || BLOCK_COMMENT.test(text)) {
      const end = endOfComment(lines, line);
      const apart = isBlank(lines[end + 1] ?? "");
      if (apart || belongsToFile(lines.slice(line, end + 1)) || first?.test(lines[end + 1]!.trim())) at = end + 1;
      line = end + 1;
    } else break;
  }
  return { at, above: at > 0 && !isBlank(lines[at - 1]!), below: !isBlank(lines[at] ?? "") };
}

/** Whether a comment right above code is about the file: it says so, or it is a block comment but no doc comment. */
function belongsToFile(comment: readonly string[]): boolean {
  return /^\s*\/\*(?!\*)/.test(comment[0]!) || OF_THE_FILE.test(comment.join("\n"));
}

/** The last line of a comment. Consecutive line comments are one. */
function endOfComment(lines: readonly string[], start: number): number {
  if (BLOCK_COMMENT.test(lines[start]!.trim())) {
    const close = lines[start]!.trim().startsWith("<") ? "-->" : "*/";
    const end = lines.findIndex((line, i) => i >= start && line.includes(close));
    return end < 0 ? lines.length - 1 : end;
  }
  let end = start;
  while (end + 1 < lines.length && LINE_COMMENT.test(lines[end + 1]!.trim())) end++;
  return end;
}

/** The last line of what begins at `line`: Haskell's module header may take several. */
function restOf(lines: readonly string[], line: number, languageId: string): number {
  if (languageId !== "haskell" || !lines[line]!.startsWith("module")) return line;
  const end = lines.findIndex((text, i) => i >= line && /\bwhere\s*$/.test(text));
  return end < 0 ? line : end;
}

/** Whether an include guard begins at a line. */
function guards(lines: readonly string[], line: number, languageId: string): boolean {
  if (!/^(?:c|cpp|cuda-cpp)$/.test(languageId)) return false;
  const name = /^\s*#\s*ifndef\s+(\w+)/.exec(lines[line]!)?.[1];
  return name !== undefined && (lines[line + 1]?.includes(name) ?? false);
}

const DOCSTRING = /^[rRuU]?("""|'''|"(?!")|'(?!'))/;

const isDocstring = (lines: readonly string[], line: number, languageId: string) =>
  languageId === "python" && DOCSTRING.test(lines[line]!);

function endOfDocstring(lines: readonly string[], start: number): number {
  const quotes = DOCSTRING.exec(lines[start]!)![1]!;
  if (quotes.length === 1) return start;
  if (lines[start]!.split(quotes).length > 2) return start;
  const end = lines.findIndex((line, i) => i > start && line.includes(quotes));
  return end < 0 ? start : end;
}
