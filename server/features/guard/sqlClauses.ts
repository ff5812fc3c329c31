/** Finds repeated SQL clauses that a query can have only once, as in a query that is opened again in itself. */
import { normalizeSpace } from "./hunks.ts";

/** Clauses that a query has at most once. */
const CLAUSE =
  /\b(?:(with)\s+(?:recursive\s+)?["`[]?\w+["`\]]?\s*(?:\([^()]*\)\s*)?as\b|(where)\b|(group)\s+by\b|(order)\s+by\b|(having)\b|(limit)\b)/i;
/** Words that begin a query or a statement, in which all clauses may come again. */
const BEGINS =
  /\b(?:select|insert|update|delete|create|alter|drop|merge|union|except|intersect|begin|values|on\s+conflict|declare|return|if|then|else|end|go)\b/i;
/** A line that begins like this never follows a comma. One of `MAKES` never follows an opening bracket. */
const STATEMENT = /^\s*(?:select|insert\s+into|update\s+\w|delete\s+from|from|where|create|alter|drop)\b/i;
const MAKES = /^\s*(?:create|alter|drop)\b/i;
const SELECT = /^\s*select\b/i;
/** What can stand between two queries. Some dialects need nothing there, but they do not begin alike. */
const SEPARATES = /[;()]|\b(?:union|except|intersect|insert|create|as|go|begin|end|then|else)\b/i;
const ENDS = /;|\b(?:union|except|intersect)\b/i;
const TOKEN = new RegExp(`${CLAUSE.source}|${BEGINS.source}|[();]`, "gi");

/** The first line of `after` with a repeated clause or a misplaced statement, quoted. At most one. */
export function repeatedClauses(before: readonly string[], after: readonly string[]): string[] {
  const [old, fresh] = [repetitionsIn(before), repetitionsIn(after)];
  if (fresh.length <= old.length) return [];
  const known = new Set(old);
  const line = fresh.find((text) => !known.has(text)) ?? fresh.at(-1)!;
  return [`"${line}"`];
}

function repetitionsIn(lines: readonly string[]): string[] {
  const found = lines.filter((line, i) => {
    const above = codeOf(lines[i - 1] ?? "").trimEnd();
    return (STATEMENT.test(line) && above.endsWith(",")) || (MAKES.test(line) && above.endsWith("("));
  });
  let query: string | undefined;
  for (const line of lines) {
    const isQuery = SELECT.test(line);
    if (isQuery && normalizeSpace(line) === query) found.push(line);
    if (isQuery) query = normalizeSpace(line);
    if ((isQuery ? ENDS : SEPARATES).test(codeOf(line))) query = undefined;
  }
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
  return found.map(normalizeSpace);
}

/** A line without strings and comments. */
const codeOf = (line: string) =>
  line
    .replace(/'(?:[^']|'')*'/g, "''")
    .replace(/--.*$/, "")
    .replace(/\/\*.*?\*\//g, "");
