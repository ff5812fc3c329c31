/** `edit`: replaces lines that were shown, after the same checks as an inline edit. */
import { createPatch } from "diff";
import type { Range } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import * as z from "zod";
import { type EditFault, editFault } from "../../features/guard/editCheck.ts";
import { harmForModel } from "../../features/guard/guard.ts";
import { fitReply } from "../../features/text/fitReply.ts";
import { isBlank, linesOf, unixLines } from "../../features/text/lines.ts";
import { unitOf } from "../../features/text/literals.ts";
import { type Selection, selectionOf } from "../../features/text/selection.ts";
import { toTextEdits } from "../../features/text/textEdits.ts";
import { placeAnchors, readAnchors } from "./anchors.ts";
import { numberLine, shownText, withoutNumbers } from "./numbered.ts";
import { linesThatFit } from "./observation.ts";
import { fileHeading } from "./shown.ts";
import type { AgentTool, Observation, ToolContext } from "./tool.ts";

type Arguments = { path: string; from: string; to: string; text: string };

/** How many lines around the new ones the result shows. */
const AROUND = 3;

export const edit: AgentTool<Arguments> = {
  definition: {
    name: "edit",
    description:
      "Replaces the lines from `from` to `to`, both included and copied as shown, such as `12| x = 1`. An empty text deletes them.",
    parameters: {
      type: "object",
      properties: {
        path: { type: "string" },
        from: { type: "string" },
        to: { type: "string" },
        text: { type: "string", description: "the new lines, without numbers" },
      },
      required: ["path", "from", "to", "text"],
    },
  },
  arguments: z.strictObject({ path: z.string(), from: z.string(), to: z.string(), text: z.string() }),
  run: async (args, context) => {
    const { workspace, consent, shown } = context;
    const place = await workspace.resolve(args.path);
    const anchors = readAnchors(
      args.from,
      args.to,
      shown.filter(({ path }) => path === place.path),
    );
    if (!anchors) return { text: `These lines of ${place.path} were not shown. Read them first.`, failed: true };
    await consent("write", place);
    const read = await workspace.read(place);
    // The document itself can change while the edit is checked.
    const document = TextDocument.create(place.uri, read.languageId, read.version, read.getText());
    const lines = linesOf(document.getText());
    const found = placeAnchors(anchors, lines);
    if (typeof found === "string") return moved(place.path, anchors.first.number, lines, context);
    const selection = selectionOf(document, rangeOf(found, lines));
    const edits = editsOf(document, selection, args.text, found, lines);
    if (edits.length === 0) return { text: "This changes nothing: the lines are so already.", failed: true };
    const fault = await editFault({ document, edits, asked: context.asked, ranges: [selection] }, context.grammars);
    const call = JSON.stringify(args);
    const isMeant = context.objections.has(call) && !fault?.harm?.elided.length;
    if (fault && !isMeant) {
      context.objections.add(call);
      return { text: objection(place.path, fault), failed: true };
    }
    await workspace.edit(place, document, edits);
    const after = TextDocument.applyEdits(document, edits);
    report(place, document.getText(), after, fault?.warning, context);
    const grown = linesOf(after).length - lines.length;
    const verdict = fault?.errors[0] ? `Line ${fault.errors[0].line + 1} does not parse: ${fault.errors[0].what}.` : "";
    const text = await newLines(place.path, linesOf(after), { first: found.first, last: found.last + grown }, context);
    return { text: verdict === "" ? text : `${text}\n${verdict}`, changed: place.uri };
  },
};

type Lines = { first: number; last: number };

const rangeOf = ({ first, last }: Lines, lines: readonly string[]): Range => ({
  start: { line: first, character: 0 },
  end: { line: last, character: lines[last]!.length },
});

function editsOf(
  document: TextDocument,
  selection: Selection,
  text: string,
  { first, last }: Lines,
  lines: readonly string[],
) {
  const code = withoutNumbers(unixLines(text));
  if (!isBlank(code)) {
    const fitted = fitReply(code, selection, unitOf(lines, document.languageId), document.languageId);
    return toTextEdits(document, selection.range, fitted);
  }
  // The lines are deleted with their last line end, or at the end of the file with the line end before them.
  const isEnd = last === lines.length - 1;
  const start = isEnd && first > 0 ? { line: first - 1, character: lines[first - 1]!.length } : selection.range.start;
  const end = isEnd ? selection.range.end : { line: last + 1, character: 0 };
  return [{ range: { start, end }, newText: "" }];
}

/** What the model gets instead of the result of a faulty edit. */
function objection(path: string, { harm, errors }: EditFault): string {
  const faults = [
    ...(harm ? harmForModel(harm) : []),
    ...errors.map(({ line, what, text }) => `Then line ${line + 1} of ${path} does not parse: ${what}: ${text}`),
  ];
  const advice = harm?.elided.length ? "" : " If that is what you want, make the same call again.";
  return `Nothing was changed.\n${faults.map((text) => `- ${text}`).join("\n")}\nWrite the edit without this fault.${advice}`;
}

/** For lines that have changed since they were shown: shows the current ones. */
async function moved(
  path: string,
  number: number,
  lines: readonly string[],
  context: ToolContext,
): Promise<Observation> {
  const at = Math.min(number, lines.length) - 1;
  const text = await newLines(path, lines, { first: at, last: at }, context);
  return {
    text: `Nothing was changed: these lines have changed since. Now there is:\n${text}`,
    failed: true,
    isStale: true,
  };
}

/** Shows the lines from `first` to `last` (0-based, both inclusive, can be empty) and some around them. */
async function newLines(
  path: string,
  lines: readonly string[],
  { first, last }: Lines,
  { countTokens }: ToolContext,
): Promise<string> {
  const from = Math.max(0, first - AROUND);
  const shown = lines.slice(from, Math.max(first, last + 1) + AROUND);
  if (from + shown.length === lines.length && shown.at(-1) === "") shown.pop();
  const rows = shown.map((text, i) => numberLine({ number: from + i + 1, text: shownText(text) }));
  const count = rows.length === 0 ? 0 : await linesThatFit(rows, countTokens);
  return [fileHeading(path), ...rows.slice(0, count)].join("\n");
}

function report(
  { uri, path }: { uri: string; path: string },
  before: string,
  after: string,
  warning: string | undefined,
  { report }: ToolContext,
) {
  report({ type: "edit", uri, path, diff: patch(path, before, after), created: false, warning });
}

/** A unified diff without the file header. */
export const patch = (path: string, before: string, after: string): string =>
  createPatch(path, unixLines(before), unixLines(after), undefined, undefined, { context: 3 })
    .split("\n")
    .slice(4)
    .join("\n");
