/** Finds where the code of an answer belongs in a file of any language. */
import { t } from "@vscode/l10n";
import { EngineError } from "../../engine/engine.ts";
import { blockOutline } from "../code/blockOutline.ts";
import { dataOutline } from "../code/dataOutline.ts";
import type { Grammars } from "../code/grammars.ts";
import { outlineOf, outlineOfPart } from "../code/outline.ts";
import type { Outline } from "../code/outlineTypes.ts";
import { withEntries } from "./entries.ts";
import { withFields } from "./fields.ts";
import { placeCode } from "./placeCode.ts";
import { placeJson } from "./placeJson.ts";
import { innerLines, isSections, openingLine, type Section, sectionFor, sectionsOf, toFileLines } from "./sections.ts";
import { notPlaced, type Replacement } from "./source.ts";

type Text = { lines: readonly string[]; languageId: string };

/** The replacements, of which no two share a line. Throws EngineError notPlaced. */
export async function placeText(file: Text, code: readonly string[], grammars: Grammars): Promise<Replacement[]> {
  const { lines, languageId } = file;
  if (languageId === "json" || languageId === "jsonc") {
    const placed = placeJson(lines, code);
    if (placed) return placed;
  }
  const sections = sectionsOf(lines, languageId);
  const wanted = sectionsOf(code, languageId);
  if (languageId !== "html" && isSections(code, wanted)) return placeSections(file, sections, code, wanted, grammars);
  const inner = await inSections(file, sections, code, grammars);
  if (inner) return inner;
  const [outline, own] = await Promise.all([
    outlineToPlace(grammars, languageId, lines),
    outlineToPlace(grammars, languageId, code, true),
  ]);
  return placeCode({ ...file, ...outline }, { lines: code, languageId, ...own });
}

async function outlineToPlace(
  grammars: Grammars,
  languageId: string,
  lines: readonly string[],
  part = false,
): Promise<Outline> {
  const declarations = dataOutline(lines, languageId) ?? blockOutline(lines, languageId);
  if (declarations) return { declarations, errors: 0 };
  const outline = await (part ? outlineOfPart : outlineOf)(grammars, languageId, lines.join("\n"));
  return { ...outline, declarations: withFields(withEntries(outline.declarations, lines), lines, languageId) };
}

/** Places code that consists of whole sections. A new section goes to the end of the file. */
async function placeSections(
  file: Text,
  sections: readonly Section[],
  code: readonly string[],
  wanted: readonly Section[],
  grammars: Grammars,
): Promise<Replacement[]> {
  const placed: Replacement[] = [];
  for (const section of wanted) {
    const own = sectionFor(section, sections);
    if (own) {
      placed.push(...openingLine(file.lines, own, section));
      const inner = innerLines(code, section).lines;
      // If the code of a section has no place in it, it replaces the section as a whole.
      const whole = () => toFileLines([wholeSection(own, inner)], own, innerLines(file.lines, own).indentation);
      placed.push(...(await placeSection(file, own, inner, grammars).catch(orElse(whole))));
      continue;
    }
    if (sections.some(({ tag }) => tag === section.tag))
      throw notPlaced(t("{0} is declared {1} times in it", `"<${section.tag}>"`, sections.length));
    const end = file.lines.findLastIndex((line) => line.trim() !== "") + 1;
    placed.push({ first: end, last: end - 1, lines: ["", ...code.slice(section.first, section.last + 1)] });
  }
  return placed;
}

/** A handler that replaces a refusal, which is an EngineError. It throws all other errors again. */
const orElse =
  <T>(instead: () => T) =>
  (error: unknown): T => {
    if (error instanceof EngineError) return instead();
    throw error;
  };

const wholeSection = ({ first, last }: Section, code: readonly string[]): Replacement => ({
  first: 0,
  last: last - first - 2,
  lines: [...code],
});

async function placeSection(file: Text, own: Section, code: readonly string[], grammars: Grammars) {
  const { lines, indentation } = innerLines(file.lines, own);
  const placed = await placeText({ lines, languageId: own.languageId }, code, grammars);
  return toFileLines(placed, own, indentation);
}

/** Places code without section tags in the first section that has a place for it. Undefined for markup. */
async function inSections(
  file: Text,
  sections: readonly Section[],
  code: readonly string[],
  grammars: Grammars,
): Promise<Replacement[] | undefined> {
  const markup =
    code
      .find((line) => line.trim() !== "")
      ?.trim()
      .startsWith("<") ?? false;
  let refused: EngineError | undefined;
  for (const section of sections) {
    if (markup || section.tag === "template") continue;
    try {
      return await placeSection(file, section, code, grammars);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      refused ??= error;
    }
  }
  if (refused && !markup) throw refused;
  return undefined;
}
