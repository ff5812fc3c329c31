/** Finds the first and the last line of a declaration by indentation, for any language. */

import { indentationWidth } from "../text/indentation.ts";

const CLOSES = /^(?:[)\]}]|end\b|fi\b|done\b|esac\b)/;
const OPENS = /(?:[({[:]|=>)$/;
const PREPROCESSOR = /^#\s*(?:if|ifdef|ifndef|else|elif|endif|define|undef|include|import|pragma|region|endregion)\b/;
/** Comments; not private members (`#a`), generators (`*a`), attributes (`#[a]`) or selectors. */
const COMMENT = /^(?:\/\/|\/\*|\*(?=[\s/]|$)|#(?=[\s#!:]|$)|--)/;
const DECORATOR = /^(?:@|#\[|\[[A-Z]\w*.*\]$)/;
const LABEL = /^(?:public|private|protected|default|case\b.*)\s*:$/;

/** Comments, labels and directives can have less indentation than the code around them. */
const standsAnywhere = (text: string) => COMMENT.test(text) || PREPROCESSOR.test(text) || LABEL.test(text);

const isAttached = (text: string) => COMMENT.test(text) || DECORATOR.test(text);

/** The last line of a declaration. `inString`: lines in strings, whose indentation does not count. */
export function lastLine(lines: readonly string[], declaration: number, inString: readonly boolean[]): number {
  const width = indentationWidth(lines[declaration]!);
  let last = declaration;
  for (let i = declaration + 1; i < lines.length; i++) {
    const text = lines[i]!.trim();
    if (text === "") continue;
    const own = inString[i] ? width + 1 : indentationWidth(lines[i]!);
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

/** The first line of the comments and decorators above a declaration, or its own line. */
export function aboveDeclaration(lines: readonly string[], declaration: number): number {
  const width = indentationWidth(lines[declaration]!);
  let first = declaration;
  while (first > 0) {
    const above = lines[first - 1]!;
    // The lines of a block comment are one column deeper.
    const beside = indentationWidth(above) - width;
    if (!isAttached(above.trim()) || beside < 0 || beside > 1) break;
    first--;
  }
  return first;
}
