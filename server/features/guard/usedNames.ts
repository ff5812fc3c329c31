/** Finds single lost lines that are still needed: the definition of a used name, and a needed return. */
import { importStatements } from "../code/imports.ts";
import { inPattern, isCode, similarity, wordsOf } from "../text/words.ts";
import { binderOf, statementsOf } from "./binders.ts";
import { codeText } from "./codeText.ts";
import { type Hunk, LONGEST_LINE, normalizeSpace } from "./hunks.ts";

const SCRIPT = /^(?:export\s+)?(?:const|let|var)\s+(?:([\w$]+)|[{[]([^}\]]*)[}\]])\s*(?::[^=]+)?=(?!=)/;
const PYTHON = /^([A-Za-z_]\w*)\s*(?::[^=]+)?=(?!=)/;
const GO = /^(?:var\s+)?([A-Za-z_]\w*(?:\s*,\s*\w+)*)\s*:=/;
const RUST = /^let\s+(?:mut\s+)?([A-Za-z_]\w*)\s*(?::[^=]+)?=/;
const TYPED =
  /^(?:(?:final|const|static|unsigned)\s+)*[A-Za-z_][\w.]*(?:<[^<>]*>)?(?:\[\])?[\s*&]+([A-Za-z_]\w*)\s*=(?!=)/;
const DECLARES: Record<string, RegExp> = {
  typescript: SCRIPT,
  typescriptreact: SCRIPT,
  javascript: SCRIPT,
  javascriptreact: SCRIPT,
  vue: SCRIPT,
  svelte: SCRIPT,
  python: PYTHON,
  go: GO,
  rust: RUST,
  java: TYPED,
  c: TYPED,
  cpp: TYPED,
  csharp: TYPED,
};
const RETURNS = /^return\b(?!\s*(?:None|null|nil|undefined|true|false)?\s*;?\s*$)/;
const LEAST_LIKENESS = 0.4;
/** Maximum number of lost lines to check: other checks report more. */
const MOST_LINES = 100;

type Lines = { languageId: string; before: readonly string[]; after: readonly string[] };

