/**
 * What the toy model has learned to do as an agent in test/repair, recorded by running the agent with these replies.
 * test/models/recipe/product.mjs writes the record to agent.json, from which the toy is trained.
 */
import { cpSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { runAgent } from "../../server/agent/agent.ts";
import { AgentControl } from "../../server/agent/control.ts";
import { DiskWorkspace } from "../../server/agent/workspace/diskWorkspace.ts";
import type { Engine, Reply, ReplyEvent, RespondRequest } from "../../server/engine/engine.ts";
import { Grammars } from "../../server/features/code/grammars.ts";
import { RunningReplies } from "../../server/features/replies.ts";
import { Summaries } from "../../server/features/summaries.ts";
import { nanoV2 } from "../../server/nemotron/dialects/nanoV2.ts";
import type { AgentResult, ApproveResult, ToolCall, Usage } from "../../server/protocol.ts";

/** The project that the toy repairs. */
export const PROJECT = "test/repair";

/** `rewound`: the agent cannot carry this out. It comes only after a thought; without one, the toy knows better. */
type Step = { thought: string; call?: ToolCall; text?: string; rewound?: true };
/** `answer`: the user's answer when the agent wants to run a command. */
type Episode = { task: string; check: string; answer: ApproveResult; steps: Step[] };

const call = (name: string, args: ToolCall["arguments"]): ToolCall => ({ name, arguments: args });
const edit = (path: string, line: string, text: string) => call("edit", { path, from: line, to: line, text });

const TOTAL: Step[] = [
  { thought: "I search for total.", call: call("search", { query: "total" }) },
  { thought: "I read the file.", call: call("read", { path: "total.mjs" }) },
  {
    thought: "Line 3 subtracts. It must add.",
    call: edit(
      "total.mjs",
      "3|   for (const price of prices) sum -= price;",
      "  for (const price of prices) sum += price;",
    ),
  },
  { thought: "The task is done.", text: "`total` adds the prices now." },
];
const AVERAGE: Step[] = [
  { thought: "I run the check first.", call: call("run", { command: "node check.mjs average" }) },
  { thought: "I read the file.", call: call("read", { path: "average.mjs" }) },
  {
    thought: "Line 4 multiplies. I change it.",
    call: edit("average.mjs", "4|   return sum * prices.length;", "  return sum - prices.length;"),
  },
  { thought: "The task is done.", text: "`average` is repaired now." },
  {
    thought: "It still fails. Line 4 must divide.",
    call: edit("average.mjs", "4|   return sum - prices.length;", "  return sum / prices.length;"),
  },
  { thought: "The task is done.", text: "`average` divides by the number of prices now." },
];
const LARGEST: Step[] = [
  {
    thought: "I know the line, so I edit it.",
    call: edit("largest.mjs", "3|   return min(prices);", "  return max(prices);"),
    rewound: true,
  },
  { thought: "I read the file.", call: call("read", { path: "largest.mjs" }) },
  {
    thought: "Line 2 takes the smallest. It must take the largest.",
    call: edit("largest.mjs", "2|   return Math.min(...prices);", "  return Math.max(...prices);"),
  },
  { thought: "The task is done.", text: "`largest` returns the largest price now." },
];

/** The tasks that the toy knows, in the words that it knows. */
export const TASKS = {
  total: "total is wrong. Repair it.",
  average: "The check of average fails. Repair it.",
  largest: "largest returns the smallest price. Edit it.",
} as const;

const YES: ApproveResult = { answer: "yes" };
const EPISODES: Episode[] = [
  { task: TASKS.total, check: "node check.mjs total", answer: YES, steps: TOTAL },
  { task: TASKS.average, check: "node check.mjs average", answer: YES, steps: AVERAGE },
  { task: TASKS.average, check: "node check.mjs average", answer: { answer: "no" }, steps: AVERAGE },
  {
    task: TASKS.average,
    check: "node check.mjs average",
    answer: { answer: "no", why: "nobody can be asked" },
    steps: AVERAGE,
  },
  { task: TASKS.largest, check: "node check.mjs largest", answer: YES, steps: LARGEST },
];

/** A reply in its place. The prompt is the record's `system`, the first `turns` of the run, and `opening`. */
type Learned = { turns: number; opening: string; thought?: string; reply: string };
/** What the toy learns of one episode: the turns after the system's, as they are rendered, and the replies. */
type Run = { turns: string[]; replies: Learned[] };
/** `system`: the system turn with the tools, the same in all prompts. */
export type Episodes = { system: string; runs: Run[] };

/** Runs every episode, thinking and not, on copies of the project. */
export async function recordEpisodes(): Promise<Episodes> {
  let system = "";
  const runs: Run[] = [];
  for (const episode of EPISODES) {
    const thinking = await record(episode, true);
    const { run } = await record(episode, false);
    if (!isDeepStrictEqual(run.turns, thinking.run.turns)) throw new Error(`Thinking changes "${episode.task}"`);
    const more = run.replies.filter((reply) => !thinking.run.replies.some((one) => isDeepStrictEqual(one, reply)));
    system = thinking.system;
    runs.push({ turns: run.turns, replies: [...thinking.run.replies, ...more] });
  }
  return { system, runs };
}

async function record(episode: Episode, isThinking: boolean): Promise<{ system: string; run: Run }> {
  const run: Run = { turns: [], replies: [] };
  let rendered = "";
  let system = "";
  const steps = isThinking ? episode.steps : episode.steps.filter(({ rewound }) => !rewound);
  let next = 0;
  const respond = (request: RespondRequest): Reply => {
    const step = steps[next++]!;
    const thinks = request.thinking.mode === "on";
    const parts = partsOf(request, thinks);
    system = parts.system;
    // A step that is decoded again has no turns of its own.
    if (parts.turns !== rendered) run.turns.push(parts.turns.slice(rendered.length));
    rendered = parts.turns;
    const reply = nanoV2.messageText({
      role: "assistant",
      content: step.text ?? "",
      toolCalls: step.call ? [step.call] : [],
    });
    run.replies.push({
      turns: run.turns.length,
      opening: parts.opening,
      ...(thinks && { thought: step.thought }),
      reply,
    });
    return replyOf(step);
  };
  const { outcome, verdict, reason } = await runOn(episode, isThinking, respond);
  if (outcome !== "done" || verdict !== "passed" || next !== steps.length)
    throw new Error(`The episode "${episode.task}" ended as ${outcome}, ${verdict}: ${reason}`);
  return { system, run };
}

/** The prompt in three parts: the system's turn, the turns after it, and how the reply begins. */
function partsOf({ messages, tools }: RespondRequest, thinks: boolean) {
  const { pieces, systemPieces } = nanoV2.renderPrompt(messages, tools ?? [], thinks);
  const textOf = (some: typeof pieces) => some.map((piece) => (piece.type === "special" ? piece.token : piece.text));
  const opening = `<SPECIAL_11>Assistant\n${nanoV2.opening(thinks)}`;
  const turns = textOf(pieces.slice(systemPieces, -2)).join("");
  return { system: textOf(pieces.slice(0, systemPieces)).join(""), turns, opening };
}

/** Runs the agent on a copy of the project, which is removed afterwards. */
async function runOn(
  { task, check, answer }: Episode,
  isThinking: boolean,
  respond: Engine["respond"],
): Promise<AgentResult> {
  const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), "nemotron-episode-")));
  cpSync(PROJECT, root, { recursive: true });
  const engine: Partial<Engine> = {
    model: async () => ({ contextTokens: 16_384, dialect: "nano-v2" }) as never,
    countTokens: async (texts) => texts.map(({ length }) => Math.ceil(length / 4)),
    countPrompt: async () => 1,
    prepare: async () => ({ readTokens: 0, interrupted: false }),
    respond,
  };
  const budget = isThinking ? 256 : 0;
  try {
    return await runAgent(
      { messages: [{ role: "user", content: task }], check, budgets: { plan: budget, step: budget } },
      {
        engine: engine as Engine,
        workspace: new DiskWorkspace({ root, ask: async () => answer }),
        control: new AgentControl(),
        report: () => {},
        documents: { get: () => undefined, folders: () => [] },
        replies: new RunningReplies(),
        grammars: new Grammars((file) => readFile(path.join("node_modules/@vscode/tree-sitter-wasm/wasm", file))),
        summaries: new Summaries(engine as Engine),
      },
      new AbortController().signal,
    );
  } finally {
    rmSync(root, { recursive: true });
  }
}

const USAGE: Usage = {
  promptTokens: 1,
  readTokens: 1,
  reusedTokens: 0,
  thoughtTokens: 0,
  answerTokens: 1,
  firstTokenMs: 1,
  tokensPerSecond: 1,
};

function replyOf({ call, text = "" }: Step): Reply {
  const events: ReplyEvent[] = [
    call ? { type: "toolCall", toolCall: call } : { type: "answer", text, tokens: 1 },
    { type: "usage", stopReason: call ? "toolCalls" : "stop", usage: USAGE },
  ];
  return {
    answerNow: async () => {},
    addBudget: async (tokens) => tokens,
    async *[Symbol.asyncIterator]() {
      yield* events;
    },
  };
}
