/** The agent's steps on the real engine: the tokens that they read, and steps confined to possible calls. */
import assert from "node:assert/strict";
import { possibleCalls } from "../../server/agent/possible.ts";
import { AGENT_PROMPT } from "../../server/agent/prompt.ts";
import { windowsIn } from "../../server/agent/tools/shown.ts";
import { areValid, toolsFor } from "../../server/agent/tools/tools.ts";
import { Supervisor } from "../../server/engine/client/supervisor.ts";
import type { RespondRequest } from "../../server/engine/engine.ts";
import type { Message, Tool, ToolCall, Usage } from "../../server/protocol.ts";
import { TOY } from "../support/client.ts";
import { temporaryStates } from "../support/savedStates.ts";

const signal = new AbortController().signal;
const tools = toolsFor({ run: async () => ({}) });
const system: Message = { role: "system", content: AGENT_PROMPT };
const MAX_PROMPT_TOKENS = 1200;
const STEPS = 15;
/** Tokens beside the observation: the framing of its turn, and the part of the call that is read again. */
const MAX_MORE_TOKENS = 32;

/** Tokens of a request that begins where an earlier one did: the framing of a turn and of the reply. */
const MAX_FRAMING_TOKENS = 16;

type Reply = { text: string; thought: string; calls: ToolCall[]; usage: Usage };

