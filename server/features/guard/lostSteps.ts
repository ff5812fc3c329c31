/** Finds single statements that do something and are gone with nothing in their place: a call, a command, an error. */
import { isData } from "../text/lines.ts";
import { inPattern, isCode, isComment, similarity, wordsOf } from "../text/words.ts";
import type { Asked } from "./asked.ts";
import { bracketsIn } from "./closers.ts";
import { countOf } from "./counts.ts";
import type { Texts } from "./declared.ts";
import { bare, type Hunk } from "./hunks.ts";
import { goneLocals } from "./lostLines.ts";
import { isRelease } from "./singleLines.ts";

/** `await a.b(c);`, `go f()`, `super(x)`. A name in front of the name would make it a declaration. */
const CALL =
  /^(?:(?:await|go|defer|yield|void)\s+)*(?!(?:if|for|foreach|while|until|switch|match|return|function|func|fn|def|catch|with|elif|else|when|case)\b)[@$]?[A-Za-z_][\w$]*(?:(?:\?\.|\.|->|::)[\w$]+|\([^()]*\)(?=[.-])|\[[^\]]*\])*[!?]?\(.*\)\s*;?$/;
/** `this.a = b`, `a.b += c`: others see it. */
const SETS = /^(?:@\w+|(?:\$?[A-Za-z_][\w$]*)(?:(?:\.|->)[\w$]+)+)\s*(?:[-+*/|&%]|<<|\?\?|\|\|)?=(?![=>~])/;
const FAILS = /^(?:if\s*\([^;]*\)\s*)?(?:throw|raise)\b.*[^{,([]$/;
const WORDS = "if|unless|while|until|for|case|when|in|then|else|elsif|elif|end|fi|do|done|esac|select|function";
/** A call without brackets: `validates :a, presence: true`. Behind its name stands no operator and no other word of the language. */
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
/** Part of a longer word is the same verb: `sort`, `sorted`. */
const SHORTEST_STEM = 4;
/** From this share of its words on, a line is said by another one. */
const SAID = 0.75;
/** From this similarity on, a line is another one, written in another way. */
const REWRITTEN = 0.6;
/** Maximum number of lines of a hunk that are compared: other checks report more. */
const MOST_LINES = 100;

/**
 * The lines. A hunk has nothing in their place where all that it adds is another of its lines, written in another
 * way.
 */
export function lostSteps(hunks: readonly Hunk[], { languageId, before, after }: Texts, asked: Asked): string[] {
  if (!LANGUAGES.has(languageId) || (asked.letsLines && !asked.reshapes) || asked.shorter) return [];
  const form = Object.hasOwn(FORMS, languageId) ? FORMS[languageId]! : undefined;
  // Of what takes another form, the members may be set in another way.
  const forms = asked.reshapes ? [CALL, FAILS, form] : [CALL, SETS, FAILS, form];
  const isStep = (line: string) => !isData(line) && forms.some((one) => one?.test(line)) && isCode(line);
  const steps = hunks.flatMap(({ removed, added }) => {
    const [gone, come] = [removed.filter(isCode), added.filter(isCode)];
    if (come.length >= gone.length || gone.length > MOST_LINES) return [];
    const code = removed.filter((line) => /\S/.test(line) && !isComment(line));
    const left = unpaired(gone, come);
    return left ? stepsIn(code, left, isStep) : [];
  });
  if (steps.length === 0) return [];
  const [there, known] = [new Set(after.map(bare)), wordsOf(after.join("\n"))];
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
    if (there.has(bare(line)) || isRelease(line) || [...wordsOf(line)].some((word) => locals.has(word))) return false;
    if (ENDS.test(line) && added.some((other) => WAITS.test(other))) return false;
    if (asked.reshapes && /^\s*super\b/.test(line)) return false;
    // A body that there was none of may be written in another way.
    if (asked.stubs && /^\s*raise NotImplementedError\b/.test(line)) return false;
    // What it is called of has gone, from where it is declared as well.
    const [owner] = /[A-Za-z_$][\w$]*(?=\.)/.exec(line) ?? [];
    if (owner && !stands!.has(owner) && (stood!.get(owner) ?? 0) > 1) return false;
    if (owner && COLLECTS.test(line) && (added.some((other) => isSetAtOnce(owner, other)) || isBuilt(owner, line)))
      return false;
    if (SETS.test(line.trim())) return !subjectsOf(line).some((word) => isSet(word, added.join("\n")));
    return !added.some((other) => isSaidBy(line, other));
  };
  return steps.filter(isGone);
}

/** What is put together step by step can as well be made at once. */
const COLLECTS = /\.(?:append|extend|push|push_back|emplace_back|add|insert|put)\(/;
const isSetAtOnce = (name: string, line: string) =>
  new RegExp(`(?<![\\w$.])${inPattern(name)}\\s*(?::[^=]+)?:?=(?!=)\\s*(?!\\[\\]|\\{\\}|new\\b)\\S`).test(line);

/** What is called or set ends there. */
const HEAD_END = /[(=]|\s(?=[:"'])/;
/** Maximum length of a statement, lines. */
const LONGEST = 20;
/** What asynchronous functions do without. */
const ENDS = /^\s*(?:done|resolve|reject|callback|cb)\(/;
const WAITS = /\b(?:async|await)\b/;

const wordsIn = (lines: readonly string[]) => lines.flatMap((line) => line.match(/[A-Za-z_$][\w$]*/g) ?? []);

/** The lines of which none of those that come is another form. Undefined if something else comes. */
function unpaired(gone: readonly string[], come: readonly string[]): string[] | undefined {
  const left = [...gone];
  for (const line of come) {
    const [likest] = left
      .filter((other) => isAnother(line, other))
      .map((other) => ({ other, alike: similarity(wordsOf(line), wordsOf(other)) }))
      .sort((a, b) => b.alike - a.alike);
    if (likest === undefined) return undefined;
    left.splice(left.indexOf(likest.other), 1);
  }
  return left;
}

/** Whether one line is the other, written in another way. */
function isAnother(line: string, other: string): boolean {
  const [a, b] = [line, other].map((text) => bare(text.split(HEAD_END)[0]!.trim()));
  return a === b || similarity(wordsOf(line), wordsOf(other)) >= REWRITTEN;
}

/** The first lines of statements, all of which is left. */
function stepsIn(lines: readonly string[], left: readonly string[], isStep: (statement: string) => boolean): string[] {
  const steps: string[] = [];
  let own: string[] = [];
  for (const line of lines) {
    own.push(line);
    // What is in a block is a statement.
    const text = own.map((part) => part.trim()).join(" ");
    if (own.length < LONGEST && bracketsIn(text.replace(/[{}]/g, "")) > 0) continue;
    if (own.every((part) => !isCode(part) || left.includes(part)) && isStep(text)) steps.push(own[0]!);
    own = [];
  }
  return steps;
}

/** What is called or set: the last name in front of what it gets. */
function subjectsOf(line: string): string[] {
  const head = line.trim().split(HEAD_END)[0]!;
  const words = [...wordsOf(head)];
  return /^[\w.]+\s/.test(head) && !/\.|->/.test(head) ? words.slice(0, 1) : words.slice(-1);
}

/** Of a member, or in a constructor's parameters. */
const isSet = (name: string, added: string) =>
  new RegExp(`(?:[.@>]|\\b(?:private|public|protected|readonly|val|var)\\s+)${inPattern(name)}(?![\\w$])`, "i").test(
    added,
  );

/** Whether another line does it, too: `a(b, c)` instead of `a(b)` and `a(c)`, `sorted(a)` instead of `a.sort()`. */
function isSaidBy(line: string, other: string): boolean {
  const said = [...wordsOf(other)];
  const isIn = (word: string) =>
    said.some((one) => one === word || (word.length >= SHORTEST_STEM && one.startsWith(word)));
  const words = [...wordsOf(line)];
  return subjectsOf(line).every(isIn) && words.filter(isIn).length >= SAID * words.length;
}
