/** An outline by indentation, for languages without a grammar. */

import { linesInStrings } from "../text/literals.ts";
import { isDeclaration } from "./declarations.ts";
import { aboveDeclaration, lastLine } from "./extent.ts";
import type { Declaration } from "./outlineTypes.ts";

const KEYWORD =
  /(?:^|\s)(function|class|interface|enum|struct|trait|namespace|module|type|def|defp|defmodule|fn|fun|func|sub|proc|object|record|union|extension|protocol|mod|impl)\*?\s+(`[^`]+`|[\w$.:~!?]+)/;
const ASSIGNED = /(?:^|\s)([\w$.]+)\s*(?::[^=]+)?=/;
/** Elixir. */
const TITLED = /^\s*(test|describe)\s+("[^"]*")/;
/** R. */
const ARROWED = /^\s*([\w.]+)\s*<<?-\s*function\b/;
const CALLED = /([\w$~.:]+)\s*(?:<[^>]*>)?\s*\(/;
const CONTAINERS = new Set(
  "class interface enum struct trait namespace module defmodule object record union extension protocol mod impl".split(
    " ",
  ),
);

export function lineOutline(lines: readonly string[], languageId: string): Declaration[] {
  const top: Declaration[] = [];
  const open: Declaration[] = [];
  const inString = linesInStrings(lines, languageId);
  for (const [line, text] of lines.entries()) {
    if (inString[line] || !isDeclaration(lines, line, languageId)) continue;
    const named = nameOf(text);
    if (!named) continue;
    const first = aboveDeclaration(lines, line);
    const last = lastLine(lines, line, inString);
    const found: Declaration = { ...named, nameless: false, first, declaration: line, last, children: [] };
    while (open.length > 0 && open.at(-1)!.last < line) open.pop();
    const around = open.at(-1);
    // The indentation is misleading here.
    if (around && around.last < found.last) continue;
    (around?.children ?? top).push(found);
    open.push(found);
  }
  return top;
}

function nameOf(text: string): Pick<Declaration, "name" | "kind" | "group"> | undefined {
  const [, block, title] = TITLED.exec(text) ?? [];
  if (title !== undefined) return { name: title, kind: block!, group: block === "describe" ? "container" : "function" };
  const arrowed = ARROWED.exec(text)?.[1];
  if (arrowed !== undefined) return { name: arrowed, kind: "function", group: "function" };
  const [, keyword, named] = KEYWORD.exec(text) ?? [];
  if (keyword && named)
    return { name: named, kind: keyword, group: CONTAINERS.has(keyword) ? "container" : "function" };
  const name = ASSIGNED.exec(text)?.[1] ?? CALLED.exec(text)?.[1];
  return name === undefined ? undefined : { name, kind: "function", group: "function" };
}
