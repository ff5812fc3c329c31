/** Runs one case of each kind. */
import { rm } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { DiagnosticSeverity, type Range } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { runAgent } from "../../server/agent/agent.ts";
import { AgentControl } from "../../server/agent/control.ts";
import { DiskWorkspace } from "../../server/agent/workspace/diskWorkspace.ts";
import { agentFolder } from "../../server/agent/workspace/journal.ts";
import { languageOf } from "../../server/features/code/languages.ts";
import { RunningReplies } from "../../server/features/replies.ts";
import { Summaries } from "../../server/features/summaries.ts";
import {
  type AgentProgress,
  type ChatResult,
  type EditParams,
  type EditResult,
  Method,
  type ReplyProgress,
  type Thinking,
  type Usage,
} from "../../server/protocol.ts";
import type { Client } from "../support/client.ts";
import type { AgentCase, Case, EditCase, TalkCase } from "./cases.ts";
import { gradeProject, grammars, writeProject } from "./grade.ts";
import { gradeTalk, isOver } from "./gradeTalk.ts";
import type { World } from "./world.ts";

/** What a run costs. `over`: how many thoughts have broken their budget. */
export type Measures = {
  steps: number;
  rewinds: number;
  readTokens: number;
  thoughtTokens: number;
  answerTokens: number;
  over: number;
};
export const NOTHING: Measures = { steps: 0, rewinds: 0, readTokens: 0, thoughtTokens: 0, answerTokens: 0, over: 0 };

/** `folder`: an empty one, for the project. `scratch`: another, for the grading script. `seed`: of the sampling. */
export type How = {
  world: World;
  folder: string;
  scratch: string;
  thinking: boolean;
  seed: number;
  signal: AbortSignal;
};

/** Budgets of thoughts when thinking is on, tokens. The agent's are its own defaults. */
const BUDGETS = { plan: 1024, step: 256, edit: 512, talk: 512 };
/** Time limit of a command of the agent, ms. */
const COMMAND_MS = 60_000;

/** Why the case fails; undefined if it passes. `measures` grows while the case runs. */
export function runCase(one: Case, how: How, measures: Measures): Promise<string | undefined> {
  if (one.kind === "agent") return runTask(one, how, measures);
  return one.kind === "edit" ? runEdit(one, how, measures) : runTalk(one, how, measures);
}

/** Works as `nemotron-server agent` does, without a terminal: only the case's check may be run. */
async function runTask(one: AgentCase, how: How, measures: Measures): Promise<string | undefined> {
  const { world, folder, thinking, seed, signal } = how;
  const { check = "" } = one;
  writeProject(folder, one.files);
  const workspace = new DiskWorkspace({
    root: folder,
    allowed: [check],
    ask: async () => ({ answer: "no", why: "nobody can be asked" }),
  });
  const watch = new ThoughtWatch(measures, thinking ? BUDGETS.plan : 0);
  const report = (event: AgentProgress) => {
    if (event.type === "step") watch.begin(event.step > 1 && thinking ? BUDGETS.step : undefined);
    if (event.type === "thought") watch.see(event.tokens);
    if (event.type === "rewind") measures.rewinds++;
    if (event.type === "step") measures.steps++;
    if (event.type === "usage") addUsage(measures, event.usage);
  };
  try {
    const { outcome, reason = "" } = await runAgent(
      {
        messages: [{ role: "user", content: one.task }],
        check,
        limits: { commandMs: COMMAND_MS },
        budgets: thinking ? { plan: BUDGETS.plan, step: BUDGETS.step } : { plan: 0, step: 0 },
        sampling: { seed },
      },
      {
        engine: world.engine,
        workspace,
        control: new AgentControl(),
        report,
        documents: { get: () => undefined, folders: () => workspace.folders() },
        replies: new RunningReplies(),
        grammars,
        summaries: new Summaries(world.engine),
      },
      signal,
    );
    const why = await gradeProject(one, folder, how.scratch);
    return outcome === "done" || why === undefined ? why : `${outcome}: ${reason || why}`;
  } finally {
    await rm(agentFolder(folder), { recursive: true, force: true });
  }
}

