/** An outline of Haskell and its relatives, where only its name connects the lines of a function. */
import { indentationWidth } from "../text/indentation.ts";
import { isBlank } from "../text/lines.ts";
import { aboveDeclaration } from "./extent.ts";
import type { Declaration } from "./outlineTypes.ts";

const TYPE = /^(data|newtype|type(?: (?:family|alias))?|class|instance|deriving)\b\s*(.*?)\s*(?:=.*|\bwhere.*)?$/;
const FUNCTION = /^((?:[a-z_][\w']*|\([^()\w\s]+\))(?:\s*,\s*[a-z_][\w']*)*)(?=\s|$)/;
const NO_NAME =
  /^(?:module|import|infix[lr]?|foreign|port|if|then|else|case|of|let|in|where|do|default|data|newtype|type|class|instance|deriving)\b/;

/** A signature and the equations below it are one declaration. Classes and instances have members. */
export function haskellOutline(lines: readonly string[]): Declaration[] {
  return outlineAt(lines, 0, lines.length - 1, 0);
}

function outlineAt(lines: readonly string[], from: number, to: number, depth: number): Declaration[] {
  const found: Declaration[] = [];
  let goesOn = false;
  for (let line = from; line <= to; line++) {
    const text = lines[line]!.trim();
    if (isBlank(text)) continue;
    const last = found.at(-1);
    if (indentationWidth(lines[line]!) > depth) {
      if (goesOn && last) last.last = line;
      continue;
    }
    const named = nameOf(text);
    // A comment between two equations belongs to their function.
    if (!named) goesOn &&= /^(?:--|\{-)/.test(text);
    else if (last?.name === named.name && last.group === "function") {
      // Its type is above the declaration, as decorators are in other languages.
      if (isSigned(last, lines)) last.declaration = line;
      last.last = line;
    } else
      found.push({
        ...named,
        nameless: false,
        first: aboveDeclaration(lines, line),
        declaration: line,
        last: line,
        children: [],
      });
    if (named) goesOn = true;
  }
  return found.map((declaration) => withMembers(declaration, lines));
}

const isSigned = ({ declaration }: Declaration, lines: readonly string[]) =>
  /^\s*[^=|]*?\s::(?:\s|$)/.test(lines[declaration]!);

function nameOf(text: string): Pick<Declaration, "name" | "kind" | "group"> | undefined {
  const [, keyword, type] = TYPE.exec(text) ?? [];
  if (keyword !== undefined)
    return { name: type!, kind: keyword, group: /^(?:class|instance)$/.test(keyword) ? "container" : "value" };
  const name = NO_NAME.test(text) ? undefined : FUNCTION.exec(text)?.[1];
  return name === undefined ? undefined : { name, kind: "function", group: "function" };
}

function withMembers(declaration: Declaration, lines: readonly string[]): Declaration {
  const { group, last } = declaration;
  const first = declaration.declaration + 1;
  if (group !== "container" || first > last) return declaration;
  return { ...declaration, children: outlineAt(lines, first, last, indentationWidth(lines[first]!)) };
}
