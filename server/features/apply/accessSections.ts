/** Who may use a member, where a line above it says so for all that follow: `private:` of C++, `private` of Ruby. */
import type { Declaration } from "../code/outlineTypes.ts";
import type { Source } from "./source.ts";

const LABELS: Record<string, RegExp> = {
  cpp: /^\s*(public|private|protected)\s*:/,
  ruby: /^\s*(public|private|protected)\s*$/,
};

/** Undefined where nothing says it. */
function sectionOf({ lines, languageId }: Source, around: Declaration, line: number): string | undefined {
  const label = LABELS[languageId]!;
  for (let i = line - 1; i > around.declaration; i--) {
    const name = label.exec(lines[i]!)?.[1];
    if (name !== undefined) return name;
  }
  return languageId === "ruby" ? "public" : undefined;
}

/** The last member of a class that may be used as new members may. Undefined if there is none. */
export function lastAlike(
  file: Source,
  match: Declaration,
  code: Source,
  wanted: Declaration,
): Declaration | undefined {
  const last = match.children.at(-1);
  if (!Object.hasOwn(LABELS, file.languageId)) return last;
  const sections = new Set(wanted.children.map(({ declaration }) => sectionOf(code, wanted, declaration)));
  const [section] = sections;
  if (section === undefined) return last;
  if (sections.size > 1) return undefined;
  return match.children.findLast(({ declaration }) => sectionOf(file, match, declaration) === section);
}
