/** The functions, classes and the like of a text, with the lines that they take. */
import type { Grammars } from "../grammars.ts";
import { linesOf } from "../lines.ts";
import { lineOutline } from "./lineOutline.ts";
import { treeOutline } from "./treeOutline.ts";

/** `container`: what has members. `value`: what is neither that nor a function. */
export type Group = "container" | "function" | "value";

/** Lines are 0-based, both inclusive. Of no two of them that stand beside each other does one begin where the other ends. */
export type Declaration = {
  name: string;
  /** As the grammar calls it; of two that are the same, it is the same. */
  kind: string;
  group: Group;
  /** It stands in something that has no name: a callback, an object. */
  nameless: boolean;
  /** With the comments and decorators above it. */
  first: number;
  /** Without them. */
  declaration: number;
  last: number;
  /** Members of a class, functions of a function. */
  children: Declaration[];
};

export type Outline = {
  declarations: Declaration[] /** Places that do not parse; 0 where that cannot be told. */;
  errors: number;
};

export async function outlineOf(grammars: Grammars, languageId: string, text: string): Promise<Outline> {
  const lines = linesOf(text);
  const parsed = await grammars.parse(languageId, text, ({ rootNode }) => treeOutline(rootNode, lines));
  return parsed ?? { declarations: lineOutline(lines, languageId), errors: 0 };
}

/** Code of an answer may be a method without its class, which is no text that parses. What is put around it for a try. */
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

/** As outlineOf, for a part of a text. */
export async function outlineOfPart(grammars: Grammars, languageId: string, text: string): Promise<Outline> {
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

/** In a class, a call reads like the signature of a method. */
const count = ({ declarations }: Outline) =>
  flat(declarations).filter(({ kind }) => !kind.endsWith("_signature")).length;

/** With all that is in them. */
export function flat(declarations: readonly Declaration[]): Declaration[] {
  return declarations.flatMap((declaration) => [declaration, ...flat(declaration.children)]);
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
