/** Outlines of languages whose blocks begin and end with words: Pascal, LaTeX, SQL. */
import { indentationWidth } from "../text/indentation.ts";
import { isBlank } from "../text/lines.ts";
import { commentsAbove, dataDeclaration } from "./dataDeclaration.ts";
import type { Declaration } from "./outlineTypes.ts";

const ROUTINE = /^(?:class\s+)?(?:procedure|function|constructor|destructor|operator)\s+([\w.]+)/i;
const TYPE = /^(\w+)\s*=\s*(?:packed\s+)?(?:class|record|interface|object)\b(?!\s*of\b)(?!.*;\s*$)/i;
const BEGIN = /^(?:begin|asm)\b/i;
const OPENS = /\b(?:begin|case|try|asm|record)\b/gi;
const ENDS = /\bend\b/gi;
const PASCAL_COMMENT = /^(?:\{|\(\*|\/\/)/;
const MEMBER =
  /^(?:class\s+)?(?:(?:procedure|function|constructor|destructor|property)\s+(\w+)|(\w+)\s*(?:,\s*\w+\s*)*:)/i;

/** Routines, and types with their members. A routine without a body is of the kind `signature`. */
export function pascalOutline(lines: readonly string[]): Declaration[] {
  const found: Declaration[] = [];
  for (let line = 0; line < lines.length; line++) {
    const text = lines[line]!.trim();
    const routine = ROUTINE.exec(text)?.[1];
    const type = routine === undefined ? TYPE.exec(text)?.[1] : undefined;
    if (routine === undefined && type === undefined) continue;
    const last = routine === undefined ? endOfType(lines, line) : endOfRoutine(lines, line);
    const name = routine ?? type!;
    const first = commentsAbove(lines, line, PASCAL_COMMENT);
    const own = { name, nameless: false, first, declaration: line, last: last ?? line, children: [] };
    if (routine !== undefined)
      found.push({ ...own, kind: last === undefined ? "signature" : "routine", group: "function" });
    else found.push({ ...own, kind: "type", group: "container", children: membersOf(lines, line + 1, own.last - 1) });
    line = own.last;
  }
  return found;
}

const plain = (line: string) => line.replace(/'[^']*'|\{[^{}]*\}|\/\/.*$/g, "");
const count = (line: string, word: RegExp) => plain(line).match(word)?.length ?? 0;

/** The last line of a routine. Undefined if it has no body. */
function endOfRoutine(lines: readonly string[], head: number): number | undefined {
  const width = indentationWidth(lines[head]!);
  let begin: number | undefined;
  for (let i = head + 1; i < lines.length && begin === undefined; i++) {
    const text = lines[i]!.trim();
    if (isBlank(text) || indentationWidth(lines[i]!) > width) continue;
    if (BEGIN.test(text)) begin = i;
    else if (
      indentationWidth(lines[i]!) < width ||
      ROUTINE.test(text) ||
      /^(?:implementation|end|private|public|protected|published)\b/i.test(text)
    )
      return undefined;
  }
  return begin === undefined ? undefined : endOfWords(lines, begin);
}

/** The line on which as many blocks have ended as have begun. */
function endOfWords(lines: readonly string[], begin: number): number | undefined {
  let depth = 0;
  for (let i = begin; i < lines.length; i++) {
    depth += count(lines[i]!, OPENS) - count(lines[i]!, ENDS);
    if (depth <= 0) return i;
  }
  return undefined;
}

function endOfType(lines: readonly string[], head: number): number | undefined {
  const width = indentationWidth(lines[head]!);
  const end = lines.findIndex((line, i) => i > head && /^\s*end\b/i.test(line) && indentationWidth(line) <= width);
  return end < 0 ? undefined : end;
}

function membersOf(lines: readonly string[], from: number, to: number): Declaration[] {
  const members: Declaration[] = [];
  for (let line = from; line <= to; line++) {
    const [, routine, field] = MEMBER.exec(lines[line]!.trim()) ?? [];
    const name = routine ?? field;
    if (name !== undefined)
      members.push(dataDeclaration("key", name, commentsAbove(lines, line, PASCAL_COMMENT), line));
  }
  return members;
}

const SECTION =
  /^\s*(\\(?:part|chapter|(?:sub)*section|(?:sub)?paragraph)\*?(?:\[[^\]]*\])?\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\})/;