describe("the agent on the real engine", () => {
  const states = temporaryStates();
  const engine = new Supervisor({ enginePath: "dist/engine.mjs", statesFolder: states.folder, log: () => {} });
  before(() => engine.load({ model: TOY, gpu: "off", contextTokens: 16_384 }));
  after(async () => {
    await engine.dispose();
    states.remove();
  });

  async function reply(messages: Message[], more: Partial<RespondRequest> = {}): Promise<Reply> {
    const request: RespondRequest = {
      messages,
      tools,
      thinking: { mode: "off" },
      sampling: { temperature: 0 },
      maxTokens: 400,
      priority: "chat",
      kind: "followUp",
      ...more,
    };
    const got: Reply = { text: "", thought: "", calls: [], usage: undefined as never };
    for await (const event of engine.respond(request, signal)) {
      if (event.type === "answer") got.text += event.text;
      if (event.type === "thought") got.thought += event.text;
      if (event.type === "toolCall") got.calls.push(event.toolCall);
      if (event.type === "usage") got.usage = event.usage;
    }
    return got;
  }

  /** A tool that can be called only with exactly these arguments. */
  const only = (name: string, args: Record<string, string>): Tool => ({
    name,
    parameters: {
      type: "object",
      properties: Object.fromEntries(Object.entries(args).map(([key, value]) => [key, { const: value }])),
    },
  });

  it(`has a prompt of at most ${MAX_PROMPT_TOKENS} tokens with its tools, by the toy's vocabulary`, async () => {
    const tokens = await engine.countPrompt({ messages: [system], tools }, signal);
    assert.ok(tokens <= MAX_PROMPT_TOKENS, `${tokens} tokens`);
  });

  it("is confined to possible calls without reading its prompt again", async () => {
    const shown = 'File: src/a.ts (lines 1-3 of 3)\n1| const a = "\\n";\n2|   b(/x|y/);\n3| }';
    const read: ToolCall = { name: "read", arguments: { path: "src/a.ts", line: 1 } };
    const messages: Message[] = [
      system,
      { role: "user", content: "Repair it." },
      { role: "assistant", content: "", toolCalls: [read] },
      { role: "tool", content: shown },
    ];
    const free = await reply(messages);
    assert.ok(free.usage.readTokens > 100);
    const windows = windowsIn(shown);
    const lines = shown.split("\n").slice(1);
    for (const [reason, call] of [
      ["notShown", { name: "edit", arguments: { path: "b.ts" } }],
      ["unknownTool", undefined],
      ["repeated", read],
    ] as const) {
      const { calls, orText } = possibleCalls({ reason, call }, tools, windows);
      for (const name of calls.map((tool) => tool.name)) {
        const possibleCalls = calls.filter((tool) => tool.name === name);
        const confined = await reply(messages, {
          toolChoice: "required",
          singleCall: true,
          possibleCalls,
          orText: false,
        });
        const [made, ...others] = confined.calls;
        // Free text in an argument can exceed maxTokens; then there is no call.
        if (!made) continue;
        assert.deepEqual([made.name, others, confined.text], [name, [], ""], reason);
        assert.ok(areValid(made), JSON.stringify(made));
        const { path, from, to } = made.arguments as Record<string, string>;
        if (name === "edit")
          assert.ok(path === "src/a.ts" && lines.includes(from!) && lines.includes(to!), JSON.stringify(made));
        if (name === "read") assert.equal(path, "src/a.ts");
        assert.ok(confined.usage.readTokens <= 16, `${confined.usage.readTokens} tokens were read again`);
      }
      const either = await reply(messages, { toolChoice: "required", singleCall: true, possibleCalls: calls, orText });
      assert.ok(either.calls.length <= 1);
      if (!orText) assert.equal(either.text, "");
    }
    const text = await reply(messages, { toolChoice: "required", possibleCalls: [], orText: true });
    assert.ok(text.text.length > 0);
    assert.deepEqual(text.calls, []);
  });

  it(`reads its observation and at most ${MAX_MORE_TOKENS} more tokens in each of ${STEPS} steps, thinking or not`, async () => {
    for (const mode of ["on", "off"] as const) {
      const conversation = `steps ${mode}`;
      const thinking = mode === "on" ? { mode, budget: 24 } : { mode };
      let messages: Message[] = [system, { role: "user", content: `Look at all files, ${mode}.` }];
      let observed = Number.POSITIVE_INFINITY;
      for (let step = 0; step < STEPS; step++) {
        const possibleCalls = [only("read", { path: `src/file${step}.ts` })];
        const { calls, usage } = await reply(messages, {
          thinking,
          conversation,
          toolChoice: "required",
          singleCall: true,
          possibleCalls,
        });
        assert.ok(
          usage.readTokens <= observed + MAX_MORE_TOKENS,
          `step ${step} read ${usage.readTokens} tokens, ${observed} of them new`,
        );
        messages = [...messages, { role: "assistant", content: "", toolCalls: calls }];
        while ((await engine.prepare({ messages, tools, thinking, conversation }, signal)).interrupted);
        const content = `File: src/file${step}.ts (lines 1-8 of 8)\n${Array.from({ length: 8 }, (_, i) => `${i + 1}| const value${i} = ${i * step};`).join("\n")}`;
        observed = (await engine.countTokens([content], signal))[0]!;
        messages.push({ role: "tool", content });
      }
    }
  });

  describe("goes back to an earlier step", () => {
    const thinking = { mode: "on", budget: 24 } as const;
    const another: Message = { role: "user", content: "No, in another way." };
    const ask = (conversation: string, messages: Message[], step: number) =>
      reply(messages, {
        thinking,
        conversation,
        toolChoice: "required",
        singleCall: true,
        possibleCalls: [only("read", { path: `lib/part${step}.ts` })],
      });

    /** Eight steps. Returns the conversation as it was before each of them, and at the end. */
    async function eightSteps(conversation: string): Promise<Message[][]> {
      const all: Message[][] = [];
      let messages: Message[] = [system, { role: "user", content: `Go through the parts, ${conversation}.` }];
      for (let step = 0; step < 8; step++) {
        all.push(messages);
        const { calls } = await ask(conversation, messages, step);
        messages = [...messages, { role: "assistant", content: "", toolCalls: calls }];
        while ((await engine.prepare({ messages, tools, thinking, conversation }, signal)).interrupted);
        messages.push({ role: "tool", content: `File: lib/part${step}.ts\n${"1| const part = 1;\n".repeat(20)}` });
      }
      return [...all, messages];
    }

    async function readsOnly(message: Message, { usage }: Reply): Promise<void> {
      const [tokens = 0] = await engine.countTokens([message.content], signal);
      const most = tokens + MAX_FRAMING_TOKENS;
      assert.ok(usage.readTokens <= most, `${usage.readTokens} tokens were read, ${tokens} of them new`);
    }

    it("without reading it again", async () => {
      const before = await eightSteps("back");
      await readsOnly(another, await ask("back", [...before[3]!, another], 9));
      await readsOnly({ role: "user", content: "" }, await ask("back", before[2]!, 2));
    });

    it("as it was before a compaction", async () => {
      const before = await eightSteps("compacted");
      const shorter = before[8]!.map(
        (message, i): Message =>
          message.role === "tool" && i < 10 ? { role: "tool", content: "File: left out" } : message,
      );
      await ask("compacted", shorter, 8);
      await readsOnly(another, await ask("compacted", [...before[4]!, another], 9));
    });
  });
});
