/** Checks whether a text parses, and finds where it does not. */
import type { Node } from "@vscode/tree-sitter-wasm";
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import { inOneLine, linesOf } from "../text/lines.ts";
import { errorNodes } from "./errorNodes.ts";
import type { Grammars } from "./grammars.ts";

/** `line` is 0-based. `what`: a description. `text`: the line, shortened. */
export type SyntaxProblem = { line: number; what: string; text: string };

/** Maximum lengths in a description, characters. */
const MAX_LINE_CHARS = 120;
const MAX_WORDS_CHARS = 40;
const NO_FIT = " does not fit";

/** Undefined if unknown: for a language without a grammar, and for a text that is too long. */
export async function syntaxErrors(
  grammars: Grammars,
  languageId: string,
  text: string,
): Promise<SyntaxProblem[] | undefined> {
  const lines = linesOf(text);
  const found =
    languageId === "json" || languageId === "jsonc"
      ? jsonErrors(text, languageId)
      : // The grammars do not accept "\r" as a line end.
        await grammars.parse(languageId, lines.join("\n"), ({ rootNode }) => treeErrors(rootNode));
  return found?.map((error) => ({ ...error, text: inOneLine(lines[error.line] ?? "", MAX_LINE_CHARS) }));
}

type Found = Omit<SyntaxProblem, "text">;

/**
 * The errors that are new in `after`; none unless `after` has more errors than `before`. An error of the same shape as
 * an earlier one, apart from names, is the grammar's fault.
 */
export function newErrors(before: SyntaxProblem[] | undefined, after: SyntaxProblem[] | undefined): SyntaxProblem[] {
  if (!before || !after || after.length <= before.length) return [];
  const shapes = new Set(before.filter(isOfGrammar).map(shapeOf));
  const counting = after.filter((problem) => !isOfGrammar(problem) || !shapes.has(shapeOf(problem)));
  if (counting.length === 0) return [];
  const known = new Set(before.map(({ what, text }) => `${what}\n${text}`));
  const fresh = counting.filter(({ what, text }) => !known.has(`${what}\n${text}`));
  return fresh.length > 0 ? fresh : counting;
}

const doesNotFit = ({ what }: SyntaxProblem) => what.endsWith(NO_FIT);
/** What is missing in front of a block is so of a macro that has one: `TEST_CASE("a") {`. */
const isOfGrammar = (problem: SyntaxProblem) => doesNotFit(problem) || /\)\s*\{$/.test(problem.text);
const shapeOf = ({ what, text }: SyntaxProblem) => `${what}\n${text}`.replace(/[\p{L}\p{N}_$]+/gu, "x");

function treeErrors(root: Node): Found[] {
  const found = errorNodes(root).map((node) => ({
    line: node.startPosition.row,
    what: node.isMissing
      ? `${JSON.stringify(node.type)} is missing`
      : `${JSON.stringify(inOneLine(node.text, MAX_WORDS_CHARS))}${NO_FIT}`,
  }));
  return found.sort((a, b) => a.line - b.line);
}

/** Comments are allowed: many programs that read .json files accept them. */
function jsonErrors(text: string, languageId: string): Found[] {
  const errors: ParseError[] = [];
  parse(text, errors, { allowTrailingComma: languageId === "jsonc" });
  return errors.map(({ error, offset }) => ({
    line: linesOf(text.slice(0, offset)).length - 1,
    what: printParseErrorCode(error),
  }));
}