const COMMAND = /^\s*\\(?:re)?(?:newcommand|newenvironment|def|providecommand)\*?\s*\{?(\\?\w+)/;
const ENVIRONMENT = /^\s*\\begin\{([\w*]+)\}/;
const LABEL = /\\label\{([^{}]*)\}/;
const BEHIND = /^\s*\\(?:end\{document\}|appendix\b|bibliography\b|printbibliography\b)/;
const PERCENT = /^%/;

/** Sections, each up to the next one, with the environments in them; and definitions of commands. */
export function latexOutline(lines: readonly string[]): Declaration[] {
  const found: Declaration[] = [];
  let section: Declaration | undefined;
  for (let line = 0; line < lines.length; line++) {
    const text = lines[line]!;
    const head = SECTION.exec(text)?.[1];
    const command = COMMAND.exec(text)?.[1];
    const environment = ENVIRONMENT.exec(text)?.[1];
    if (BEHIND.test(text)) section = undefined;
    else if (head !== undefined) {
      section = dataDeclaration("key", head, commentsAbove(lines, line, PERCENT), line);
      found.push(section);
    } else if (command !== undefined || (environment !== undefined && environment !== "document")) {
      const last = environment === undefined ? endOfBraces(lines, line) : endOfEnvironment(lines, line, environment);
      const label = environment && lines.slice(line, last + 1).find((one) => LABEL.test(one));
      const name =
        environment === undefined
          ? command!
          : [`\\begin{${environment}}`, ...(label ? [LABEL.exec(label)![1]] : [])].join(" ");
      const own = { ...dataDeclaration("key", name, line, line), last };
      (section?.children ?? found).push(environment === undefined ? own : { ...own, group: "container" });
      line = last;
    }
    if (section && !isBlank(lines[line]!)) section.last = line;
  }
  return found;
}

function endOfEnvironment(lines: readonly string[], start: number, name: string): number {
  let depth = 0;
  for (let i = start; i < lines.length; i++) {
    depth += lines[i]!.split(`\\begin{${name}}`).length - lines[i]!.split(`\\end{${name}}`).length;
    if (depth <= 0) return i;
  }
  return start;
}

function endOfBraces(lines: readonly string[], start: number): number {
  let depth = 0;
  for (let i = start; i < lines.length; i++) {
    depth += lines[i]!.split("{").length - lines[i]!.split("}").length;
    if (depth <= 0) return i;
  }
  return start;
}

const CREATE =
  /^create\s+(?:or\s+(?:replace|alter)\s+)?(?:(?:temp|temporary|unique|materialized|unlogged|recursive|definer\s*=\s*\S+)\s+)*(table|view|function|procedure|trigger|index|type|schema|sequence)\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?([\w."`[\]$]+)/i;
/** `end if` ends what `if` begins. */
const SQL_OPENS = /\b(?:begin|case|loop)\b(?<!\bend\s+\w+)|\bif\b(?<!\bend\s+\w+)(?!\s+(?:not\s+)?exists)/gi;
const DASHES = /^--/;
const DELIMITED = /\$\w*\$/g;

/** The CREATE statements, each up to its semicolon. */
export function sqlOutline(lines: readonly string[]): Declaration[] {
  const found: Declaration[] = [];
  for (let line = 0; line < lines.length; line++) {
    const [, kind, name] = CREATE.exec(lines[line]!.trim()) ?? [];
    if (kind === undefined) continue;
    const own = dataDeclaration("key", `${kind} ${name}`.toLowerCase(), commentsAbove(lines, line, DASHES), line);
    line = endOfStatement(lines, line, /^(?:function|procedure|trigger)$/i.test(kind));
    found.push({ ...own, last: line });
  }
  return found;
}

/** The last line of a statement. A routine's body has its own statements, in quotes or between `begin` and `end`. */
function endOfStatement(lines: readonly string[], start: number, isRoutine: boolean): number {
  let [quotes, depth] = [0, 0];
  let last = start;
  for (let i = start; i < lines.length; i++) {
    const text = lines[i]!.replace(/--.*$/, "").trim();
    if (i > start && CREATE.test(text)) return last;
    if (!isBlank(text)) last = i;
    quotes += text.match(DELIMITED)?.length ?? 0;
    if (isRoutine && quotes === 0) depth += (text.match(SQL_OPENS)?.length ?? 0) - (text.match(ENDS)?.length ?? 0);
    if (quotes % 2 === 0 && depth <= 0 && /;$/.test(text)) return i;
  }
  return last;
}
