/** The cases of the evaluation: folders in test/eval/cases/KIND, each with a case.json and its files. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Message, Tool, ToolCall } from "../../server/protocol.ts";

/** The kinds, in the order in which they run. */
export const KINDS = ["agent", "edit", "explain", "tools", "budget"] as const;
export type Kind = (typeof KINDS)[number];

/** Replaces a text that a file has once. Without `old`, the file is new. */
export type Change = { path: string; old?: string; new: string };
/** Regular expressions for code without its comments and without any white space. */
export type Expectation = { has?: string[]; lacks?: string[] };

/** `files`: contents by path. `folder`: of the case, where its grading scripts are. */
type Common = { name: string; folder: string; files: Record<string, string> };
type Project = Common & {
  expect?: Record<string, Expectation>;
  /** A change that passes, for the tests of the evaluation. */
  right: Change[];
  /** Changes that must fail. */
  wrong: Change[][];
};
/** `check`: a command that the model may run, and that verifies its edits. */
export type AgentCase = Project & { kind: "agent"; task: string; check?: string };
/**
 * `lines`: the selection, 1-based, both inclusive; left out: the whole file. `cursor`: nothing is selected, and the
 * cursor is in a symbol of these lines.
 */
export type EditCase = Project & {
  kind: "edit";
  instruction: string | { id: string };
  lines?: [first: number, last: number];
  cursor?: boolean;
  /** A problem that the editor knows. `line` is 1-based. */
  problem?: { line: number; message: string };
};
export type ProjectCase = AgentCase | EditCase;

/** A reply for the tests of the evaluation. */
export type TalkReply = { answer?: string; thought?: string; calls?: ToolCall[] };
export type TalkCase = Common & {
  kind: "explain" | "tools" | "budget";
  question: string;
  /** Messages before the question, or after it. */
  before?: Message[];
  after?: Message[];
  /** The language of the answer, for example `de`. */
  language?: string;
  /** Regular expressions for what the answer must name, in any case. */
  facts?: string[];
  /** Regular expressions for what it must not say. */
  errors?: string[];
  tools?: Tool[];
  /** The calls that the reply must have, in any order. Left out: none. */
  calls?: ToolCall[];
  /** Maximum length of the thought, tokens. */
  budget?: number;
  right: TalkReply;
  wrong: TalkReply[];
};
export type Case = ProjectCase | TalkCase;

/** All cases, or those whose `kind/name` contains `only`. @param root the folder of the cases. */
export function loadCases(only = "", root = path.resolve("test/eval/cases")): Case[] {
  return KINDS.flatMap((kind) =>
    readdirSync(path.join(root, kind))
      .sort()
      .filter((name) => `${kind}/${name}`.includes(only))
      .map((name): Case => {
        const folder = path.join(root, kind, name);
        const read = JSON.parse(readFileSync(path.join(folder, "case.json"), "utf8"));
        return { ...read, kind, name, folder, files: readFiles(path.join(folder, "files")) };
      }),
  );
}

/** The contents of all files in a folder, by path; without what Python writes. Empty if there is no folder. */
export function readFiles(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("__pycache__"))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(path.join(folder, name), "utf8")]));
}

/** The files after the changes. Throws if a change does not fit. */
export function changed(files: Record<string, string>, changes: readonly Change[]): Record<string, string> {
  const after = { ...files };
  for (const { path: name, old, new: text } of changes) {
    const before = after[name];
    if (old === undefined) {
      if (before !== undefined) throw new Error(`${name} exists.`);
      after[name] = text;
    } else {
      if (before?.split(old).length !== 2) throw new Error(`${name} does not have this once: ${old}`);
      after[name] = before.replace(old, () => text);
    }
  }
  return after;
}
