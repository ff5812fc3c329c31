/** What may bind a name. In case of doubt, it does: what may be bound is not told as lost. */
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
/** Not what stands behind these: a value. */
const VALUES =
  "return|throw|raise|yield|await|new|delete|in|of|is|not|and|or|else|case|print|puts|echo|typeof|goto|then|do|package";
/** Languages whose variables stand behind their types, or in front of them without a sign between. */
const TYPED = new Set("java c cpp cuda-cpp csharp dart go php".split(" "));
const TYPE = String.raw`[\w$.:]+(?:<[^()=;]*>)?[?\][]*`;
/** What gives a value to an argument. */
const OUT =
  /\b(?:preg_match\w*|sscanf|similar_text|bind_result|exec|attr_\w+|getopts|mapfile|readarray|printf -v|try_get\w*)\b|\b(?:out|ref|inout)\s/i;
/** What goes on below, in brackets, binds what is listed there. */
const LISTS = new RegExp(`^(?:export\\s+)?(?:${DIRECTIVES}|const|let|var|val|local|with|async)\\b`);
const LONGEST_LIST = 100;

/** The lines; those with a list that goes on below are one with it. */
export function statementsOf(lines: readonly string[], languageId: string): string[] {
  const statements: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    let open = /[({[,]\s*$/.test(line) ? bracketsIn(line) : 0;
    const isList = open > 0 && (LISTS.test(line.trim()) || isDeclaration(lines, i, languageId));
    // A body is none.
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

/** For one of such statements. */
export function binderOf(name: string, languageId: string): (line: string) => boolean {
  // Behind one dot it is a member, behind three the rest of a list.
  const own = `(?<![\\w$]|(?<!\\.\\.)\\.)${inPattern(name)}(?![\\w$])`;
  // What a loop goes through is bound elsewhere.
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

/** The beginning of a function or class, up to the code in it that may stand on the same line. */
function headOf(text: string): string {
  let depth = 0;
  for (let i = FUNCTION.exec(text)?.index ?? 0; i < text.length; i++) {
    const sign = text[i]!;
    if ("([".includes(sign)) depth++;
    if (")]".includes(sign)) depth--;
    if (depth > 0) continue;
    if ("{=;".includes(sign) || (sign === ":" && /^:(?:\s|$)/.test(text.slice(i, i + 2)))) return text.slice(0, i);
    // Behind the parameters: a word of the body, or of the result. In Go, the first ones are the receiver.
    if (sign === ")" && /^\s*\w/.test(text.slice(i + 1, i + 8)) && !/^func\s*\([^()]*\)$/.test(text.slice(0, i + 1)))
      return text.slice(0, i + 1);
  }
  return text;
}
