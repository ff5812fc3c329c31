/** `search`: finds lines with a text or a regular expression; declarations of a searched name come first. */
import path from "node:path";
import { URI } from "vscode-uri";
import * as z from "zod";
import { flatten, outlineOf } from "../../features/code/outline.ts";
import { textLines } from "../../features/text/lines.ts";
import { MAX_FILES } from "../workspace/ignoring.ts";
import type { Place } from "../workspace/workspace.ts";
import { type LineSearch, lineSearch } from "./matches.ts";
import { numberLine, shownText } from "./numbered.ts";
import { linesThatFit } from "./observation.ts";
import { fileHeading } from "./shown.ts";
import type { AgentTool, ToolContext } from "./tool.ts";

type Arguments = { query: string; path?: string };
/** Found lines of one file. `lines`: 0-based. `declared`: the lines of these that declare the name. */
type Found = { path: string; text: string[]; lines: number[]; declared: Set<number> };

/** Larger files are not searched, characters. */
const MAX_FILE_CHARS = 1024 * 1024;
/** How many files are read at a time. */
const TOGETHER = 64;
/** How many lines of one file are shown. */
const MAX_LINES_OF_FILE = 12;
/** How many files are searched for declarations. */
const MAX_PARSED_FILES = 60;
/** How many places of the editor are looked at. */
const MAX_SYMBOLS = 60;
const NAME = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;

export const search: AgentTool<Arguments> = {
  definition: {
    name: "search",
    description: "Finds lines in the files, declarations first.",
    parameters: {
      type: "object",
      properties: {
        query: { type: "string", description: "text, or /regular expression/" },
        path: { type: "string", description: "a file or folder to search in" },
      },
      required: ["query"],
    },
  },
  arguments: z.strictObject({ query: z.string().min(1), path: z.string().optional() }),
  run: async ({ query, path: under }, context) => {
    const searched = lineSearch(query);
    if (!searched) return { text: `${query} is not a valid regular expression.`, failed: true };
    const place = under === undefined || under === "" ? undefined : await context.workspace.resolve(under);
    if (place?.kind === "nothing") return { text: `There is no file or folder ${place.path}.`, failed: true };
    const names = await filesIn(place, searched, context);
    const found = await findIn(names, searched, context);
    const isPart = names.length >= MAX_FILES || searched.hasSkipped();
    const note = isPart ? "Not all files were searched: name a folder, or a simpler query." : undefined;
    if (found.length === 0) return { text: [`Nothing was found for ${query}.`, note].filter(Boolean).join(" ") };
    if (NAME.test(query)) await markDeclarations(query, found, context);
    return result(found, note, context);
  },
};

async function filesIn(
  place: Place | undefined,
  { pattern }: LineSearch,
  { workspace, consent, signal }: ToolContext,
): Promise<string[]> {
  if (place?.kind !== "file")
    return (await workspace.filesWith(pattern, place, signal)) ?? workspace.files(place, signal);
  await consent("read", place);
  return [place.path];
}

async function findIn(
  names: readonly string[],
  { matches, isTooSlow }: LineSearch,
  context: ToolContext,
): Promise<Found[]> {
  const found: Found[] = [];
  for (let at = 0; at < names.length && !isTooSlow(); at += TOGETHER) {
    context.signal.throwIfAborted();
    const some = names.slice(at, at + TOGETHER);
    const texts = await Promise.all(some.map((name) => linesOf(name, context)));
    for (const [i, lines] of matches(texts).entries())
      if (lines.length > 0) found.push({ path: some[i]!, text: texts[i]!, lines, declared: new Set() });
  }
  return found;
}

/** The lines of a file; none if it cannot be read, or is too large. */
async function linesOf(name: string, { workspace }: ToolContext): Promise<string[]> {
  const place = await workspace.resolve(name).catch(() => undefined);
  // To tools, some names mean another file, which can be secret: `a\.env`.
  if (place?.path !== name) return [];
  const content = await workspace.read(place).then(
    (document) => document.getText(),
    () => "",
  );
  return content.length > MAX_FILE_CHARS ? [] : textLines(content);
}

/** Finds the declarations with the editor's symbols, if there is an editor, and with the files' outlines. */
async function markDeclarations(name: string, found: readonly Found[], context: ToolContext): Promise<void> {
  const { workspace, grammars, signal } = context;
  const symbols = (await workspace.symbols?.(name, signal).catch(() => [])) ?? [];
  for (const { uri, line } of symbols.slice(0, MAX_SYMBOLS)) {
    const place = await workspace.resolve(URI.parse(uri).fsPath).catch(() => undefined);
    const known = found.find((file) => file.path === place?.path);
    if (known?.lines.includes(line)) known.declared.add(line);
  }
  for (const file of found.slice(0, MAX_PARSED_FILES)) {
    signal.throwIfAborted();
    const { languageId } = await workspace.resolve(file.path).then((place) => workspace.read(place));
    const { declarations } = await outlineOf(grammars, languageId, file.text.join("\n"));
    for (const declaration of flatten(declarations)) {
      const named = declaration.name.split(/[.:#\s]+/).at(-1) === name;
      const line = file.lines.find((at) => at >= declaration.declaration && at <= declaration.last);
      if (named && line !== undefined) file.declared.add(line);
    }
  }
}

async function result(found: readonly Found[], note: string | undefined, { countTokens }: ToolContext) {
  const order = found.toSorted((a, b) => b.declared.size - a.declared.size || rank(a.path) - rank(b.path));
  const rows = order.flatMap(({ path: name, text, lines, declared }) => {
    const first = [...declared].sort((a, b) => a - b);
    const shown = [...first, ...lines.filter((line) => !declared.has(line))].slice(0, MAX_LINES_OF_FILE);
    const ordered = shown.sort((a, b) => Number(declared.has(b)) - Number(declared.has(a)) || a - b);
    return [
      fileHeading(name),
      ...ordered.map((line) => numberLine({ number: line + 1, text: shownText(text[line]!) })),
    ];
  });
  const count = await linesThatFit(rows, countTokens);
  const shown = rows.slice(0, count);
  const isLine = (row: string) => /^\d/.test(row);
  const total = found.reduce((sum, { lines }) => sum + lines.length, 0);
  const more = total - shown.filter(isLine).length;
  const files = found.length - shown.filter((row) => !isLine(row)).length;
  const rest =
    more > 0
      ? [
          `And ${more} more ${more === 1 ? "line" : "lines"}${files > 0 ? `, ${files} of the files are not shown` : ""}.`,
        ]
      : [];
  return { text: [...shown, ...rest, ...(note === undefined ? [] : [note])].join("\n"), cut: more };
}

/** Sources rank before tests, and both before documents and data. */
function rank(name: string): number {
  if (/\.(?:md|txt|json|ya?ml|lock|csv|svg|html)$/i.test(name)) return 2;
  return /(?:^|[./_-])(?:tests?|spec)(?:[./_-]|$)/i.test(path.posix.normalize(name)) ? 1 : 0;
}
