/** Finds the functions, classes and members that a change loses or duplicates. */

import type { Grammars } from "../code/grammars.ts";
import { lineOutline } from "../code/lineOutline.ts";
import { outlineOf } from "../code/outline.ts";
import type { Declaration } from "../code/outlineTypes.ts";
import { inPattern, isCode, shareOf, similarity, wordsOf } from "../text/words.ts";
import type { Asked } from "./asked.ts";
import { codeText } from "./codeText.ts";
import { type Counts, countOf, missingFrom } from "./counts.ts";
import { bare } from "./hunks.ts";
import { isOneForSeveral, isOtherType, rulesIn } from "./rules.ts";
import { usesIn } from "./usedNames.ts";

/** A function counts as renamed from this similarity on. */
const LEAST_LIKENESS = 0.4;
/** The same where something new was asked for, which is often like what is there. */
const SAME_LIKENESS = 0.9;
/** The same for a rule of a style sheet that has moved into another rule. */
const NESTED_LIKENESS = 0.6;
const DECLARES =
  "function|class|interface|enum|struct|trait|type|def|fn|fun|func|sub|const|let|var|val|static|get|set|mod|module|record|object|protocol|actor";
/** What stands in the head of such a declaration is its field, and what reads that. */
const HEADED = "\\b(?:record|data\\s+class|case\\s+class)\\s+\\w+[^()]*\\([^()]*";

