/** The functions, classes and the like of a text, with their lines. */

import { linesOf } from "../text/lines.ts";
import type { Grammars } from "./grammars.ts";
import { lineOutline } from "./lineOutline.ts";
import type { Declaration, Outline } from "./outlineTypes.ts";
import { treeOutline } from "./treeOutline.ts";

/** The outline of a text: by its grammar, or by indentation if there is none. */
export async function outlineOf(grammars: Grammars, languageId: string, text: string): Promise<Outline> {
  const lines = linesOf(text);
  const parsed = await grammars.parse(languageId, text, ({ rootNode }) => treeOutline(rootNode, lines));
  return parsed ?? { declarations: lineOutline(lines, languageId), errors: 0 };
}

/** Code that is tried around a part of a text: a method without its class does not parse alone. */
const WRAPPERS: Record<string, [before: string, after: string][]> = {
  typescript: [["class Around {", "}"]],
  typescriptreact: [["class Around {", "}"]],
  javascript: [["class Around {", "}"]],
  javascriptreact: [["class Around {", "}"]],
  java: [["class Around {", "}"]],
  csharp: [["class Around {", "}"]],
  cpp: [["class Around {", "};"]],
  rust: [["impl Around {", "}"]],
  php: [
    ["<?php", ""],
    ["<?php class Around {", "}"],
  ],
};

/** Puts a semicolon in place of the constants of a Java enum that is shown without them, so that it parses. */
const withoutConstants = (text: string) =>
  text.replace(
    /\benum\s+\w+[^{}();]*\{(?=\s*(?:\/\/[^\n]*\s*|@\w+\s*)*(?:(?:public|private|protected|static|final)\s|\w[\w<>[\]]*\s+\w+\s*[(=;]))/g,
    "$&;",
  );

/** Like outlineOf, for a part of a text, such as a method without its class. Lines are those of the part. */
export async function outlineOfPart(grammars: Grammars, languageId: string, part: string): Promise<Outline> {
  // The opening tag of PHP is put around it again.
  const text =
    languageId === "java" ? withoutConstants(part) : languageId === "php" ? part.replace(/^\s*<\?php\b/, "") : part;
  let best = await outlineOf(grammars, languageId, text);
  for (const [before, after] of Object.hasOwn(WRAPPERS, languageId) ? WRAPPERS[languageId]! : []) {
    const { declarations, errors } = await outlineOf(grammars, languageId, `${before}\n${text}\n${after}`);
    const [around] = declarations;
    const inside = before.includes("Around") ? (around?.children ?? []) : declarations;
    const wrapped = { declarations: inside.map((declaration) => moved(declaration, -1)), errors };
    if (errors < best.errors || (errors === best.errors && count(wrapped) > count(best))) best = wrapped;
  }
  return best;
}

/** The number of declarations. Signatures do not count: inside a class, a call looks like one. */
const count = ({ declarations }: Outline) =>
  flatten(declarations).filter(({ kind }) => !kind.endsWith("_signature")).length;

/** All declarations with nested ones, each before its children. */
export function flatten(declarations: readonly Declaration[]): Declaration[] {
  return declarations.flatMap((declaration) => [declaration, ...flatten(declaration.children)]);
}

function moved(declaration: Declaration, by: number): Declaration {
  const { first, declaration: begin, last, children } = declaration;
  return {
    ...declaration,
    first: first + by,
    declaration: begin + by,
    last: last + by,
    children: children.map((child) => moved(child, by)),
  };
}