async function runEdit(one: EditCase, how: How, measures: Measures): Promise<string | undefined> {
  const [[name, text]] = Object.entries(one.files) as [[string, string]];
  const document = documentOf(how.folder, name, text);
  const params: EditParams = {
    textDocument: { uri: document.uri, version: 1 },
    range: rangeOf(one, document),
    instruction: one.instruction as EditParams["instruction"],
    diagnostics: one.problem && [
      {
        range: linesOf(document, one.problem.line, one.problem.line),
        message: one.problem.message,
        severity: DiagnosticSeverity.Error,
      },
    ],
    sampling: { seed: how.seed },
  };
  const client = await how.world.client();
  const { edits } = await withOpen(client, document, () =>
    ask<EditResult>(client, Method.edit, { ...params, ...thinkingOf(how, BUDGETS.edit) }, how, measures),
  );
  writeProject(how.folder, { [name]: TextDocument.applyEdits(document, edits) });
  return gradeProject(one, how.folder, how.scratch);
}

async function runTalk(one: TalkCase, how: How, measures: Measures): Promise<string | undefined> {
  const { question, before = [], after = [], tools, budget = BUDGETS.talk } = one;
  const client = await how.world.client();
  const [document] = Object.entries(one.files).map(([name, text]) => documentOf(how.folder, name, text));
  const params = {
    messages: [...before, { role: "user", content: question }, ...after],
    context: document && [{ type: "file", uri: document.uri }],
    tools,
    sampling: { seed: how.seed },
    ...thinkingOf(how, budget),
  };
  const chat = () => ask<ChatResult>(client, Method.chat, params, how, measures);
  const reply = await (document ? withOpen(client, document, chat) : chat());
  return gradeTalk(one, { ...reply, thoughtTokens: reply.usage.thoughtTokens }, how.thinking ? budget : 0);
}

const documentOf = (folder: string, name: string, text: string) =>
  TextDocument.create(pathToFileURL(path.join(folder, name)).href, languageOf(name), 1, text);

const thinkingOf = ({ thinking }: How, budget: number): { thinking: Thinking } => ({
  thinking: thinking ? { mode: "on", budget } : { mode: "off" },
});

/** Sends a request to the language server, and stops it with the signal. */
async function ask<R extends { usage: Usage }>(
  client: Client,
  method: string,
  params: { thinking: Thinking },
  { signal }: How,
  measures: Measures,
): Promise<R> {
  signal.throwIfAborted();
  const { budget } = params.thinking;
  const watch = new ThoughtWatch(measures, typeof budget === "number" ? budget : 0);
  measures.steps++;
  const streaming = client.stream<R>(method, params, (progress: ReplyProgress) => {
    if (progress.type === "thought") watch.see(progress.tokens);
  });
  signal.addEventListener("abort", streaming.cancel, { once: true });
  try {
    const result = await Promise.race([streaming.result, client.ended]);
    addUsage(measures, result.usage);
    return result;
  } finally {
    signal.removeEventListener("abort", streaming.cancel);
  }
}

/** Counts the thoughts that break their budget, each once. */
class ThoughtWatch {
  private readonly measures: Measures;
  private budget: number;
  private tokens = 0;

  constructor(measures: Measures, budget: number) {
    this.measures = measures;
    this.budget = budget;
  }

  /** The thoughts that follow have this budget, tokens; left out: the same. */
  begin(budget = this.budget): void {
    this.budget = budget;
    this.tokens = 0;
  }

  /** @param tokens length of the thought so far. It is smaller again in another reply. */
  see(tokens: number): void {
    if (isOver(tokens, this.budget) && !(this.tokens < tokens && isOver(this.tokens, this.budget)))
      this.measures.over++;
    this.tokens = tokens;
  }
}

function addUsage(measures: Measures, usage: Usage): void {
  for (const count of ["readTokens", "thoughtTokens", "answerTokens"] as const) measures[count] += usage[count];
}

async function withOpen<R>(client: Client, document: TextDocument, work: () => Promise<R>): Promise<R> {
  const { uri, languageId, version } = document;
  await client.open(uri, languageId, document.getText(), version);
  try {
    return await work();
  } finally {
    await client.connection.sendNotification("textDocument/didClose", { textDocument: { uri } });
  }
}

function rangeOf({ lines: selected, cursor }: EditCase, document: TextDocument): Range {
  const text = document.getText();
  const range = linesOf(document, ...(selected ?? [1, text.trimEnd().split("\n").length]));
  return cursor ? { start: range.end, end: range.end } : range;
}

/** From the start of the first line to the end of the last, both 1-based. */
function linesOf(document: TextDocument, first: number, last: number): Range {
  const end = document.offsetAt({ line: last, character: 0 });
  const text = document.getText().slice(0, end).trimEnd();
  return { start: { line: first - 1, character: 0 }, end: document.positionAt(text.length) };
}
