/** Finds the functions, classes and members that a change loses or duplicates. */

import type { Grammars } from "../code/grammars.ts";
import { lineOutline } from "../code/lineOutline.ts";
import { outlineOf } from "../code/outline.ts";
import type { Declaration } from "../code/outlineTypes.ts";
import { inPattern, isCode, shareOf, similarity, wordsOf } from "../text/words.ts";
import { codeText } from "./codeText.ts";
import { type Counts, countOf, missingFrom } from "./counts.ts";
import { normalizeSpace } from "./hunks.ts";
import type { Intent } from "./intent.ts";
import { isOneForSeveral, isOtherType, rulesIn } from "./rules.ts";
import { usesIn } from "./usedNames.ts";

/** A function counts as renamed from this similarity on. */
const LEAST_LIKENESS = 0.4;
/** The same if the instruction adds something, because new code often resembles old code. */
const SAME_LIKENESS = 0.9;
/** The same for a style sheet's rule that moved into another rule. */
const NESTED_LIKENESS = 0.6;
const DECLARES =
  "function|class|interface|enum|struct|trait|type|def|fn|fun|func|sub|const|let|var|val|static|get|set|mod|module|record|object|protocol|actor";
/** In the head of such a declaration, a name is a field, and the method that reads it. */
const HEADED = "\\b(?:record|data\\s+class|case\\s+class)\\s+\\w+[^()]*\\([^()]*";

const SCRIPT_AGAIN = /\b(?:get|set)\s|[;,]$/;
const PROTOTYPE = /;$/;
/** Languages in which a scope can have one function of a name, each with the heads that may be repeated. */
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
  /** Of a kind that may be declared again. */
  reopened: boolean;
  head: string;
  /** Its scope may have only one of its name. */
  single: boolean;
  /** The line of the declaration. */
  line: string;
  body: string;
};

/** The two texts that are compared, as lines. */
export type Texts = { languageId: string; before: readonly string[]; after: readonly string[] };
/** Names of lost and duplicated declarations, keys or parts, as they are shown. */
export type Findings = { lost: string[]; doubled: string[] };

/** The lost and duplicated declarations. `added`: the text of all added lines. */
export async function declarationFindings(
  { languageId, before, after }: Texts,
  added: string,
  intent: Intent,
  grammars: Grammars,
): Promise<Findings> {
  const parsed = rulesIn([], languageId) ? [] : [before, after];
  const outlines = await Promise.all(parsed.map((lines) => outlineOf(grammars, languageId, lines.join("\n"))));
  // A syntax tree with errors is not reliable.
  const broken = outlines.some(({ errors }) => errors > 0);
  const [old, fresh] = [before, after].map((lines, i) => {
    const declarations =
      rulesIn(lines, languageId) ?? (broken ? lineOutline(lines, languageId) : outlines[i]!.declarations);
    return named(declarations, { lines, languageId, scope: "", inFunction: false });
  });
  const lost = lostOf(old!, fresh!, { languageId, before, after, added }, intent);
  const hidden = intent.mayRemoveLines || intent.hides ? [] : hiddenOf(old!, fresh!);
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
      line: normalizeSpace(lines[line]!),
      body: lines.slice(line + (last > line ? 1 : 0), last + 1).join("\n"),
    };
    const inside = { lines, languageId, scope: `${scope}${name}\n`, inFunction: inFunction || group === "function" };
    return [own, ...named(children, inside)];
  });
}

/** Whether its scope may have only one function of this name. A decorator allows another: a setter, an overload. */
function isSingle(head: string, above: string | undefined, languageId: string): boolean {
  const again = Object.hasOwn(SINGLE, languageId) ? SINGLE[languageId]! : undefined;
  return again !== undefined && !/^\s*@/.test(above ?? "") && !again.test(head);
}

