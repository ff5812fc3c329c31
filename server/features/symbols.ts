/** Functions, classes and the like around a line, found by indentation: no parser, any language. */
import { isDeclaration } from "./declarations.ts";
import { indentationWidth } from "./indentation.ts";
import { isBlank } from "./lines.ts";

/** Line numbers are 0-based, both inclusive. `first` includes the comments and decorators above the declaration. */
export type CodeSymbol = { first: number; declaration: number; last: number };

const CLOSES = /^(?:[)\]}]|end\b|fi\b|done\b|esac\b)/;
const OPENS = /(?:[({[:]|=>)$/;
const PREPROCESSOR = /^#\s*(?:if|ifdef|ifndef|else|elif|endif|define|undef|include|import|pragma|region|endregion)\b/;
/** Neither private members (`#a`) nor generators (`*a`), attributes (`#[a]`) or selectors. */
const COMMENT = /^(?:\/\/|\/\*|\*(?=[\s/]|$)|#(?=[\s#!:]|$)|--)/;
const DECORATOR = /^(?:@|#\[|\[[A-Z]\w*.*\]$)/;
const LABEL = /^(?:public|private|protected|default|case\b.*)\s*:$/;

/** Comments, labels and directives may stand further out than the code around them. */
const standsAnywhere = (text: string) => COMMENT.test(text) || PREPROCESSOR.test(text) || LABEL.test(text);

/** Those that hold all of the lines, the innermost first. */
export function symbolsAround(lines: readonly string[], first: number, last: number, languageId: string): CodeSymbol[] {
  const starts = [declarationBelow(lines, first), ...outerLines(lines, first)];
  return starts
    .filter((line) => isDeclaration(lines, line, languageId))
    .map((declaration) => ({
      first: aboveDeclaration(lines, declaration),
      declaration,
      last: lastLine(lines, declaration),
    }))
    .filter((symbol) => symbol.first <= first && last <= symbol.last);
}

/** A comment or a decorator belongs to what stands below it. */
function declarationBelow(lines: readonly string[], line: number): number {
  let below = line;
  while (below < lines.length - 1 && isAttached(lines[below]!.trim())) below++;
  return below;
}

const isAttached = (text: string) => COMMENT.test(text) || DECORATOR.test(text);

/** The lines that a line stands under, from the nearest outwards. */
function outerLines(lines: readonly string[], line: number): number[] {
  const outer: number[] = [];
  let width = widthAt(lines, line);
  // What begins with a closing bracket stands as deep as what it closes.
  let alike = CLOSES.test(lines[line]!.trim());
  for (let i = line - 1; i >= 0 && (width > 0 || alike); i--) {
    const text = lines[i]!.trim();
    if (text === "" || standsAnywhere(text)) continue;
    const own = indentationWidth(lines[i]!);
    if (own > width || (own === width && !alike)) continue;
    outer.push(i);
    width = own;
    alike = CLOSES.test(text) || text === "{";
  }
  return outer;
}

/** A blank line stands as deep as the deeper one of its neighbours. */
function widthAt(lines: readonly string[], line: number): number {
  if (!isBlank(lines[line]!)) return indentationWidth(lines[line]!);
  const before = lines.findLast((text, i) => i < line && !isBlank(text));
  const after = lines.find((text, i) => i > line && !isBlank(text));
  return Math.max(indentationWidth(before ?? ""), indentationWidth(after ?? ""));
}

/** Of a declaration. */
export function lastLine(lines: readonly string[], declaration: number): number {
  const width = indentationWidth(lines[declaration]!);
  let last = declaration;
  for (let i = declaration + 1; i < lines.length; i++) {
    const text = lines[i]!.trim();
    if (text === "") continue;
    const own = indentationWidth(lines[i]!);
    if (own > width) {
      last = i;
      continue;
    }
    if (standsAnywhere(text)) continue;
    if (own < width || !(CLOSES.test(text) || text === "{")) break;
    last = i;
    if (!OPENS.test(text)) break;
  }
  return last;
}

/** The first line of the comments and decorators above a declaration, or its own. */
export function aboveDeclaration(lines: readonly string[], declaration: number): number {
  const width = indentationWidth(lines[declaration]!);
  let first = declaration;
  while (first > 0) {
    const above = lines[first - 1]!;
    // The lines of a block comment are one column further in.
    const beside = indentationWidth(above) - width;
    if (!isAttached(above.trim()) || beside < 0 || beside > 1) break;
    first--;
  }
  return first;
}
