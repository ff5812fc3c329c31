/** Which lines of which files the conversation shows: the model may name only these. */
import type { Message, ToolCall } from "../../protocol.ts";
import { type NumberedLine, readNumbered } from "./numbered.ts";

/** Lines of one file that were shown together. */
export type ShownWindow = { path: string; lines: NumberedLine[] };

/** Whose results show lines. Other results can contain anything. */
const SHOWING = new Set(["read", "search", "edit", "create"]);

/** A line without a number that names the file of the lines below it. */
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

/** Each line of a file has its number in front, so no file can pretend to be a heading. */
export function windowsIn(result: string): ShownWindow[] {
  const windows: ShownWindow[] = [];
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
