/** Finds clauses of SQL that come again where one of a kind can be: a query that is opened again in itself. */
import { bare } from "./hunks.ts";

/** Those that a query has once. */
const CLAUSE =
  /\b(?:(with)\s+(?:recursive\s+)?["`[]?\w+["`\]]?\s*(?:\([^()]*\)\s*)?as\b|(where)\b|(group)\s+by\b|(order)\s+by\b|(having)\b|(limit)\b)/i;
/** What begins a query or a statement, so that all clauses may come again. */
const BEGINS =
  /\b(?:select|insert|update|delete|create|alter|drop|merge|union|except|intersect|begin|values|on\s+conflict|declare|return|if|then|else|end|go)\b/i;
/** These never stand behind a comma; those that make something never stand in brackets. */
const STATEMENT = /^\s*(?:select|insert\s+into|update\s+\w|delete\s+from|from|where|create|alter|drop)\b/i;
const MAKES = /^\s*(?:create|alter|drop)\b/i;
const TOKEN = new RegExp(`${CLAUSE.source}|${BEGINS.source}|[();]`, "gi");

/** The first line of a clause or a statement that is in `after` once too often. */
export function clausesAgain(before: readonly string[], after: readonly string[]): string[] {
  const [old, fresh] = [againIn(before), againIn(after)];
  if (fresh.length <= old.length) return [];
  const known = new Set(old);
  const line = fresh.find((text) => !known.has(text)) ?? fresh.at(-1)!;
  return [`"${line}"`];
}

function againIn(lines: readonly string[]): string[] {
  const found = lines.filter((line, i) => {
    const above = codeOf(lines[i - 1] ?? "").trimEnd();
    return (STATEMENT.test(line) && above.endsWith(",")) || (MAKES.test(line) && above.endsWith("("));
  });
  /** The clauses of each open bracket's query. */
  const open: Set<string>[] = [new Set()];
  for (const line of lines) {
    for (const token of codeOf(line).matchAll(TOKEN)) {
      const clause = token.slice(1).find((word) => word !== undefined);
      if (token[0] === "(") open.push(new Set());
      else if (token[0] === ")") open.length > 1 && open.pop();
      else if (clause === undefined) open.at(-1)!.clear();
      else if (open.at(-1)!.has(clause.toLowerCase())) found.push(line);
      else open.at(-1)!.add(clause.toLowerCase());
    }
  }
  return found.map(bare);
}

/** Without texts and comments. */
const codeOf = (line: string) =>
  line
    .replace(/'(?:[^']|'')*'/g, "''")
    .replace(/--.*$/, "")
    .replace(/\/\*.*?\*\//g, "");
