/** Outlines of files with named parts: sections of a document, targets of a makefile, blocks of settings. */
import { fencedBlocks } from "../text/fences.ts";
import { isBlank, lineNumbers } from "../text/lines.ts";
import { commentsAbove, dataDeclaration } from "./dataDeclaration.ts";
import { endOfValue } from "./dataOutline.ts";
import { haskellOutline } from "./haskellOutline.ts";
import type { Declaration } from "./outlineTypes.ts";
import { latexOutline, pascalOutline, sqlOutline } from "./wordOutline.ts";

type Outliner = (lines: readonly string[]) => Declaration[];

const LET = /^(?:let|and)\s+(?:(?:rec|inline)\s+)*([\w']+)|^(?:type|module|exception)\s+([\w.']+)/;
const LISP = /^\((?:def[\w-]*|ns)\s+(?:\^\S+\s+)*([^\s()[\]{}]+)/;
/** The beginnings of declarations at the margin. The first group that is set is the name. */
const MARGINS: Record<string, RegExp> = {
  ocaml: LET,
  clojure: LISP,
  lisp: LISP,
  commonlisp: LISP,
  erlang: /^([a-z]\w*)\(|^-(?:record|type|opaque)\(?\s*(\w+)/,
};
const ASCIIDOC = /^(={1,6}\s+.+?)\s*$/;

const OUTLINERS: Record<string, Outliner> = {
  markdown: sectionOutline,
  mdx: sectionOutline,
  makefile: targetOutline,
  terraform: braceOutline,
  hcl: braceOutline,
  proto: braceOutline,
  proto3: braceOutline,
  nginx: braceOutline,
  haskell: haskellOutline,
  purescript: haskellOutline,
  elm: haskellOutline,
  pascal: pascalOutline,
  objectpascal: pascalOutline,
  latex: latexOutline,
  tex: latexOutline,
  sql: sqlOutline,
  asciidoc: (lines) => sectionsAt(lines, (line) => ASCIIDOC.exec(lines[line]!)?.[1]),
  restructuredtext: (lines) => sectionsAt(lines, (line) => underlined(lines, line)),
  ...Object.fromEntries(
    Object.entries(MARGINS).map(([id, head]) => [id, (lines: readonly string[]) => marginOutline(lines, head)]),
  ),
};

/** The outline of a file. Undefined if its language has no such parts. */
export function blockOutline(lines: readonly string[], languageId: string): Declaration[] | undefined {
  return Object.hasOwn(OUTLINERS, languageId) ? OUTLINERS[languageId]!(lines) : undefined;
}

const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const UNDERLINE = /^ {0,3}(=+|-{2,})\s*$/;
const REFERENCE = /^ {0,3}\[[^\]]+\]:\s/;

/** Each heading with its text up to the next heading of any level: subsections are parts of their own. */
function sectionOutline(lines: readonly string[]): Declaration[] {
  const inCode = new Set(fencedBlocks(lines).flatMap(({ first, last }) => lineNumbers(first, last)));
  const sections: Declaration[] = [];
  for (const [line, text] of lines.entries()) {
    if (inCode.has(line)) continue;
    const [, signs, title] = HEADING.exec(text) ?? [];
    const under = isBlank(text) || /^\s*[-*+>|]/.test(text) ? undefined : UNDERLINE.exec(lines[line + 1] ?? "")?.[1];
    const level = signs?.length ?? (under?.startsWith("=") ? 1 : 2);
    if (signs !== undefined || under !== undefined)
      sections.push(dataDeclaration("key", `${"#".repeat(level)} ${title ?? text.trim()}`, line, line));
  }
  return sections.map((section, i) => {
    let last = (sections[i + 1]?.first ?? lines.length) - 1;
    // Link definitions belong to the document, not to its last section.
    while (last > section.first && (isBlank(lines[last]!) || REFERENCE.test(lines[last]!))) last--;
    return { ...section, last };
  });
}

/** Each title with its text up to the next title. */
function sectionsAt(lines: readonly string[], titleAt: (line: number) => string | undefined): Declaration[] {
  const heads = lines.flatMap((_, line) => {
    const title = titleAt(line);
    return title === undefined ? [] : [dataDeclaration("key", title, line, line)];
  });
  return heads.map((head, i) => {
    let last = (heads[i + 1]?.first ?? lines.length) - 1;
    while (last > head.first && isBlank(lines[last]!)) last--;
    return { ...head, last };
  });
}

/** The title at a line of reStructuredText: below it, one sign is repeated over at least its length. */
function underlined(lines: readonly string[], line: number): string | undefined {
  const [text, below = ""] = [lines[line]!.trimEnd(), lines[line + 1]?.trimEnd()];
  return /^\w/.test(text) && /^([=\-~^"'+*#.:`])\1*$/.test(below) && below.length >= text.length ? text : undefined;
}

/** Declarations that begin at the margin, each up to the next line there. Consecutive ones of one name are one. */
function marginOutline(lines: readonly string[], head: RegExp): Declaration[] {
  const found: Declaration[] = [];
  let open: Declaration | undefined;
  for (const [line, text] of lines.entries()) {
    if (isBlank(text)) continue;
    const name = head
      .exec(text)
      ?.slice(1)
      .find((group) => group !== undefined);
    if (name !== undefined && name === open?.name) open.last = line;
    else if (name !== undefined) {
      open = { ...dataDeclaration("key", name, commentsAbove(lines, line, MARGIN_COMMENT), line), group: "function" };
      found.push(open);
    } else if (/^\s|^[)\]}|]/.test(text)) {
      if (open) open.last = line;
    } else open = undefined;
  }
  return found;
}

const MARGIN_COMMENT = /^(?:;|%|\/\/|\(\*)/;

const TARGET = /^([^\s#:=][^#:=]*?)\s*::?(?!=)(?:\s|$)/;
const VARIABLE = /^(?:export\s+|override\s+)?([\w.-]+)\s*(?:[?+!]|:{1,3})?=/;
const HASH = /^#/;

/** Targets with their recipes, and variables. */
function targetOutline(lines: readonly string[]): Declaration[] {
  const found: Declaration[] = [];
  for (let line = 0; line < lines.length; line++) {
    const text = lines[line]!;
    const target = TARGET.exec(text)?.[1];
    // Special targets, such as .PHONY, add to each other, so each of them is named by its whole line.
    const name = VARIABLE.exec(text)?.[1] ?? (target?.startsWith(".") ? text.trim() : target);
    if (name === undefined) continue;
    const start = line;
    const goesOn = () => lines[line]!.endsWith("\\") || (target !== undefined && /^\t/.test(lines[line + 1] ?? ""));
    while (line + 1 < lines.length && goesOn()) line++;
    found.push({ ...dataDeclaration("key", name, commentsAbove(lines, start, HASH), start), last: line });
  }
  return found;
}

const BLOCK = /^([\w.-][^={}]*?)\s*\{\s*(?:[#/].*)?$/;
/** `count = 1` of Terraform, `string name = 1;` of Protocol Buffers, `listen 80;` of nginx. */
const SETTING = /^(?:(?:[\w.<>, ]+\s+)?([\w.-]+)\s*=(?!=)|([\w-]+)\s[^{}=]*;)/;
const COMMENT = /^(?:#|\/\/)/;

function braceOutline(lines: readonly string[]): Declaration[] {
  return bracesIn(lines, 0, lines.length - 1);
}

/** Blocks, named by the text before their brace, with the settings and blocks in them. */
function bracesIn(lines: readonly string[], from: number, to: number): Declaration[] {
  const found: Declaration[] = [];
  for (let line = from; line <= to; line++) {
    const text = lines[line]!.trim();
    if (isBlank(text) || COMMENT.test(text)) continue;
    const header = BLOCK.exec(text)?.[1];
    const [, assigned, directive] = SETTING.exec(text) ?? [];
    const name = header?.replace(/\s+/g, " ") ?? assigned ?? directive;
    if (name === undefined) continue;
    const start = line;
    line = endOf(lines, start);
    const own = { ...dataDeclaration("key", name, commentsAbove(lines, start, COMMENT), start), last: line };
    if (header === undefined) found.push(own);
    else found.push({ ...own, group: "container", children: bracesIn(lines, start + 1, line - 1) });
  }
  return found;
}

/** The last line of a setting or block. A heredoc ends with the word that it begins with. */
function endOf(lines: readonly string[], start: number): number {
  const word = /<<-?\s*"?(\w+)"?\s*$/.exec(lines[start]!)?.[1];
  const end = word === undefined ? -1 : lines.findIndex((line, i) => i > start && line.trim() === word);
  return end < 0 ? endOfValue(lines, start) : end;
}
