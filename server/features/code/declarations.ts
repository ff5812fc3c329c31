/**
 * Finds lines that begin a function, a class or the like, from the line alone. That is good enough for choosing
 * context.
 */
import { indentationWidth } from "../text/indentation.ts";
import { isBlank } from "../text/lines.ts";

const MODIFIERS = String.raw`(?:(?:export|default|declare|public|private|protected|internal|static|abstract|final|sealed|open|data|inline|async|override|virtual|unsafe|extern|const|pub|partial|readonly|local|suspend|operator|case|inner|companion|global)(?:\([^)]*\))?(?:\s+"\w+")?\s+)*`;
const KINDS =
  "function|class|interface|enum|struct|trait|namespace|module|type|def|fn|fun|sub|proc|object|record|union|extension|protocol|mod|defmodule|defp|macro_rules!|contract";
const KEYWORD = new RegExp(
  `^${MODIFIERS}(?:(?:${KINDS})\\*?\\s+[\\w$@"'\`<*.:]|function\\*?\\s*\\(|func[\\s(]|impl[\\s<]|export\\s+default\\b)`,
);
const ASSIGNED =
  /^(?:(?:export|default|public|private|protected|static|readonly)\s+)*(?:(?:const|let|var|val)\s+)?[\w$#.]+\s*(?::[^=]+)?=\s*(?:async\s*)?(?:function\b|class\b|\($|(?:\([^()]*\)|[\w$]+)\s*(?::[^=]+)?=>)/;
/** R. */
const ARROWED = /^[\w.]+\s*<<?-\s*function\b/;
const CONTROL =
  /^(?:if|else|elif|for|foreach|while|until|unless|switch|match|when|catch|except|finally|try|do|with|using|lock|synchronized|return|throw|yield|await|new|case|repeat|guard|select|assert|defer|go|loop)\b/;
/** What can stand before a function's parameters: a name and its types, but no method call and no assignment. */
const NAME = /^[^=;"'`{}()]*[\w$>]\s*$/;
const MEMBER_CALL = /(?:\.|->)\s*[\w$]+(?:<.*>)?\s*$/;
/** The languages of style sheets. */
export const STYLE_SHEETS = new Set(["css", "scss", "less"]);

/** Whether a line begins a declaration, in any language. `lines`: the whole file: a head can have several lines. */
export function isDeclaration(lines: readonly string[], line: number, languageId: string): boolean {
  const text = lines[line]!.trim();
  if (KEYWORD.test(text) || ASSIGNED.test(text) || ARROWED.test(text)) return true;
  if (languageId === "elixir" && /^(?:test|describe)\s+"[^"]*".*\bdo$/.test(text)) return true;
  if (STYLE_SHEETS.has(languageId)) return text.endsWith("{");
  if (CONTROL.test(text)) return false;
  if (text.endsWith("(")) return isName(text.slice(0, -1)) && closesWithBody(lines, line);
  if (text.endsWith("{")) return isSignature(text.slice(0, -1));
  return isSignature(text) && bodyFollows(lines, line);
}

function isName(head: string): boolean {
  return NAME.test(head) && !MEMBER_CALL.test(head);
}

/**
 * For example `static int twice(int x)`, `put(name: string): void`: a name, parameters, and a result type or the like.
 */
function isSignature(text: string): boolean {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  if (open < 1 || close < open || !isName(text.slice(0, open))) return false;
  const parameters = text.slice(open, close + 1);
  const balanced = parameters.split("(").length === parameters.split(")").length;
  return balanced && /^[^=;]*$/.test(text.slice(close + 1));
}

/** Parameters on lines of their own end in `) {`; the arguments of a call do not. */
function closesWithBody(lines: readonly string[], line: number): boolean {
  const closing = nextBeside(lines, line);
  return closing !== undefined && /^\).*[{:]$/.test(closing) && !closing.includes("=>");
}

/** A brace on the next line, as in C# and many C projects. */
function bodyFollows(lines: readonly string[], line: number): boolean {
  return nextBeside(lines, line) === "{";
}

/** The next line that is not indented deeper than this one, if it has the same indentation. */
function nextBeside(lines: readonly string[], line: number): string | undefined {
  const width = indentationWidth(lines[line]!);
  for (let i = line + 1; i < lines.length; i++) {
    const text = lines[i]!;
    if (isBlank(text) || indentationWidth(text) > width) continue;
    return indentationWidth(text) === width ? text.trim() : undefined;
  }
  return undefined;
}
