/** Finds the lines of files that the conversation shows. The model may edit only these. */
import type { Message, ToolCall } from "../../protocol.ts";
import { type NumberedLine, readNumbered } from "./numbered.ts";

/** Lines of one file that were shown together. */
export type ShownWindow = { path: string; lines: NumberedLine[] };

/** The tools with results that show lines. Other results can contain any text. */
const SHOWING = new Set(["read", "search", "edit", "create"]);

/** The heading that names the file of the lines below it. It has no line number. */
export const fileHeading = (path: string) => `File: ${path}`;
const HEADING = /^File: (.+?)(?: \(lines \d+-\d+ of \d+\))?$/;

/** All windows in the messages, the newest last. */
export function shownWindows(messages: readonly Message[]): ShownWindow[] {
  const windows: ShownWindow[] = [];
  let waiting: ToolCall[] = [];
  for (const message of messages) {
    if (message.role === "assistant") waiting = [...(message.toolCalls ?? [])];
    if (message.role !== "tool") continue;
    const call = waiting.shift();
    if (call && SHOWING.has(call.name)) windows.push(...windowsIn(message.content));
  }
  return windows;
}

/** The first line of a list of names. */
export const folderHeading = (path: string) => `Folder: ${path}`;

/** The windows in one result. Each line of a file has its number in front, so no line can pass as a heading. */
export function windowsIn(result: string): ShownWindow[] {
  const windows: ShownWindow[] = [];
  // A name in a folder can look like anything.
  if (result.startsWith(folderHeading(""))) return windows;
  for (const line of result.split("\n")) {
    const numbered = readNumbered(line);
    const path = numbered ? undefined : HEADING.exec(line)?.[1];
    if (path !== undefined) windows.push({ path, lines: [] });
    else if (numbered) windows.at(-1)?.lines.push(numbered);
  }
  return windows.filter(({ lines }) => lines.length > 0);
}

/** The files that were shown, the newest first. */
export const shownPaths = (windows: readonly ShownWindow[]): string[] => [
  ...new Set(windows.map(({ path }) => path).reverse()),
];
