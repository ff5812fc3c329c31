/** Adds the imports of an answer's code that a file lacks. */
import { fallbackImports } from "../code/fallbackImports.ts";
import { goImports } from "../code/goImport.ts";
import { type ImportStatement, importStatements, statementTexts } from "../code/imports.ts";
import { isScript } from "../code/languages.ts";
import { indentationOf } from "../text/indentation.ts";
import { topPlace } from "./importPlace.ts";
import { isFuture, missingPython } from "./pythonImports.ts";
import { missingScript } from "./scriptImports.ts";
import type { Replacement, Source } from "./source.ts";
import { valueImports } from "./typeImports.ts";
import { intoGroups, missingUses } from "./useImports.ts";

const USES = new Set(["rust", "php", "scala", "elixir"]);

/** The replacements that add the missing imports. `imports`: the code's import statements. */
export function addImports(
  file: Pick<Source, "lines" | "languageId">,
  code: Pick<Source, "lines">,
  imports: readonly Pick<ImportStatement, "first" | "last">[],
): Replacement[] {
  const { languageId } = file;
  const own = importStatements(file.lines, languageId);
  const [before, wanted] = [statementTexts(file.lines, own), statementTexts(code.lines, imports)];
  if (languageId === "go") {
    const group = own.find(({ first }) => /^import\s*\(/.test(file.lines[first]!));
    const missing = missingGo(before, wanted, group !== undefined);
    if (missing.length > 0 && group) return [inserted(group.last, missing)];
    return placed(file, own, missing);
  }
  if (languageId === "python") {
    const fallbacks = fallbackImports(file.lines);
    const missing = missingPython([...before, ...statementTexts(file.lines, fallbacks)], wanted);
    const [future, rest] = [missing.filter(isFuture), missing.filter((line) => !isFuture(line))];
    const first = own[0]?.first;
    const tried = fallbacks[0];
    if (first === undefined && tried && future.length === 0)
      return rest.length > 0 ? [inserted(tried.end + 1, rest)] : [];
    // Imports of `__future__` must come first, even before others of their kind.
    const top = future.length === 0 ? [] : first === undefined ? placed(file, own, future) : [inserted(first, future)];
    if (first === undefined && future.length > 0) return placed(file, own, [...future, ...rest]);
    return [...top, ...placed(file, own, rest)];
  }
  if (USES.has(languageId)) {
    const missing = missingUses(before, wanted, languageId);
    const { replacements, rest } = intoGroups(file.lines, own, missing, languageId);
    return [...replacements, ...placed(file, own, rest)];
  }
  if (!isScript(languageId)) return placed(file, own, missingTexts(before, wanted));
  const values = [...valueImports(before, wanted, code.lines.join("\n"))].map(([i, text]) => ({
    first: own[i]!.first,
    last: own[i]!.last,
    lines: text.split("\n"),
  }));
  return [...values, ...placed(file, own, missingScript(before, wanted, file.lines))];
}

/** A statement without differences that mean nothing: white space, kinds of quotes, brackets around one string. */
const bare = (text: string) =>
  text
    .replace(/\s+/g, " ")
    .replace(/;\s*$/, "")
    .replaceAll("'", '"')
    .replace(/\(("[^"]*")\)/, " $1")
    .replace(/\s+(?=")/g, "")
    .trim();

function missingTexts(before: readonly string[], wanted: readonly string[]): string[] {
  const known = new Set(before.map(bare));
  const covered = (text: string) => known.has(`${text.slice(0, text.lastIndexOf("."))}.*`);
  return wanted.filter((text) => !known.has(bare(text)) && !covered(bare(text))).flatMap((text) => text.split("\n"));
}

const inserted = (at: number, lines: string[]): Replacement => ({ first: at, last: at - 1, lines });

/** Adds lines after the last unguarded import, or at the place for a first import. */
function placed(
  file: Pick<Source, "lines" | "languageId">,
  own: readonly ImportStatement[],
  lines: string[],
): Replacement[] {
  if (lines.length === 0) return [];
  const last = own.findLast(({ guarded }) => !guarded);
  if (last) {
    const indentation = indentationOf(file.lines[last.first]!);
    return [
      inserted(
        last.last + 1,
        lines.map((line) => indentation + line),
      ),
    ];
  }
  const { at, above, below } = topPlace(file.lines, file.languageId);
  return [inserted(at, [...(above ? [""] : []), ...lines, ...(below ? [""] : [])])];
}

/** The missing imports, as lines for a group or as statements. */
function missingGo(before: readonly string[], wanted: readonly string[], grouped: boolean): string[] {
  const known = new Set(before.flatMap(goImports).map(({ path }) => path));
  const missing = wanted.flatMap(goImports).filter(({ path }) => !known.has(path));
  return missing.map(({ alias, path }) => `${grouped ? "\t" : "import "}${alias ? `${alias} ` : ""}"${path}"`);
}