/** The removed lines that are still needed. `isReturnAsked`: the instruction is about the returned value. */
export function neededLines(
  hunks: readonly Hunk[],
  { languageId, before, after }: Lines,
  isReturnAsked: boolean,
): string[] {
  const declares = Object.hasOwn(DECLARES, languageId) ? DECLARES[languageId]! : undefined;
  if (!declares) return [];
  const there = new Set(after.map(normalizeSpace));
  const gone = hunks.flatMap(({ first, removed, added }) => {
    const isRenamed = added.some((line) => declaredBy(line, declares).length > 0);
    if (isRenamed || added.filter(isCode).length >= removed.filter(isCode).length) return [];
    const isGone = (line: string) =>
      line.length <= LONGEST_LINE && !there.has(normalizeSpace(line)) && !added.some((other) => isAlike(line, other));
    return removed.flatMap((line, i) => (isGone(line) ? [{ line, at: first + i }] : []));
  });
  const returns = isReturnAsked
    ? []
    : lostReturns(hunks, languageId).filter((line) => !there.has(normalizeSpace(line)));
  if (gone.length === 0 || gone.length > MOST_LINES) return returns;
  const imports = importStatements(before, languageId);
  const isImport = (at: number) => imports.some(({ first, last }) => at >= first && at <= last);
  const text = codeText(after, languageId);
  // In Java, a method and a variable can have the same name, so a call does not use the variable.
  const code = languageId === "java" ? text.replace(/\w+(?=\()/g, "") : text;
  const statements = statementsOf(after, languageId);
  const needed = gone.filter(({ line, at }) => {
    const names = isImport(at) ? importedBy(line, languageId) : declaredBy(line, declares);
    return names.some((name) => isUsed(name, code, languageId) && !statements.some(binderOf(name, languageId)));
  });
  return [...needed.map(({ line }) => line), ...returns];
}

function declaredBy(line: string, declares: RegExp): string[] {
  const [, name, list] = declares.exec(line.trim()) ?? [];
  return (name ?? list ?? "")
    .split(",")
    .map(
      (part) =>
        part
          .replace(/=.*$/, "")
          .trim()
          .split(/[\s:]+/)
          .at(-1)!,
    )
    .filter((part) => /^[A-Za-z_$][\w$]*$/.test(part) && part !== "_");
}

/** The names of an import, or of one line of it. */
function importedBy(line: string, languageId: string): string[] {
  const text = line
    .trim()
    .replace(/\s*(?:#|\/\/).*$/, "")
    .replace(/;$/, "");
  const lastWords = (list: string) => list.split(/[{}(),]/).flatMap((part) => /([\w$]+)\s*$/.exec(part)?.[1] ?? []);
  if (languageId === "go") {
    const [, alias, path] = /^(?:import\s+)?(?:([\w.]+)\s+)?"([^"]+)"$/.exec(text) ?? [];
    return path === undefined || alias === "_" || alias === "." ? [] : [alias ?? path.split("/").at(-1)!];
  }
  if (languageId === "java") return /^import\s+[\w.]+\.([A-Z]\w*)$/.exec(text)?.slice(1) ?? [];
  if (languageId === "python")
    return lastWords(text.replace(/^(?:from\s+[\w.]+\s+)?import\s+/, "")).filter((name) => name !== "import");
  if (DECLARES[languageId] !== SCRIPT) return [];
  if (/=\s*require\(/.test(text)) return declaredBy(text, SCRIPT);
  return lastWords(text.replace(/^import\s+(?:type\s+)?|\s*\}?\s*from\s+["'].*$/g, "").replace(/["'].*$/, ""));
}

const RECEIVERS = "(?:this|self|cls|super|Self|static|\\$this)\\??";

/**
 * A test whether the lines still use a declaration that they do not contain. `scope`: the names of the declarations
 * around it.
 */
export function usesIn(
  lines: readonly string[],
  languageId: string,
): (name: string, scope: readonly string[]) => boolean {
  const code = codeText(lines, languageId);
  const statements = statementsOf(lines, languageId);
  return (name, scope) => {
    const [last, ...owners] = [...scope, ...name.split(/[.:#]+/)].filter((part) => part !== "").reverse();
    if (last === undefined || !/^[A-Za-z_$][\w$]*$/.test(last)) return false;
    if (owners.length === 0) return isUsed(last, code, languageId) && !statements.some(binderOf(last, languageId));
    // In Go, the receiver can have any name.
    const receivers = name.includes(".")
      ? "[\\w$]+"
      : [RECEIVERS, ...owners.filter((one) => /^\w+$/.test(one))].join("|");
    return new RegExp(`(?:${receivers})(?:\\.|->|::)${inPattern(last)}\\s*\\(`).test(code);
  };
}

/** Whether code uses a name as a word: not as a member or a key. `code`: as `codeText` returns it, without strings. */
export function isUsed(name: string, code: string, languageId: string): boolean {
  const own = inPattern(name);
  if (languageId === "shellscript") return new RegExp(`\\$\\{?[#!]?${own}(?!\\w)|\\(\\([^()]*\\b${own}\\b`).test(code);
  return new RegExp(`(?<![\\w$@-]|(?<!\\.\\.)\\.|->)${own}(?![\\w$]|\\s*:(?!:)|\\s*=(?!=))`).test(code);
}

/** The lost return of a function that no longer returns a value. At most one. */
function lostReturns(hunks: readonly Hunk[], languageId: string): string[] {
  const added = hunks.flatMap((hunk) => hunk.added);
  if (languageId === "rust" || added.some((line) => /\b(?:return|yield|raise|throw)\b|\bget;/.test(line))) return [];
  // A function that gets an arrow has its value behind that.
  const arrows = (lines: readonly string[]) => lines.filter((line) => line.includes("=>")).length;
  if (arrows(added) > arrows(hunks.flatMap((hunk) => hunk.removed))) return [];
  const gone = hunks.flatMap((hunk) => {
    // Errors in Go are checked for themselves (lostLines.ts).
    const isError = (line: string) => languageId === "go" && /\berr\b|\berrors\.|\bErrorf\(/.test(line);
    const returns = hunk.removed.filter((line) => RETURNS.test(line.trim()) && !isError(line));
    const isReplaced = (line: string) => wordsOf(line).size === 0 || hunk.added.some((other) => isAlike(line, other));
    return returns.map((line) => ({ line, isReplaced: isReplaced(line) }));
  });
  const removed = hunks.flatMap((hunk) => hunk.removed).filter(isCode);
  const fewer = removed.length > added.filter(isCode).length;
  return gone.length === 1 && (fewer || !gone[0]!.isReplaced) ? gone.map(({ line }) => line) : [];
}

const isAlike = (line: string, other: string) => similarity(wordsOf(line), wordsOf(other)) >= LEAST_LIKENESS;
