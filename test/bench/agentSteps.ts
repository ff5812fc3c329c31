/**
 * What a step of the agent costs: the tokens that it reads before its first one, and the time of a step that is
 * confined to possible calls, compared with a free step of as many tokens. On the toy, and on random weights in the
 * 9B's proportions with the toy's vocabulary and with one as large as the 9B's: a grammar's cost grows with the words.
 */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { possibleCalls } from "../../server/agent/possible.ts";
import { AGENT_PROMPT } from "../../server/agent/prompt.ts";
import { numberLine } from "../../server/agent/tools/numbered.ts";
import { windowsIn } from "../../server/agent/tools/shown.ts";
import { toolsFor } from "../../server/agent/tools/tools.ts";
import { Supervisor } from "../../server/engine/client/supervisor.ts";
import type { RespondRequest } from "../../server/engine/engine.ts";
import type { Message, ModelInfo, ToolCall, Usage } from "../../server/protocol.ts";
import { type Client, TOY } from "../support/client.ts";
import { type Figure, median, round } from "./figures.ts";
import { EIGHTH, writeProportioned } from "./proportions.ts";

const CONTEXT_TOKENS = 16_384;
const LARGE_VOCABULARY = 131_072;
const LINES = 120;
const REPLY_TOKENS = 96;
const RUNS = 7;
const TARGET_RATIO = 1.5;
const STEPS = 15;
/** Framing, and the part of the call that is read again. */
const ALLOWED = 32;

const tools = toolsFor({ run: async () => ({}) });
const system: Message = { role: "system", content: AGENT_PROMPT };
const signal = new AbortController().signal;

export async function agentSteps(_: Client, info: ModelInfo): Promise<Figure[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-bench-"));
  const gpu = info.backend === "cpu" ? "off" : info.backend;
  const measured = (name: string, model: string) => onModel({ name, model, gpu, statesFolder: folder });
  try {
    const figures = await measured(info.path === TOY ? "toy" : "agent", info.path);
    if (info.path !== TOY) return figures;
    const file = path.join(folder, "eighth.gguf");
    writeProportioned(file);
    figures.push(...(await measured("an eighth", file)));
    writeProportioned(file, { ...EIGHTH, vocabulary: LARGE_VOCABULARY });
    return [...figures, ...(await measured(`an eighth, ${LARGE_VOCABULARY} words`, file))];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Setup = { name: string; model: string; gpu: ModelInfo["backend"] | "off"; statesFolder: string };

async function onModel({ name, model, gpu, statesFolder }: Setup): Promise<Figure[]> {
  const engine = new Supervisor({ enginePath: "dist/engine.mjs", statesFolder, log: () => {} });
  try {
    // With several threads, other work on the machine would decide the ratio.
    await engine.load({ model, gpu: gpu === "cpu" ? "off" : gpu, contextTokens: CONTEXT_TOKENS, threads: 1 });
    const ratio = round(await confinedOverFree(engine));
    const more = await readBeyondObservation(engine);
    return [
      {
        what: `${name}: a step confined to edits of ${LINES} lines, over a free one of ${REPLY_TOKENS} tokens`,
        value: ratio,
        unit: "x",
        target: `<= ${TARGET_RATIO}`,
        met: ratio <= TARGET_RATIO,
      },
      {
        what: `${name}: ${STEPS} steps, thinking: read beyond the observation, most`,
        value: more,
        unit: "tokens",
        target: `<= ${ALLOWED}`,
        met: more <= ALLOWED,
      },
    ];
  } finally {
    await engine.dispose();
  }
}

/** The time of a confined step over that of a free one with as many tokens, in turns, after the same prompt. */
async function confinedOverFree(engine: Supervisor): Promise<number> {
  const rows = Array.from({ length: LINES }, (_, i) => numberLine({ number: i + 1, text: `  const v${i} = f(${i});` }));
  const shown = `File: src/a.ts (lines 1-${LINES} of ${LINES})\n${rows.join("\n")}`;
  const messages: Message[] = [
    system,
    { role: "user", content: "Repair it." },
    { role: "assistant", content: "", toolCalls: [{ name: "read", arguments: { path: "src/a.ts" } }] },
    { role: "tool", content: shown },
  ];
  const call: ToolCall = { name: "edit", arguments: { path: "src/a.ts" } };
  const { calls } = possibleCalls({ reason: "notShown", call }, tools, windowsIn(shown));
  const edits = calls.filter(({ name }) => name === "edit");
  const confined = { toolChoice: "required", singleCall: true, possibleCalls: edits } as const;
  const msPerToken = async (more: Partial<RespondRequest>) => {
    await reply(engine, messages, { maxTokens: 1 });
    const started = performance.now();
    const { usage } = await reply(engine, messages, { ...more });
    return (performance.now() - started) / usage.answerTokens;
  };
  const ratios: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const free = await msPerToken({});
    ratios.push((await msPerToken(confined)) / free);
  }
  return median(ratios);
}

/** The most tokens that one of many steps reads beside its observation. */
async function readBeyondObservation(engine: Supervisor): Promise<number> {
  const thinking = { mode: "on", budget: 24 } as const;
  let messages: Message[] = [system, { role: "user", content: "Look at all files." }];
  const beyond: number[] = [];
  for (let step = 0, observed = Number.POSITIVE_INFINITY; step < STEPS; step++) {
    const file = `src/file${step}.ts`;
    const parameters = { type: "object", properties: { path: { const: file } } };
    const possibleCalls = [{ name: "read", parameters }];
    const more = { thinking, toolChoice: "required", singleCall: true, possibleCalls } as const;
    const { calls, usage } = await reply(engine, messages, more);
    beyond.push(usage.readTokens - observed);
    messages = [...messages, { role: "assistant", content: "", toolCalls: calls }];
    // What the agent does while its tools work.
    while ((await engine.prepare({ messages, tools, thinking }, signal)).interrupted);
    const rows = Array.from({ length: 8 }, (_, i) => numberLine({ number: i + 1, text: `const value${i} = ${step};` }));
    const content = `File: ${file} (lines 1-8 of 8)\n${rows.join("\n")}`;
    observed = (await engine.countTokens([content], signal))[0]!;
    messages.push({ role: "tool", content });
  }
  return Math.max(...beyond);
}

type StepReply = { calls: ToolCall[]; usage: Usage };

async function reply(engine: Supervisor, messages: Message[], more: Partial<RespondRequest>): Promise<StepReply> {
  const request: RespondRequest = {
    messages,
    tools,
    thinking: { mode: "off" },
    sampling: { temperature: 0 },
    maxTokens: REPLY_TOKENS,
    priority: "chat",
    kind: "followUp",
    ...more,
  };
  const calls: ToolCall[] = [];
  for await (const event of engine.respond(request, signal)) {
    if (event.type === "toolCall") calls.push(event.toolCall);
    if (event.type === "usage") return { calls, usage: event.usage };
  }
  throw new Error("The reply has ended without its usage.");
}