/** The declaration up to its body, in one line: overloads differ in their parameters. */
function headOf(lines: readonly string[], first: number, last: number): string {
  const rest = lines.slice(first, Math.min(last + 1, first + LONGEST_HEAD));
  const end = rest.findIndex((line) => /[{:;]$|=>$/.test(line.trim()));
  return normalizeSpace(rest.slice(0, end < 0 ? 1 : end + 1).join(" "));
}

type Lines = { languageId: string; before: readonly string[]; after: readonly string[]; added: string };

function lostOf(
  old: readonly Named[],
  fresh: readonly Named[],
  { languageId, before, after, added }: Lines,
  intent: Intent,
): string[] {
  const isNamed = ({ name }: Named) => Number(intent.mayRemove(name));
  // Declarations that the instruction names come first, so that a new name is matched with them.
  const gone = missingFrom(old, fresh, placeOf).sort((a, b) => isNamed(b) - isNamed(a));
  if (gone.length === 0) return [];
  const gained = missingFrom(fresh, old, placeOf);
  // A declaration that is there as often as before has only moved.
  const [had, has] = [old, fresh].map((all) => countOf(all.map(({ name }) => name))) as [Counts, Counts];
  const [stood, stands] = [countOf(before.map(normalizeSpace)), countOf(after.map(normalizeSpace))];
  const isStillUsed = usesIn(after, languageId);
  const [said, says] = [before, after].map((lines) => wordCounts(codeText(lines, languageId)));
  const isStillRead = (name: string) =>
    new RegExp(`(?:\\b(?:this|self)\\.|@|\\$this->)${inPattern(name)}(?![\\w$])`).test(after.join("\n"));
  /** Whether no use of the old name is left, though other code used it before: it was renamed everywhere. */
  const isRenamedEverywhere = ({ name, line, body }: Named) => {
    const last = lastWord(name);
    const own = wordCounts(codeText(`${line}\n${body}`.split("\n"), languageId)).get(last) ?? 0;
    return (said!.get(last) ?? 0) > own && !says!.has(last);
  };
  const lost = gone.filter((declaration) => {
    const { name, line } = declaration;
    const isUsed = isStillUsed(name, declaration.scope.split("\n"));
    // The line is still there, in a place that the outline does not cover.
    if ((stands.get(line) ?? 0) >= stood.get(line)!) return false;
    if ((has.get(name) ?? 0) >= had.get(name)! || isStillDeclared(declaration, added)) return false;
    // singleLines.ts checks exports, which have several forms.
    if (MODULE.test(name)) return false;
    if (declaration.isRule && [...wordsOf(declaration.body)].some(intent.replaces)) return false;
    // A value that was built step by step can be built in one expression, without a variable.
    if (declaration.group === "value" && STEPWISE.test(line) && !isUsed) return false;
    if (intent.shorter && declaration.group === "value") return false;
    if (gained.some((other) => isOneForSeveral(declaration, other, languageId))) return false;
    if (name.includes(" ") && name.split(/[ "]+/).some(intent.replaces)) return false;
    const isField = declaration.group === "value" && declaration.scope !== "";
    const isFree = isField
      ? !isStillRead(name)
      : !isUsed && !isPublic(declaration) && (!mayBeUsedElsewhere(declaration) || isRenamedEverywhere(declaration));
    const at = gained.findIndex((other) => isRenamed(declaration, other, intent, isFree));
    if (at >= 0) gained.splice(at, 1);
    // If only unused code may go, a used declaration is lost even if the instruction covers it.
    return at < 0 && (!intent.mayRemove(name) || (intent.unused && isUsed));
  });
  return [...new Set(lost.map(({ name }) => name))];
}

const EXPORTS = /^(?:export(?:\s+default)?|pub(?:\([^)]*\))?|public)\s/;

/** Declarations that are no longer exported, as they are shown. */
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

/** Whether other files can use it by name. In Go, exported names begin with a capital. */
const isPublic = ({ line, name }: Named) =>
  EXPORTS.test(line) || (/^func\s/.test(line) && /^(?:\w+\.)?[A-Z]/.test(name)) || /^type\s+[A-Z]/.test(line);

const nameIn = ({ scope, name }: Named) => scope + name;

/** Its place: a function assigned to a prototype or to `exports` counts as a member of the class or of the module. */
const placeOf = (declaration: Named) =>
  nameIn(declaration)
    .replace(/^(?:module\.)?exports\.(?=\w)/, "")
    .replace(/^(\w+)\.(?:prototype\.)?(?=\w+$)/, "$1\n");

/** Whether the added lines still declare it. Outlines miss some declarations, and a field may become a parameter. */
function isStillDeclared({ name, scope, group, inFunction, body }: Named, added: string): boolean {
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
/** Whether other files may use it, by its name: a constant in capitals, or an identifier (a test's title is none). */
const mayBeUsedElsewhere = ({ name, group }: Named) =>
  (group === "value" ? /^[A-Z][A-Z\d_]*$/ : /^[A-Za-z_$][\w$]*[?!]?$/).test(lastWord(name));

const wordCounts = (code: string): Counts => countOf(code.match(/[A-Za-z_$][\w$]*/g) ?? []);

/** Whether `to` is `from` under another name. `isFree`: nothing needs the old name. */
function isRenamed(from: Named, to: Named, intent: Intent, isFree: boolean): boolean {
  const isAllowed = intent.renames || intent.mayRemoveLines || (!intent.adds && intent.names(to.name));
  const isAsync = to.name.toLowerCase() === `${from.name}async`.toLowerCase() && intent.names("async");
  if (!isAllowed && !isAsync && !from.isRule && !isFree) return false;
  const nested = from.isRule && similarity(wordsOf(from.body), wordsOf(to.body)) >= NESTED_LIKENESS;
  if (
    (from.scope !== to.scope && !nested) ||
    (from.group !== to.group && from.group !== "value" && !isReshaped(from, to, intent))
  )
    return false;
  if (intent.mayRemoveLines) return true;
  if (isOtherType(from.name, to.name)) return false;
  const head = (named: Named) => wordsOf(named.head.replaceAll(named.name, ""));
  const [a, b] = [wordsOf(from.body), wordsOf(to.body)];
  const alike = Math.max(
    similarity(a, b),
    a.size + b.size <= 6 && !from.isRule && (!intent.adds || a.size === 0) ? similarity(head(from), head(to)) : 0,
  );
  return (
    alike >= (intent.adds ? SAME_LIKENESS : LEAST_LIKENESS) &&
    (a.size > 0 || b.size > 0 || from.head === to.head || head(from).size > 0)
  );
}

/** Whether one kind of declaration became another, such as a class that became a function. */
const isReshaped = (from: Named, to: Named, intent: Intent) =>
  intent.reshapes && shareOf(wordsOf(to.body), wordsOf(from.body)) >= LEAST_LIKENESS;

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

/** Whether a new local function holds the whole body of a function that was there before: that body never runs then. */
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
