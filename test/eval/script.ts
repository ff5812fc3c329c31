/** What a scripted model says to a case: the right change, a wrong one, or nothing. */
import { numberLine } from "../../server/agent/tools/numbered.ts";
import { fileHeading } from "../../server/agent/tools/shown.ts";
import { fenceTag, languageOf } from "../../server/features/code/languages.ts";
import { fence } from "../../server/features/text/prompts.ts";
import type { ToolCall } from "../../server/protocol.ts";
import type { ScriptedReply } from "../support/scriptedEngine.ts";
import { type AgentCase, type Case, type Change, changed, type EditCase } from "./cases.ts";

export type Says = "right" | "wrong" | "nothing";

export function scriptFor(one: Case, says: Says): ScriptedReply[] {
  if (says === "nothing") return [{ match: "", answer: "" }];
  if (one.kind === "edit") return editScript(one, says === "right" ? one.right : one.wrong[0]!);
  if (one.kind === "agent") return agentScript(one, says === "right" ? one.right : one.wrong[0]!);
  const reply = says === "right" ? one.right : one.wrong[0]!;
  return [{ match: "", answer: "", ...reply }];
}

/** Reads and edits each file, creates new ones, and says that it is done. */
function agentScript({ files, task }: AgentCase, changes: readonly Change[]): ScriptedReply[] {
  const after = changed(files, changes);
  const call = (match: string, name: string, args: ToolCall["arguments"]): ScriptedReply => ({
    match,
    answer: "",
    thought: "Step by step.",
    calls: [{ name, arguments: args }],
  });
  const replies: ScriptedReply[] = [];
  let last = task;
  for (const path of new Set(changes.map((change) => change.path))) {
    const before = files[path];
    if (before === undefined) {
      replies.push(call(last, "create", { path, text: after[path] }));
      last = `Created ${path}`;
      continue;
    }
    const { first, lines, text } = changedLines(before, after[path]!);
    const [from, to] = [first, first + lines.length - 1].map((at) =>
      numberLine({ number: at + 1, text: lines[at - first]! }),
    );
    replies.push(call(last, "read", { path }));
    replies.push(call(`${fileHeading(path)} (lines`, "edit", { path, from, to, text }));
    last = `${fileHeading(path)}\n`;
  }
  // The latest results come first: a task can contain the name of a file.
  return [...replies.toReversed(), { match: last, answer: "It is done." }].sort(
    (a, b) => Number(a.match === task) - Number(b.match === task),
  );
}

/** The lines that differ, with a neighbour if none is removed, and what takes their place. `first` is 0-based. */
function changedLines(before: string, after: string): { first: number; lines: string[]; text: string } {
  const [old, now] = [before.split("\n"), after.split("\n")];
  let [first, behind] = [0, 0];
  while (first < old.length - 1 && old[first] === now[first]) first++;
  const room = Math.min(old.length, now.length) - first;
  while (behind < room && old.at(-1 - behind) === now.at(-1 - behind)) behind++;
  if (first + behind >= old.length && behind > 0) behind--;
  // The end of the last line is no line.
  if (first === old.length - 1 && old[first] === "") first--;
  const end = (lines: string[]) => lines.length - behind - (behind === 0 && lines.at(-1) === "" ? 1 : 0);
  return { first, lines: old.slice(first, end(old)), text: now.slice(first, end(now)).join("\n") };
}

/** The whole selection after the change, in a fenced block. */
function editScript({ files, lines }: EditCase, changes: readonly Change[]): ScriptedReply[] {
  const [[name, before]] = Object.entries(files) as [[string, string]];
  const now = changed(files, changes)[name]!.split("\n");
  const [first, last] = lines ?? [1, Number.POSITIVE_INFINITY];
  const behind = Math.max(0, before.split("\n").length - last);
  const code = now.slice(first - 1, now.length - behind).join("\n");
  return [{ match: "", answer: fence(code.trimEnd(), fenceTag(languageOf(name))) }];
}
