/** The real engine on models of other dialects. They are made from the toy, so their replies are nonsense. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import {
  type ChatResult,
  type CountResult,
  ErrorCode,
  type Message,
  Method,
  type ModelInfo,
  type Thinking,
  type Tool,
} from "../../server/protocol.ts";
import { Client, textOf } from "../support/client.ts";
import type { Gguf } from "../support/gguf.ts";
import { llamaNemotronToy, NEMOTRON_3, speaking, TokenKind, toy, write } from "../support/otherModels.ts";
import { cancelledAt, WITH_PACE } from "../support/pace.ts";
import { readPublishedText } from "../unit/nemotron/publishedTemplate.ts";

const user = (content: string): Message => ({ role: "user", content });
const assistant = (content: string): Message => ({ role: "assistant", content });
const OFF: Thinking = { mode: "off" };
const TOOL: Tool = {
  name: "read_file",
  description: "Reads a file",
  parameters: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
};
/** Tokens of a short message, of the framing of its turn, and of the reply's opening. */
const FRAMING_TOKENS = 24;

const nemotron3 = (kind: number) =>
  speaking(toy(), NEMOTRON_3, readPublishedText("NVIDIA-Nemotron-3-Nano-30B-A3B-BF16"), {
    3: kind,
    4: kind,
    5: kind,
    6: kind,
  });

const MODELS: [name: string, dialect: ModelInfo["dialect"], hybrid: boolean, make: () => Gguf][] = [
  ["Nemotron-3 with control tokens as tags", "nemotron-3", true, () => nemotron3(TokenKind.control)],
  ["Nemotron-3 with added tokens as tags", "nemotron-3", true, () => nemotron3(TokenKind.added)],
  ["Llama-Nemotron, pruned", "llama-nemotron-1.5", false, () => llamaNemotronToy("deci")],
  ["Llama-Nemotron, not pruned", "llama-nemotron-1.5", false, () => llamaNemotronToy("llama")],
];

