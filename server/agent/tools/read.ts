/** `read`: shows a page of a file with line numbers, or the names in a folder. */
import fuzzysort from "fuzzysort";
import * as z from "zod";
import { textLines } from "../../features/text/lines.ts";
import type { Place, Workspace } from "../workspace/workspace.ts";
import { numberLine, shownText } from "./numbered.ts";
import { headAndTail, linesThatFit } from "./observation.ts";
import { fileHeading, folderHeading } from "./shown.ts";
import type { AgentTool, Observation, ToolContext } from "./tool.ts";

type Arguments = { path: string; line?: number };

export const read: AgentTool<Arguments> = {
  definition: {
    name: "read",
    description: "Shows a file with line numbers, one page at a time, or lists a folder.",
    parameters: {
      type: "object",
      properties: {
        path: { type: "string" },
        line: { type: "integer", description: "first line to show, default 1" },
      },
      required: ["path"],
    },
  },
  arguments: z.strictObject({ path: z.string(), line: z.int().min(1).optional() }),
  run: async ({ path, line = 1 }, context) => {
    const { workspace } = context;
    const place = await workspace.resolve(path);
    if (place.kind === "nothing") return missing(place, workspace, context.signal);
    if (place.kind === "folder") return folder(place, context);
    await context.consent("read", place);
    return window(place, line, context);
  },
};

/** The page of a file that begins with this line. */
async function window(place: Place, line: number, { workspace, countTokens }: ToolContext): Promise<Observation> {
  const lines = textLines((await workspace.read(place)).getText());
  if (lines.length > 1 && lines.at(-1) === "") lines.pop();
  const first = Math.min(line, lines.length);
  const numbered = lines.slice(first - 1).map((text, i) => numberLine({ number: first + i, text: shownText(text) }));
  const count = await linesThatFit(numbered, countTokens);
  const last = first + count - 1;
  const heading = `${fileHeading(place.path)} (lines ${first}-${last} of ${lines.length})`;
  const rest = last < lines.length ? [`The next page begins with line ${last + 1}.`] : [];
  return { text: [heading, ...numbered.slice(0, count), ...rest].join("\n"), cut: lines.length - count };
}

async function folder(place: Place, { workspace, countTokens }: ToolContext): Promise<Observation> {
  const names = await workspace.list(place);
  const { text, cut } = await headAndTail(names.join("\n"), countTokens);
  return { text: `${folderHeading(place.path)}\n${names.length === 0 ? "It is empty." : text}`, cut };
}

/** How many similar names are offered for a file that does not exist. */
const MAX_ALIKE = 5;

async function missing({ path }: Place, workspace: Workspace, signal: AbortSignal): Promise<Observation> {
  const names = await workspace.files(undefined, signal);
  const base = path.slice(path.lastIndexOf("/") + 1);
  const alike = [
    ...names.filter((name) => name.endsWith(`/${base}`)),
    ...fuzzysort.go(base, names, { limit: MAX_ALIKE }).map(({ target }) => target),
  ];
  const some = [...new Set(alike)].slice(0, MAX_ALIKE);
  const offer = some.length > 0 ? ` There ${some.length === 1 ? "is" : "are"} ${some.join(", ")}.` : "";
  return { text: `There is no file ${path}.${offer}`, failed: true };
}
