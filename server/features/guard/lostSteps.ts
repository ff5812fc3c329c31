/** Finds lost single statements that have an effect and that nothing replaces: a call, a command, a thrown error. */
import { isData } from "../text/lines.ts";
import { inPattern, isCode, isComment, similarity, wordsOf } from "../text/words.ts";
import { bracketsIn } from "./closers.ts";
import { countOf } from "./counts.ts";
import type { Texts } from "./declared.ts";
import { type Hunk, normalizeSpace } from "./hunks.ts";
import type { Intent } from "./intent.ts";
import { goneLocals } from "./lostLines.ts";
import { isRelease } from "./singleLines.ts";

/** `await a.b(c);`, `go f()`, `super(x)`. With another name in front, it would be a declaration. */
const CALL =
  /^(?:(?:await|go|defer|yield|void)\s+)*(?!(?:if|for|foreach|while|until|switch|match|return|function|func|fn|def|catch|with|elif|else|when|case)\b)[@$]?[A-Za-z_][\w$]*(?:(?:\?\.|\.|->|::)[\w$]+|\([^()]*\)(?=[.-])|\[[^\]]*\])*[!?]?\(.*\)\s*;?$/;
/** `this.a = b`, `a.b += c`: other code sees the change. */
const SETS = /^(?:@\w+|(?:\$?[A-Za-z_][\w$]*)(?:(?:\.|->)[\w$]+)+)\s*(?:[-+*/|&%]|<<|\?\?|\|\|)?=(?![=>~])/;
/** A link of a chain of calls on a line of its own. An instruction may make the chain shorter, code from an answer may not. */
const LINK = /^(?:\?\.|\.|->)[A-Za-z_$][\w$]*.*[;,)]$/;
const FAILS = /^(?:if\s*\([^;]*\)\s*)?(?:throw|raise)\b.*[^{,([]$/;
const WORDS = "if|unless|while|until|for|case|when|in|then|else|elsif|elif|end|fi|do|done|esac|select|function";
/** A call without brackets: `validates :a, presence: true`. Neither an operator nor a keyword follows its name. */
const RUBY = new RegExp(
  `^(?:(?:private|protected|module_function)$|(?!(?:${WORDS}|def|class|module|return|begin|rescue|ensure|raise|yield|next|break|and|or|not)\\b)[a-z_]\\w*[?!]?\\s+(?!(?:${WORDS}|and|or|do|rescue)\\b)[:"'\\w@\\[](?!.*[|{,]$))`,
);
const SHELL = new RegExp(
  `^(?!(?:${WORDS}|return|exit|local|readonly|declare)\\b)[\\w./$"{-][^=()]*(?:\\s.*)?[^\\\\(){;&|]$`,
);
const FORMS: Record<string, RegExp> = {
  ruby: RUBY,
  elixir: RUBY,
  shellscript: SHELL,
  php: /^use\s+[A-Z][\w\\, ]*;$/,
  powershell: /^[A-Z]\w*-\w+(?:\s.*)?[^{|(`]$/,
};
const LANGUAGES = new Set(
  `typescript typescriptreact javascript javascriptreact vue svelte python go rust java c cpp cuda-cpp csharp php ruby
  kotlin swift lua dart scala elixir shellscript powershell`.split(/\s+/),
);
/** From this length on, a word that begins a longer one is the same verb: `sort`, `sorted`. */
const SHORTEST_STEM = 4;
/** A lost line is covered by a line that has at least this share of its words. */
const SAID = 0.75;
/** From this similarity on, a line counts as rewritten. */
const REWRITTEN = 0.6;
/** Maximum number of lines of a hunk that are compared: other checks report more. */
const MOST_LINES = 100;

/**
 * The first lines of the lost statements. A hunk replaces none of its lost statements if each line that it adds is a
 * rewritten form of another removed line.
 */
export function lostSteps(hunks: readonly Hunk[], { languageId, before, after }: Texts, intent: Intent): string[] {
  if (!LANGUAGES.has(languageId) || (intent.mayRemoveLines && !intent.reshapes) || intent.shorter) return [];
  const form = Object.hasOwn(FORMS, languageId) ? FORMS[languageId]! : undefined;
  // Code that takes another form may set its members in another way.
  const forms = [CALL, ...(intent.reshapes ? [] : [SETS]), FAILS, form, ...(intent.nothing ? [LINK] : [])];
  const isStep = (line: string) => !isData(line) && forms.some((one) => one?.test(line)) && isCode(line);
  const steps = hunks.flatMap(({ removed, added }) => {
    const [gone, gained] = [removed.filter(isCode), added.filter(isCode)];
    if (gained.length >= gone.length || gone.length > MOST_LINES) return [];
    const code = removed.filter((line) => /\S/.test(line) && !isComment(line));
    const left = unpaired(gone, gained);
    return left ? stepsIn(code, left, isStep) : [];
  });
  if (steps.length === 0) return [];
  const [there, known] = [new Set(after.map(normalizeSpace)), wordsOf(after.join("\n"))];
  const added = hunks.flatMap((hunk) => hunk.added);
  const locals = goneLocals(hunks, languageId, known);
  const [stood, stands] = [before, after].map((lines) => countOf(wordsIn(lines)));
  const removed = hunks.flatMap((hunk) => hunk.removed);
  const said = wordsOf(added.join("\n"));
  /** What is collected is now an expression: the collection has gone with its name. */
  const isBuilt = (owner: string, line: string) =>
    removed.some((other) => new RegExp(`^\\s*(?:\\w+\\s+)*${inPattern(owner)}\\b[^=]*:?=(?!=)`).test(other)) &&
    !added.some((other) => new RegExp(`(?<![\\w$.["'])${inPattern(owner)}(?![\\w$"'])`).test(other)) &&
    [...wordsOf(line.slice(line.indexOf("(")))].every((word) => said.has(word));
  const isGone = (line: string) => {
    if (there.has(normalizeSpace(line)) || isRelease(line) || [...wordsOf(line)].some((word) => locals.has(word)))
      return false;
    if (ENDS.test(line) && added.some((other) => WAITS.test(other))) return false;
    if (intent.reshapes && /^\s*super\b/.test(line)) return false;
    // A body that there was none of may be written in another way.
    if (intent.stubs && /^\s*raise NotImplementedError\b/.test(line)) return false;
    // The object whose method it calls is gone, together with its declaration.
    const [owner] = /[A-Za-z_$][\w$]*(?=\.)/.exec(line) ?? [];
    if (owner && !stands!.has(owner) && (stood!.get(owner) ?? 0) > 1) return false;
    if (owner && COLLECTS.test(line) && (added.some((other) => isSetAtOnce(owner, other)) || isBuilt(owner, line)))
      return false;
    if (SETS.test(line.trim())) return !subjectsOf(line).some((word) => isSet(word, added.join("\n")));
    return !added.some((other) => isSaidBy(line, other));
  };
  return steps.filter(isGone);
}

/** Calls that build a collection step by step. It can also be built in one expression. */
const COLLECTS = /\.(?:append|extend|push|push_back|emplace_back|add|insert|put)\(/;
const isSetAtOnce = (name: string, line: string) =>
  new RegExp(`(?<![\\w$.])${inPattern(name)}\\s*(?::[^=]+)?:?=(?!=)\\s*(?!\\[\\]|\\{\\}|new\\b)\\S`).test(line);

/** Where the name of what is called or set ends. */
const HEAD_END = /[(=]|\s(?=[:"'])/;
/** Maximum length of a statement, lines. */
const LONGEST = 20;
/** Calls of callbacks, which asynchronous functions do not need. */
const ENDS = /^\s*(?:done|resolve|reject|callback|cb)\(/;
const WAITS = /\b(?:async|await)\b/;

const wordsIn = (lines: readonly string[]) => lines.flatMap((line) => line.match(/[A-Za-z_$][\w$]*/g) ?? []);

/** The removed lines that no added line rewrites. Undefined if an added line rewrites none of them. */
function unpaired(gone: readonly string[], gained: readonly string[]): string[] | undefined {
  const left = [...gone];
  for (const line of gained) {
    const [closest] = left
      .filter((other) => isAnother(line, other))
      .map((other) => ({ other, alike: similarity(wordsOf(line), wordsOf(other)) }))
      .sort((a, b) => b.alike - a.alike);
    if (closest === undefined) return undefined;
    left.splice(left.indexOf(closest.other), 1);
  }
  return left;
}

/** Whether one line is a rewritten form of the other. */
function isAnother(line: string, other: string): boolean {
  const [a, b] = [line, other].map((text) => normalizeSpace(text.split(HEAD_END)[0]!.trim()));
  return a === b || similarity(wordsOf(line), wordsOf(other)) >= REWRITTEN;
}

/** The first lines of the statements whose lines are all in `left`. */
function stepsIn(lines: readonly string[], left: readonly string[], isStep: (statement: string) => boolean): string[] {
  const steps: string[] = [];
  let own: string[] = [];
  for (const line of lines) {
    own.push(line);
    // Braces do not count: a line in a block begins a statement of its own.
    const text = own.map((part) => part.trim()).join(" ");
    if (own.length < LONGEST && bracketsIn(text.replace(/[{}]/g, "")) > 0) continue;
    if (own.every((part) => !isCode(part) || left.includes(part)) && isStep(text)) steps.push(own[0]!);
    own = [];
  }
  return steps;
}

/** What is called or set: the last name before the arguments or the value. */
function subjectsOf(line: string): string[] {
  const head = line.trim().split(HEAD_END)[0]!;
  const words = [...wordsOf(head)];
  return /^[\w.]+\s/.test(head) && !/\.|->/.test(head) ? words.slice(0, 1) : words.slice(-1);
}

/** Whether the added text has the name as a member, or as a property in a constructor's parameters. */
const isSet = (name: string, added: string) =>
  new RegExp(
    `(?:[.@>]|\\b(?:private|public|protected|readonly|val|var)\\s+(?:[\\w?|\\\\]+\\s+)?\\$?)${inPattern(name)}(?![\\w$])`,
    "i",
  ).test(added);

/** Whether `other` does what `line` does: `a(b, c)` instead of `a(b)` and `a(c)`, `sorted(a)` instead of `a.sort()`. */
function isSaidBy(line: string, other: string): boolean {
  const said = [...wordsOf(other)];
  const isIn = (word: string) =>
    said.some((one) => one === word || (word.length >= SHORTEST_STEM && one.startsWith(word)));
  const words = [...wordsOf(line)];
  return subjectsOf(line).every(isIn) && words.filter(isIn).length >= SAID * words.length;
}