describe("dialects", () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), "dialects-"));
  });
  after(() => rmSync(directory, { recursive: true }));

  for (const [index, [name, dialect, hybrid, make]] of MODELS.entries())
    describe(name, () => {
      let client: Client;
      let model: ModelInfo;
      const load = (client: Client) =>
        client.request<ModelInfo>(Method.load, {
          model: path.join(directory, `${index}.gguf`),
          gpu: "off",
          contextTokens: 4096,
        });
      before(async () => {
        write(path.join(directory, `${index}.gguf`), make());
        client = await Client.start({ env: WITH_PACE });
        model = await load(client);
      });
      after(() => client.stop());

      const count = (messages: Message[], tools?: Tool[]) =>
        client.request<CountResult>(Method.count, { messages, tools });
      /** Waits until the engine has read all that is known of the next prompt. */
      const settle = (messages: Message[]) => client.request(Method.prepare, { messages, thinking: OFF });
      const short = (messages: Message[], more: { thinking?: Thinking; tools?: Tool[] } = {}) =>
        client.chat({ messages, thinking: OFF, maxTokens: 24, ...more });

      it("is recognised, and gets the memory that it needs", () => {
        assert.equal(model.dialect, dialect);
        assert.equal(model.contextTokens, 4096);
        assert.equal(model.memory.state > 0, hybrid);
        assert.equal(model.memory.checkpoints > 0, hybrid);
        assert.ok(model.memory.kv > 0 && model.memory.compute > 0);
      });

      it("answers, streams, and counts its tokens", async () => {
        const params = { messages: [user("What is recursion?")], thinking: OFF, maxTokens: 24 };
        const { events, result } = client.stream<ChatResult>(Method.chat, { ...params, sampling: { temperature: 0 } });
        const { answer, thought, usage } = await result;
        assert.equal(textOf(events, "answer"), answer);
        assert.deepEqual([thought, usage.thoughtTokens], ["", 0]);
        assert.ok(usage.answerTokens > 0 && usage.answerTokens <= 24);
        assert.equal(usage.promptTokens, usage.readTokens + usage.reusedTokens);
        const { promptTokens } = await count(params.messages);
        assert.ok(usage.promptTokens > promptTokens && usage.promptTokens <= promptTokens + 16);
      });

      it("reads only the new message on a follow-up", async () => {
        const messages = [user(`${"many words ".repeat(100)}. What is recursion?`)];
        const costs: number[] = [];
        for (const next of ["Give me an example.", "Thanks!", "Hello"]) {
          const { answer, userContent, usage } = await short(messages, { thinking: { mode: "on", budget: 16 } });
          costs.push(usage.readTokens);
          messages.splice(-1, 1, user(userContent), assistant(answer));
          await settle(messages);
          messages.push(user(next));
        }
        const last = await short(messages, { thinking: { mode: "on", budget: 16 } });
        costs.push(last.usage.readTokens);
        assert.ok(costs[0]! > 200 && Math.max(...costs.slice(1)) <= FRAMING_TOKENS, `read ${costs.join(", ")}`);
      });

      it("closes a thought at its budget, and answers", async () => {
        const { thought, usage } = await short([user("Think for a long time.")], {
          thinking: { mode: "on", budget: 8 },
        });
        assert.ok(usage.thoughtTokens >= 1 && usage.thoughtTokens <= 8 + 32, `${usage.thoughtTokens} tokens`);
        assert.ok(!thought.includes("</think>"));
      });

      it("follows a JSON schema after a thought", async () => {
        const responseSchema = { type: "object", properties: { ok: { type: "boolean" } }, required: ["ok"] };
        const params = { messages: [user("Is it so?")], maxTokens: 64, responseSchema };
        for (const thinking of [OFF, { mode: "on", budget: 8 } as const]) {
          const { answer } = await client.chat({ ...params, thinking });
          assert.equal(typeof JSON.parse(answer).ok, "boolean", answer);
        }
      });

      it("gets tools, calls and their results in its prompt", async () => {
        const messages: Message[] = [
          user("Read a.ts"),
          { role: "assistant", content: "", toolCalls: [{ name: "read_file", arguments: { path: "a.ts" } }] },
          { role: "tool", content: "const a = 1;" },
        ];
        const bare = await count(messages.slice(0, 1));
        const told = await count(messages.slice(0, 1), [TOOL]);
        assert.ok(told.promptTokens > bare.promptTokens + 100);
        const { usage, answer } = await short(messages, { tools: [TOOL] });
        assert.ok(usage.promptTokens > told.promptTokens && usage.answerTokens > 0);
        assert.equal(typeof answer, "string");
      });

      it("gives the same answer with reused state as from scratch", async () => {
        const fresh = await Client.start();
        try {
          await load(fresh);
          // Not the model's own replies: nonsense has other tokens when it is tokenized again.
          const messages = [user("What is a closure?"), assistant("A function with its variables."), user("Thanks!")];
          await short(messages.slice(0, 1));
          const edited = [user("What is a loop?"), ...messages.slice(1)];
          for (const conversation of [messages, edited, messages]) {
            const again = await short(conversation);
            const anew = await fresh.chat({ messages: conversation, thinking: OFF, maxTokens: 24 });
            assert.equal(again.answer, anew.answer);
          }
        } finally {
          await fresh.stop();
        }
      });

      it("regenerates a reply without reading the whole conversation again", async () => {
        const long = user(`${"long ago ".repeat(60)}. What is a closure?`);
        const first = await short([long]);
        await settle([long, assistant(first.answer)]);
        const again = await short([long]);
        assert.ok(again.usage.readTokens <= FRAMING_TOKENS, `read ${again.usage.readTokens}`);
      });

      it("does not read two alternating conversations again, even when an earlier message is changed", async () => {
        const chats = ["once upon", "far away"].map((words) => [
          user(`${`${words} `.repeat(100)}. What is recursion?`),
        ]);
        for (let turn = 0; turn < 3; turn++)
          for (const messages of chats) {
            const { answer, usage } = await short(messages);
            const most = turn === 0 ? Number.POSITIVE_INFINITY : FRAMING_TOKENS;
            assert.ok(usage.readTokens <= most, `turn ${turn} read ${usage.readTokens} of ${usage.promptTokens}`);
            messages.push(assistant(answer));
            await settle(messages);
            messages.push(user("Thanks!"));
          }
        const { usage } = await short([...chats[0]!.slice(0, 2), user("Give me an example.")]);
        assert.ok(usage.readTokens <= FRAMING_TOKENS, `read ${usage.readTokens} of ${usage.promptTokens}`);
      });

      it("runs an edit beside a chat", async () => {
        const chat = client.stream<ChatResult>(Method.chat, {
          messages: [user("Think for a long time.")],
          thinking: { mode: "on", budget: 300 },
          maxTokens: 300,
          // At other temperatures there is sometimes no thought.
          sampling: { temperature: 0 },
        });
        while (chat.events.length === 0) await new Promise(setImmediate);
        await client.open(`untitled:${index}`, "typescript", "const a = 1;\n");
        const edit = client.request(Method.edit, {
          textDocument: { uri: `untitled:${index}`, version: 1 },
          range: { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } },
          instruction: { id: "simplify" },
        });
        // The edit may be refused, since the reply is nonsense.
        const found: number[] = [ErrorCode.notCode, ErrorCode.truncated];
        await edit.catch(({ code, message }) => assert.ok(found.includes(code), message));
        assert.ok((await chat.result).usage.thoughtTokens > 0);
      });

      it("stops a cancelled request, while it reads and while it generates", async () => {
        const messages = [user(`${"word ".repeat(1000)}. Think for a long time.`)];
        // A nonsense reply may end at once, with or without a thought. The schema makes the answer long.
        const responseSchema = { type: "array", items: { type: "boolean" }, minItems: 500 };
        const params = { messages, thinking: { mode: "on", budget: 2000 }, responseSchema };
        for (const events of [["reading"], ["thought", "answer"]] as const) {
          const { code } = await cancelledAt(client, Method.chat, params, ...events);
          assert.equal(code, -32800);
          assert.ok((await short([user("ping")])).usage.answerTokens > 0);
        }
      });
    });
});
