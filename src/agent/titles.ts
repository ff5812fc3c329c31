/** The titles of an agent's rows, in the display language. No VS Code API. */
import { t } from "@vscode/l10n";
import type { AgentRow } from "../../media/agent.ts";
import type { RewindReason, ToolCall } from "../../server/protocol.ts";
import { sanitizeDisplayText } from "../../server/shared/displayText.ts";
import { numberText } from "../text/locale.ts";

type Titled = Pick<AgentRow, "icon" | "title">;
/** `failed`: the call has not done what it was for. */
export type DoneCall = Titled & { failed: boolean };

/** Characters of a name, a query or a command in a title. */
const LONGEST = 80;

/** A text of the model on one line. */
export function oneLine(text: unknown, longest = LONGEST): string {
  return sanitizeDisplayText(typeof text === "string" ? text.trim() : "", longest);
}

/** While a call runs. */
export function runningTitle({ name, arguments: args }: ToolCall): Titled {
  switch (name) {
    case "read":
      return { icon: "read", title: t("Reading {0}", oneLine(args.path)) };
    case "search":
      return { icon: "search", title: t("Searching {0}", oneLine(args.query)) };
    case "edit":
      return { icon: "edit", title: t("Editing {0}", oneLine(args.path)) };
    case "create":
      return { icon: "create", title: t("Creating {0}", oneLine(args.path)) };
    case "run":
      return { icon: "run", title: oneLine(args.command) };
    default:
      return { icon: "tool", title: t("Calling {0}", oneLine(name)) };
  }
}

/** When a call has its result. @param result as the model gets it, in English. @param diff of the file it changed. */
export function doneTitle(call: ToolCall, result: string, diff: string | undefined): DoneCall {
  const { arguments: args } = call;
  const { icon, title } = runningTitle(call);
  const file = oneLine(args.path);
  switch (icon) {
    case "read":
      return { icon, ...readTitle(file, result) };
    case "search": {
      const found = placesFound(result);
      const count = found === 1 ? t("Searched {0}: 1 place", oneLine(args.query)) : undefined;
      return {
        icon,
        title: count ?? t("Searched {0}: {1} places", oneLine(args.query), numberText(found)),
        failed: false,
      };
    }
    case "edit":
      if (diff === undefined) return { icon, title: t("{0} was not changed", file), failed: true };
      return { icon, title: `${t("Edited {0}", file)} ${lineCounts(diff)}`, failed: false };
    case "create":
      if (diff === undefined) return { icon, title: t("{0} was not created", file), failed: true };
      return { icon, title: `${t("Created {0}", file)} ${lineCounts(diff)}`, failed: false };
    case "run":
      return { icon, title: t("{0}: not run", title), failed: true };
    default:
      return { icon, title: t("Called {0}", oneLine(call.name)), failed: false };
  }
}

function readTitle(file: string, result: string): Pick<DoneCall, "title" | "failed"> {
  const [, first, last] = /^File: .* \(lines (\d+)-(\d+) of \d+\)/.exec(result) ?? [];
  if (first !== undefined) return { title: t("Read {0} {1}", file, `${first}-${last}`), failed: false };
  if (result.startsWith("Folder: ")) return { title: t("Listed {0}", file), failed: false };
  return { title: t("{0} was not read", file), failed: true };
}

/** Numbered lines of a search's result, and those that it leaves out. */
function placesFound(result: string): number {
  const more = Number(/^And (\d+) more lines?\b/m.exec(result)?.[1] ?? 0);
  return more + (result.match(/^\d+\| /gm) ?? []).length;
}

/** Of a unified diff: `+3 −1`. */
function lineCounts(diff: string): string {
  const { added, removed } = countLines(diff);
  return removed === 0 ? `+${added}` : `+${added} −${removed}`;
}

/** Counts the lines that a unified diff adds and removes. */
export function countLines(diff: string): { added: number; removed: number } {
  const lines = diff.split("\n");
  const count = (sign: string) => lines.filter((line) => line.startsWith(sign)).length;
  return { added: count("+"), removed: count("-") };
}

/** A command that has ended. @param exitCode undefined if it was stopped. */
export function commandTitle(command: string, exitCode: number | undefined, output: string): string {
  const line = oneLine(command);
  if (exitCode === undefined) return t("{0}: stopped", line);
  if (exitCode === 0) return t("{0}: done", line);
  const failing = /\b([1-9]\d*) (?:failed|failing|failures?)\b/i.exec(output)?.[1];
  return failing === undefined ? t("{0}: exit status {1}", line, exitCode) : t("{0}: {1} failed", line, failing);
}

/** Why a step was taken again. */
export function rewindTitle(reason: RewindReason): string {
  const titles: Record<RewindReason, string> = {
    unknownTool: t("Taken again: there is no such tool"),
    badArguments: t("Taken again: the call could not be read"),
    notShown: t("Taken again: it named lines that it had not seen"),
    exists: t("Taken again: the file to create exists"),
    repeated: t("Taken again: the same call as before"),
    empty: t("Taken again: it said nothing"),
  };
  return titles[reason];
}