const SCRIPT_AGAIN = /\b(?:get|set)\s|[;,]$/;
const PROTOTYPE = /;$/;
/** Languages in which a scope has a function of a name once; with the heads that may be there again. */
const SINGLE: Record<string, RegExp> = {
  python: /^@/,
  javascript: SCRIPT_AGAIN,
  javascriptreact: SCRIPT_AGAIN,
  typescript: SCRIPT_AGAIN,
  typescriptreact: SCRIPT_AGAIN,
  go: /^func \(/,
  php: PROTOTYPE,
  ruby: PROTOTYPE,
  lua: PROTOTYPE,
  shellscript: PROTOTYPE,
};

const CONSTRUCTORS = new Set(["__init__", "constructor"]);

/** Kinds that a file may declare more than once. */
const REOPENED = /impl|namespace|module|mod_item|media|supports|at_rule|^extension$/;
/** Maximum length of a declaration's head, lines. */
const LONGEST_HEAD = 12;

type Named = Pick<Declaration, "name" | "group" | "nameless"> & {
  /** The names of the declarations around it. */
  scope: string;
  inFunction: boolean;
  /** A rule of a style sheet. */
  isRule: boolean;
  /** May be declared again. */
  reopened: boolean;
  head: string;
  /** The only one of its name in its scope. */
  single: boolean;
  /** The line of the declaration. */
  line: string;
  body: string;
};

export type Texts = { languageId: string; before: readonly string[]; after: readonly string[] };
/** Names of declarations. */
export type Findings = { lost: string[]; doubled: string[] };

/** `added`: the text of all added lines. */
export async function declarationFindings(
  { languageId, before, after }: Texts,
  added: string,
  asked: Asked,
  grammars: Grammars,
): Promise<Findings> {
  const parsed = rulesIn([], languageId) ? [] : [before, after];
  const outlines = await Promise.all(parsed.map((lines) => outlineOf(grammars, languageId, lines.join("\n"))));
  // The tree of a text that does not parse is not reliable.
  const broken = outlines.some(({ errors }) => errors > 0);
  const [old, fresh] = [before, after].map((lines, i) => {
    const declarations =
      rulesIn(lines, languageId) ?? (broken ? lineOutline(lines, languageId) : outlines[i]!.declarations);
    return named(declarations, { lines, languageId, scope: "", inFunction: false });
  });
  const lost = lostOf(old!, fresh!, { languageId, before, after, added }, asked);
  const hidden = asked.letsLines || asked.hides ? [] : hiddenOf(old!, fresh!);
  return { lost: [...lost, ...hidden], doubled: doubledOf(old!, fresh!) };
}

type Scope = { lines: readonly string[]; languageId: string; scope: string; inFunction: boolean };

function named(all: readonly Declaration[], { lines, languageId, scope, inFunction }: Scope): Named[] {
  return all.flatMap((declaration) => {
    const { name, group, nameless, kind, children, declaration: line, last } = declaration;
    const head = headOf(lines, line, last);
    const own: Named = {
      ...{ name, scope, group, nameless, inFunction },
      isRule: /^rule/.test(kind),
      reopened: REOPENED.test(kind) || (languageId === "go" && name === "init"),
      head: /^rule/.test(kind) ? name : head,
      single: group !== "value" && isSingle(head, lines[line - 1], languageId),
      line: bare(lines[line]!),
      body: lines.slice(line + (last > line ? 1 : 0), last + 1).join("\n"),
    };
    const inside = { lines, languageId, scope: `${scope}${name}\n`, inFunction: inFunction || group === "function" };
    return [own, ...named(children, inside)];
  });
}

/** A decorator makes it another one: a setter, an overload. */
function isSingle(head: string, above: string | undefined, languageId: string): boolean {
  const again = Object.hasOwn(SINGLE, languageId) ? SINGLE[languageId]! : undefined;
  return again !== undefined && !/^\s*@/.test(above ?? "") && !again.test(head);
}

/** The declaration up to its body: overloads differ in their parameters. */
function headOf(lines: readonly string[], first: number, last: number): string {
  const rest = lines.slice(first, Math.min(last + 1, first + LONGEST_HEAD));
  const end = rest.findIndex((line) => /[{:;]$|=>$/.test(line.trim()));
  return bare(rest.slice(0, end < 0 ? 1 : end + 1).join(" "));
}

type Lines = { languageId: string; before: readonly string[]; after: readonly string[]; added: string };

function lostOf(
  old: readonly Named[],
  fresh: readonly Named[],
  { languageId, before, after, added }: Lines,
  asked: Asked,
): string[] {
  const isNamed = ({ name }: Named) => Number(asked.lets(name));
  // Those that the instruction names come first: another name is theirs.
  const gone = missingFrom(old, fresh, placeOf).sort((a, b) => isNamed(b) - isNamed(a));
  if (gone.length === 0) return [];
  const come = missingFrom(fresh, old, placeOf);
  // A declaration that is there as often as before has only moved.
  const [had, has] = [old, fresh].map((all) => countOf(all.map(({ name }) => name))) as [Counts, Counts];
  const [stood, stands] = [countOf(before.map(bare)), countOf(after.map(bare))];
  const isStillUsed = usesIn(after, languageId);
  const [said, says] = [before, after].map((lines) => wordCounts(codeText(lines, languageId)));
  const isReadStill = (name: string) =>
    new RegExp(`(?:\\b(?:this|self)\\.|@|\\$this->)${inPattern(name)}(?![\\w$])`).test(after.join("\n"));
  /** It has another name now wherever it is used. */
  const isRenamedAll = ({ name, line, body }: Named) => {
    const last = lastWord(name);
    const own = wordCounts(codeText(`${line}\n${body}`.split("\n"), languageId)).get(last) ?? 0;
    return (said!.get(last) ?? 0) > own && !says!.has(last);
  };
  const lost = gone.filter((declaration) => {
    const { name, line } = declaration;
    const isUsed = isStillUsed(name, declaration.scope.split("\n"));
    // It is now in a place that the outline does not cover.
    if ((stands.get(line) ?? 0) >= stood.get(line)!) return false;
    if ((has.get(name) ?? 0) >= had.get(name)! || isStillSaid(declaration, added)) return false;
    // What a module exports is said in several ways (singleLines.ts).
    if (MODULE.test(name)) return false;
    if (declaration.isRule && [...wordsOf(declaration.body)].some(asked.replaces)) return false;
    // It was put together step by step. Now it is at once, and has no name.
    if (declaration.group === "value" && STEPWISE.test(line) && !isUsed) return false;
    if (asked.shorter && declaration.group === "value") return false;
    if (come.some((other) => isOneForSeveral(declaration, other, languageId))) return false;
    if (name.includes(" ") && name.split(/[ "]+/).some(asked.replaces)) return false;
    const isField = declaration.group === "value" && declaration.scope !== "";
    const isFree = isField
      ? !isReadStill(name)
      : !isUsed && !isPublic(declaration) && (!isForOthers(declaration) || isRenamedAll(declaration));
    const at = come.findIndex((other) => isRenamed(declaration, other, asked, isFree));
    if (at >= 0) come.splice(at, 1);
    // Of what is unused, nothing is used.
    return at < 0 && (!asked.lets(name) || (asked.unused && isUsed));
  });
  return [...new Set(lost.map(({ name }) => name))];
}

const EXPORTS = /^(?:export(?:\s+default)?|pub(?:\([^)]*\))?|public)\s/;

/** Declarations that others can no longer use, as they are shown. */
function hiddenOf(old: readonly Named[], fresh: readonly Named[]): string[] {
  const there = new Set(fresh.map(nameIn));
  // A type of Rust and what is implemented for it share a name.
  const shown = new Set(fresh.filter(({ line }) => EXPORTS.test(line)).map(nameIn));
  return old.flatMap((declaration) => {
    const [exported] = EXPORTS.exec(declaration.line) ?? [];
    const name = nameIn(declaration);
    return exported && there.has(name) && !shown.has(name) ? [`${exported.trim()} ${declaration.name}`] : [];
  });
}

const STEPWISE = /^(?:let|var)\s/;
const MODULE = /^(?:module\.)?exports$/;

/** Code elsewhere can use it by its name. In Go, a capital says so. */
const isPublic = ({ line, name }: Named) =>
  EXPORTS.test(line) || (/^func\s/.test(line) && /^(?:\w+\.)?[A-Z]/.test(name)) || /^type\s+[A-Z]/.test(line);

const nameIn = ({ scope, name }: Named) => scope + name;

/** A function that is set in a prototype or in what a module exports is one of the class or the module. */
const placeOf = (declaration: Named) =>
  nameIn(declaration)
    .replace(/^(?:module\.)?exports\.(?=\w)/, "")
    .replace(/^(\w+)\.(?:prototype\.)?(?=\w+$)/, "$1\n");

/** Whether the added lines still declare it: the outline lacks lines with several declarations, and a field may become a parameter. */
function isStillSaid({ name, scope, group, inFunction, body }: Named, added: string): boolean {
  const escaped = inPattern(name);
  if (group === "value") return name.split(", ").every((part) => wordsOf(added).has(part.toLowerCase()));
  if (new RegExp(`\\b(?:${DECLARES})[\\s*]+${escaped}(?![\\w$])`).test(added)) return true;
  if (scope !== "" && new RegExp(`${HEADED}(?<![\\w$])${escaped}(?![\\w$])`).test(added)) return true;
  // A constructor may disappear when something else takes its values.
  if ((CONSTRUCTORS.has(name) || scope.endsWith(`${name}\n`)) && shareOf(wordsOf(body), wordsOf(added)) >= 0.9)
    return true;
  // A local function may be inlined.
  return inFunction && similarity(wordsOf(body), wordsOf(added)) >= LEAST_LIKENESS;
}

const lastWord = (name: string) => name.split(/[.:#]+/).at(-1)!;
/** Other files may use it, though nothing says so. Tests have titles. */
const isForOthers = ({ name, group }: Named) =>
  (group === "value" ? /^[A-Z][A-Z\d_]*$/ : /^[A-Za-z_$][\w$]*[?!]?$/).test(lastWord(name));

const wordCounts = (code: string): Counts => countOf(code.match(/[A-Za-z_$][\w$]*/g) ?? []);

/** `isFree`: nobody needs its old name. */
function isRenamed(from: Named, to: Named, asked: Asked, isFree: boolean): boolean {
  const isLet = asked.renames || asked.letsLines || (!asked.adds && asked.names(to.name));
  const isAsync = to.name.toLowerCase() === `${from.name}async`.toLowerCase() && asked.names("async");
  if (!isLet && !isAsync && !from.isRule && !isFree) return false;
  const nested = from.isRule && similarity(wordsOf(from.body), wordsOf(to.body)) >= NESTED_LIKENESS;
  if (
    (from.scope !== to.scope && !nested) ||
    (from.group !== to.group && from.group !== "value" && !isReshaped(from, to, asked))
  )
    return false;
  if (asked.letsLines) return true;
  if (isOtherType(from.name, to.name)) return false;
  const head = (named: Named) => wordsOf(named.head.replaceAll(named.name, ""));
  const [a, b] = [wordsOf(from.body), wordsOf(to.body)];
  const alike = Math.max(
    similarity(a, b),
    a.size + b.size <= 6 && !from.isRule && (!asked.adds || a.size === 0) ? similarity(head(from), head(to)) : 0,
  );
  return (
    alike >= (asked.adds ? SAME_LIKENESS : LEAST_LIKENESS) &&
    (a.size > 0 || b.size > 0 || from.head === to.head || head(from).size > 0)
  );
}

/** A class that becomes a function, or the other way round. */
const isReshaped = (from: Named, to: Named, asked: Asked) =>
  asked.reshapes && shareOf(wordsOf(to.body), wordsOf(from.body)) >= LEAST_LIKENESS;

function doubledOf(old: readonly Named[], fresh: readonly Named[]): string[] {
  const [had, has] = [old, fresh].map((all) => countOf(all.map(({ scope, head }) => scope + head))) as [Counts, Counts];
  const known = countOf(old.map(nameIn));
  const singles = countOf(fresh.filter(({ single }) => single).map(nameIn));
  const doubled = fresh.filter((declaration) => {
    const { scope, name, group, nameless, reopened, single } = declaration;
    if (reopened) return false;
    // Values may be assigned twice, and callbacks may have equal names.
    const key = scope + declaration.head;
    if (group !== "value" && !nameless && has.get(key)! > Math.max(1, had.get(key) ?? 0)) return true;
    if (single && !nameless && (singles.get(scope + name) ?? 0) > Math.max(1, known.get(scope + name) ?? 0))
      return true;
    if (known.has(scope + name)) return false;
    return isInsideItself(declaration, fresh) || isWholeBody(declaration, old, fresh);
  });
  return [...new Set(doubled.map(({ name }) => name))];
}

/** Whether it is inside a declaration of the same name and group. A constructor has another group than its class. */
function isInsideItself({ scope, name, group }: Named, fresh: readonly Named[]): boolean {
  if (!scope.split("\n").slice(0, -1).includes(name)) return false;
  return fresh.some(
    (other) => other.name === name && other.group === group && scope.startsWith(`${other.scope}${name}\n`),
  );
}

/** Whether it is all that a function does which stood before: what was in there is now inside this one, and never runs. */
function isWholeBody(
  { scope, group, inFunction, line, body }: Named,
  old: readonly Named[],
  fresh: readonly Named[],
): boolean {
  if (group !== "function" || !inFunction) return false;
  const around = fresh.find((other) => other.group === "function" && nameIn(other) === scope.slice(0, -1));
  if (!around || !old.some((other) => nameIn(other) === nameIn(around))) return false;
  return countCode(around.body) === countCode(`${line}\n${body}`);
}

const countCode = (text: string) => text.split("\n").filter(isCode).length;
