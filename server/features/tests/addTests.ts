/** Adds new tests to an existing test file. */
import { TextDocument } from "vscode-languageserver-textdocument";
import { EngineError } from "../../engine/engine.ts";
import { type CheckedEdits, checkedEdits } from "../apply/apply.ts";
import { opensFile } from "../apply/importPlace.ts";
import { addImports } from "../apply/mergeImports.ts";
import { placeText } from "../apply/placeText.ts";
import { indentedLike, type Replacement } from "../apply/source.ts";
import { isElision } from "../code/elisions.ts";
import type { Grammars } from "../code/grammars.ts";
import { importStatements } from "../code/imports.ts";
import { outlineOf, outlineOfPart } from "../code/outline.ts";
import type { Declaration } from "../code/outlineTypes.ts";
import { missingFrom } from "../guard/counts.ts";
import { harmWarning } from "../guard/guard.ts";
import { normalizeSpace } from "../guard/hunks.ts";
import { isBlank, linesOf, textLines } from "../text/lines.ts";
import { unitOf } from "../text/literals.ts";

/**
 * The tests replace those that they rewrite, as with Apply, if the file loses no line. Otherwise they go to the end of
 * the file, and their imports to its imports.
 */
export async function addTests(document: TextDocument, code: string, grammars: Grammars): Promise<CheckedEdits> {
  const text = document.getText();
  if (isBlank(text))
    return { edits: [{ range: wholeRange(document), newText: `${code.trimEnd()}\n` }], warning: undefined };
  const file = { lines: textLines(text), languageId: document.languageId };
  const lines = linesOf(code.trimEnd());
  const placed = await placeText(file, lines, grammars).catch((error: unknown) => {
    if (error instanceof EngineError && error.code === "notPlaced") return undefined;
    throw error;
  });
  const inPlace = placed && (await checkedEdits(document, placed, grammars));
  const lost = inPlace ? lostLines(file, textLines(TextDocument.applyEdits(document, inPlace.edits))) : [];
  if (inPlace && lost.length === 0) return inPlace;
  const atEnd = await checkedEdits(document, await placedAtEnd(file, lines, grammars), grammars);
  if (atEnd.warning === undefined || !inPlace) return atEnd;
  // A rewritten test replaces the user's own. The warning names the lines that go.
  return { ...inPlace, warning: inPlace.warning ?? harmWarning({ lost: [], lines: lost, doubled: [], elided: [] }) };
}

const wholeRange = (document: TextDocument) => ({
  start: { line: 0, character: 0 },
  end: document.positionAt(document.getText().length),
});

type TestFile = { lines: string[]; languageId: string };

/** The lines that are gone, without imports: those may be written in another way. */
function lostLines({ lines, languageId }: TestFile, after: readonly string[]): string[] {
  const imports = importStatements(lines, languageId);
  const own = lines.filter((_, line) => !imports.some(({ first, last }) => first <= line && line <= last));
  return missingFrom(own, after, normalizeSpace).filter((line) => normalizeSpace(line) !== "");
}

async function placedAtEnd(file: TestFile, lines: readonly string[], grammars: Grammars): Promise<Replacement[]> {
  const { languageId } = file;
  const imports = importStatements(lines, languageId);
  const known = new Set(file.lines.map((line) => line.trim()));
  // What the file begins with is not said again, and what stands for its tests is none.
  const isSaid = (line: string) =>
    (opensFile(line, languageId) && known.has(line.trim())) || isElision(line, languageId, known);
  const rest = lines.filter((line, i) => !imports.some(({ first, last }) => first <= i && i <= last) && !isSaid(line));
  const begin = rest.findIndex((line) => !isBlank(line));
  const added = addImports(file, { lines }, imports);
  if (begin < 0) return added;
  const inClass = await behindMember(file, rest.slice(begin), grammars);
  if (inClass) return [...added, inClass];
  const end = file.lines.findLastIndex((line) => !isBlank(line)) + 1;
  // The rest of the file is blank lines. One blank line and the ending of the last line replace them.
  return [...added, { first: end, last: file.lines.length - 1, lines: ["", ...rest.slice(begin), ""] }];
}

/** Languages whose functions stand in classes. */
const IN_CLASSES = new Set(["java", "csharp", "php", "ruby", "kotlin", "swift", "scala", "groovy"]);

/** Methods without their class come behind the last one of the file's last class. Undefined for other code. */
async function behindMember(
  { lines, languageId }: TestFile,
  code: readonly string[],
  grammars: Grammars,
): Promise<Replacement | undefined> {
  const isMethod = languageId === "python" && code.some((line) => /^\s*(?:async\s+)?def\s+\w+\(\s*self\b/.test(line));
  if (!isMethod && !IN_CLASSES.has(languageId)) return undefined;
  const [own, all] = await Promise.all([
    outlineOfPart(grammars, languageId, code.join("\n")),
    outlineOf(grammars, languageId, lines.join("\n")),
  ]);
  if (own.declarations.length === 0 || own.declarations.some(({ group }) => group !== "function")) return undefined;
  if (!isMethod && all.declarations.some(({ group }) => group === "function")) return undefined;
  const last = lastMember(all.declarations);
  if (!last) return undefined;
  const beside = lines.slice(last.declaration, last.last + 1);
  const fitted = indentedLike([...code], beside, unitOf(lines, languageId), languageId);
  return { first: last.last + 1, last: last.last, lines: ["", ...fitted] };
}

/** The last function of the last class: that can be in a namespace. */
function lastMember(declarations: readonly Declaration[]): Declaration | undefined {
  const around = declarations.findLast(({ group }) => group === "container");
  return around && (around.children.findLast(({ group }) => group === "function") ?? lastMember(around.children));
}
