/** Finds lines that may bind a name. In case of doubt a line does, so that no name is reported as lost by mistake. */
import { isDeclaration } from "../code/declarations.ts";
import { inPattern } from "../text/words.ts";
import { bracketsIn } from "./closers.ts";
import { LONGEST_LINE } from "./hunks.ts";

const DIRECTIVES = "import|from|global|nonlocal|using|use|require|extern";
const VARIABLES = "const|let|var|val|for|foreach|local|my|static|lateinit";
const NAMED =
  "def|defp|function|fn|func|fun|class|type|interface|enum|struct|record|trait|object|namespace|module|mod|macro|sub|union|protocol|data|newtype|typedef|alias";
const FUNCTION = /\b(?:def|defp|function|fn|func|fun|sub|class|record|struct|macro_rules!)\b/;
const CONTROL = /^(?:\}\s*)?(?:if|else|elif|while|switch|return|match)\b/;
/** Words before a value: a name after them is not a declaration. */
const VALUES =
  "return|throw|raise|yield|await|new|delete|in|of|is|not|and|or|else|case|print|puts|echo|typeof|goto|then|do|package";
/** Languages in which a variable stands next to its type, without a sign between them. */
const TYPED = new Set("java c cpp cuda-cpp csharp dart go php".split(" "));
const TYPE = String.raw`[\w$.:]+(?:<[^()=;]*>)?[?\][]*`;
/** Calls and keywords that set a variable which is an argument. */
const OUT =
  /\b(?:preg_match\w*|sscanf|similar_text|bind_result|exec|attr_\w+|getopts|mapfile|readarray|printf -v|try_get\w*)\b|\b(?:out|ref|inout)\s/i;
/** Statements that bind the names of a list in brackets, which may go on below. */
const LISTS = new RegExp(`^(?:export\\s+)?(?:${DIRECTIVES}|const|let|var|val|local|with|async)\\b`);
const LONGEST_LIST = 100;

/** The lines as statements: a line whose list goes on below is joined with the lines of that list. */
export function statementsOf(lines: readonly string[], languageId: string): string[] {
  const statements: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    let open = /[({[,]\s*$/.test(line) ? bracketsIn(line) : 0;
    const isList = open > 0 && (LISTS.test(line.trim()) || isDeclaration(lines, i, languageId));
    // A body is not a list.
    if (!isList || (/\{\s*$/.test(line) && !LISTS.test(line.trim()))) {
      statements.push(line);
      continue;
    }
    const parts = [line];
    while (open > 0 && parts.length < LONGEST_LIST && i + 1 < lines.length) {
      parts.push(lines[++i]!);
      open += bracketsIn(lines[i]!);
      if (/[)}\]].*[{:]\s*$/.test(lines[i]!)) break;
    }
    statements.push(parts.map((part) => part.trim()).join(" "));
  }
  return statements;
}

/** A test whether a statement, as `statementsOf` returns it, may bind `name`. */
export function binderOf(name: string, languageId: string): (line: string) => boolean {
  // After one dot, the name is a member; after three dots, it is the rest of a list.
  const own = `(?<![\\w$]|(?<!\\.\\.)\\.)${inPattern(name)}(?![\\w$])`;
  // A loop does not bind what it iterates over.
  const variable = new RegExp(`\\b(?:${VARIABLES})\\b(?:(?!\\s(?:in|of)\\s)[^=])*?${own}`);
  const directive = new RegExp(`\\b(?:${DIRECTIVES})\\b(?!\\s*\\()[^=]*${own}`);
  const declared = new RegExp(
    `\\b(?:${NAMED})\\b\\*?\\s+(?:\\([^()]*\\)\\s*)?(?:[\\w$.:<>]*[.:>])?${inPattern(name)}(?![\\w$])`,
  );
  const alias = new RegExp(
    `\\bas\\s+[\\w$,\\s(\\[&]*?(?:=>\\s*&?)?${own}|\\b(?:catch|except|rescue)\\b(?:::|[^{:])*${own}|\\blambda\\b[^:]*${own}`,
  );
  const assigned = new RegExp(
    `${own}\\s*[\\])}]*\\s*(?::[^=]+)?(?:,[^=]*)?(?::|\\+)?=(?!=)|${own}\\s*=>|\\|[^|]*${own}[^|]*\\|`,
  );
  const parameter = new RegExp(
    `\\([^()]*${own}[^()]*\\)\\s*(?:=>|->|[:{])|\\{[^{}]*${own}[^{}]*(?:->|\\bin$)|\\b(?:fn|\\\\)\\s*[^>]*?${own}[^>]*?->`,
  );
  const listed = new RegExp(`^${own}\\s*\\??:`);
  const typed = new RegExp(
    `(?:^|[(,;{]\\s*)(?!(?:${VALUES})\\b)(?:${TYPE}\\s+)*?${TYPE}[\\s*&]+${own}\\s*(?:[;,=)[{]|$)|^${own}\\s+[\\w*[\\].]+$`,
  );
  const word = new RegExp(own);
  const binders = [variable, directive, declared, alias, assigned, listed, ...(TYPED.has(languageId) ? [typed] : [])];
  return (line) => {
    if (!line.includes(name)) return false;
    if (line.length > LONGEST_LINE) return true;
    const text = line.trim();
    if (binders.some((binder) => binder.test(text)) || (OUT.test(text) && word.test(text))) return true;
    if (FUNCTION.test(text)) return word.test(headOf(text));
    return !CONTROL.test(text) && parameter.test(text);
  };
}

/** The head of a function or class, without a body on the same line. */
function headOf(text: string): string {
  let depth = 0;
  for (let i = FUNCTION.exec(text)?.index ?? 0; i < text.length; i++) {
    const sign = text[i]!;
    if ("([".includes(sign)) depth++;
    if (")]".includes(sign)) depth--;
    if (depth > 0) continue;
    if ("{=;".includes(sign) || (sign === ":" && /^:(?:\s|$)/.test(text.slice(i, i + 2)))) return text.slice(0, i);
    // A word after the parameters belongs to the body or the result. In Go, the first brackets hold the receiver.
    if (sign === ")" && /^\s*\w/.test(text.slice(i + 1, i + 8)) && !/^func\s*\([^()]*\)$/.test(text.slice(0, i + 1)))
      return text.slice(0, i + 1);
  }
  return text;
}
