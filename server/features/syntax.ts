/** Whether a text parses, and where it does not. */
import type { Node } from "@vscode/tree-sitter-wasm";
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import type { Grammars } from "./grammars.ts";
import { linesOf } from "./lines.ts";

/** `line` is 0-based. `what`: in words. `text`: the line, shortened. */
export type SyntaxProblem = { line: number; what: string; text: string };

/** In characters. */
const LONGEST_LINE = 120;
const LONGEST_WORDS = 40;

/** Undefined where that cannot be told: for a language without a grammar, and for a text that is too long. */
export async function syntaxErrors(
  grammars: Grammars,
  languageId: string,
  text: string,
): Promise<SyntaxProblem[] | undefined> {
  const lines = linesOf(text);
  const found =
    languageId === "json" || languageId === "jsonc"
      ? jsonErrors(text, languageId)
      : await grammars.parse(languageId, text, ({ rootNode }) => treeErrors(rootNode));
  return found?.map((error) => ({ ...error, text: shorten(lines[error.line] ?? "", LONGEST_LINE) }));
}

type Found = Omit<SyntaxProblem, "text">;

/** The errors that `after` has more than `before`: none where there are no more of them, whatever they are. */
export function newErrors(before: SyntaxProblem[] | undefined, after: SyntaxProblem[] | undefined): SyntaxProblem[] {
  if (!before || !after || after.length <= before.length) return [];
  const known = new Set(before.map(({ what, text }) => `${what}\n${text}`));
  const fresh = after.filter(({ what, text }) => !known.has(`${what}\n${text}`));
  return fresh.length > 0 ? fresh : after;
}

export const countErrors = (root: Node) => faults(root).length;

/** Nodes that stand for what is missing, or does not fit. */
function faults(root: Node): Node[] {
  const found: Node[] = [];
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.isMissing || node.isError) found.push(node);
    if (node.hasError) open.push(...node.children.filter((child) => child !== null));
  }
  return found;
}

function treeErrors(root: Node): Found[] {
  const found = faults(root).map((node) => ({
    line: node.startPosition.row,
    what: node.isMissing
      ? `${JSON.stringify(node.type)} is missing`
      : `${JSON.stringify(shorten(node.text, LONGEST_WORDS))} does not fit`,
  }));
  return found.sort((a, b) => a.line - b.line);
}

/** Comments are let pass: many a .json file is read by a program that knows them. */
function jsonErrors(text: string, languageId: string): Found[] {
  const errors: ParseError[] = [];
  parse(text, errors, { allowTrailingComma: languageId === "jsonc" });
  return errors.map(({ error, offset }) => ({
    line: linesOf(text.slice(0, offset)).length - 1,
    what: printParseErrorCode(error),
  }));
}

function shorten(text: string, chars: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > chars ? `${line.slice(0, chars - 1)}…` : line;
}
