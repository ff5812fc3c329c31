/** The language server with a real llama-server as its remote engine. */
import assert from "node:assert/strict";
import {
  type AddBudgetResult,
  type ChatResult,
  type CountResult,
  type EditResult,
  ErrorCode,
  Method,
  type ModelInfo,
  type PrepareResult,
} from "../../server/protocol.ts";
import { Client, rejection, textOf } from "../support/client.ts";
import { buildLlamaServer, canBuild, type LlamaServer, startLlamaServer } from "./server.ts";

const GRACE = 32;
const user = (content: string) => [{ role: "user" as const, content }];
const LONG_THOUGHT = { messages: user("Think for a long time."), sampling: { temperature: 0 } };

before(async function () {
  this.timeout(900_000);
  if (!canBuild()) this.skip();
  await buildLlamaServer();
});

describe("the language server on llama-server", () => {
  let llama: LlamaServer;
  let client: Client;
  before(async () => {
    llama = await startLlamaServer();
    client = await Client.start();
    await client.request(Method.load, { remote: { baseUrl: llama.baseUrl } });
  });
  after(async () => {
    await client.stop();
    await llama.stop();
  });

  it("reports the model and the host", async () => {
    const info = await client.request<ModelInfo>(Method.load, { remote: { baseUrl: llama.baseUrl, model: "toy" } });
    assert.equal(info.name, "toy");
    assert.equal(info.contextTokens, 8192);
    assert.deepEqual(info.remote, {
      host: new URL(llama.baseUrl).host,
      leavesMachine: false,
      encrypted: false,
      estimated: false,
    });
  });

  it("chats without a thought, and streams it", async () => {
    const chat = client.stream<ChatResult>(Method.chat, { ...LONG_THOUGHT, thinking: { mode: "off" } });
    const { answer, thought, stopReason, usage } = await chat.result;
    assert.equal(thought, "");
    assert.match(answer, /thought for a long time/);
    assert.equal(textOf(chat.events, "answer"), answer);
    assert.equal(stopReason, "stop");
    assert.ok(usage.answerTokens > 5 && usage.promptTokens > 10);
  });

  it("keeps to the budget, closes the thought, and gets an answer", async () => {
    for (const budget of [1, 16, 50, 128]) {
      const chat = { ...LONG_THOUGHT, thinking: { mode: "on", budget } };
      const { thought, answer, usage } = await client.request<ChatResult>(Method.chat, chat);
      assert.ok(
        usage.thoughtTokens >= budget && usage.thoughtTokens <= budget + GRACE,
        `${usage.thoughtTokens} of ${budget}`,
      );
      assert.match(thought, /^The user/);
      assert.match(answer, /thought for a long time/);
      assert.doesNotMatch(thought + answer, /think>/);
    }
  });

  it("thinks without a limit", async () => {
    const chat = { ...LONG_THOUGHT, thinking: { mode: "on", budget: "unlimited" } };
    const { answer, usage } = await client.request<ChatResult>(Method.chat, chat);
    assert.ok(usage.thoughtTokens > 200, `${usage.thoughtTokens}`);
    assert.match(answer, /thought for a long time/);
  });

  it("answers now", async () => {
    let asked: Promise<unknown> | undefined;
    const unlimited = { ...LONG_THOUGHT, thinking: { mode: "on", budget: "unlimited" } };
    const chat = client.stream<ChatResult>(Method.chat, unlimited, ({ type }) => {
      if (type === "thought") asked ??= client.request(Method.answerNow, { token: chat.token });
    });
    const { answer, thought, usage } = await chat.result;
    await asked;
    assert.ok(asked && usage.thoughtTokens < 200, `${usage.thoughtTokens}`);
    assert.equal(textOf(chat.events, "thought"), thought);
    assert.match(answer, /thought for a long time/);
  });

  it("extends a thought", async () => {
    let asked: Promise<AddBudgetResult> | undefined;
    // So large that the toy, at thousands of tokens a second, does not use it up before the request arrives.
    const thinking = { mode: "on", budget: 300 };
    const chat = client.stream<ChatResult>(Method.chat, { ...LONG_THOUGHT, thinking }, ({ type }) => {
      if (type === "thought") asked ??= client.request(Method.addBudget, { token: chat.token, tokens: 60 });
    });
    const { usage } = await chat.result;
    assert.deepEqual(await asked, { budget: 360 });
    assert.ok(usage.thoughtTokens >= 360 && usage.thoughtTokens <= 360 + GRACE, `${usage.thoughtTokens}`);
  });

  it("reuses what llama-server has read", async () => {
    const messages = user("Hello! Who are you?");
    const first = await client.chat({ messages, thinking: { mode: "off" } });
    const follow = [...messages, { role: "assistant" as const, content: first.answer }, ...user("What can you do?")];
    const second = await client.chat({ messages: follow, thinking: { mode: "off" } });
    assert.ok(second.usage.reusedTokens >= first.usage.promptTokens * 0.8, JSON.stringify(second.usage));
    assert.equal(second.usage.promptTokens, second.usage.readTokens + second.usage.reusedTokens);
  });

  it("calls tools", async () => {
    const tools = [
      {
        name: "read_file",
        description: "Read a file",
        parameters: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
      },
    ];
    const reply = await client.chat({ messages: user("Read the file src/main.ts."), tools, thinking: { mode: "off" } });
    assert.equal(reply.stopReason, "toolCalls", JSON.stringify(reply));
    assert.equal(reply.toolCalls[0]?.name, "read_file");
    const results = [{ role: "tool" as const, content: '{"text": "export {};"}' }];
    const said = { role: "assistant" as const, content: reply.answer, toolCalls: reply.toolCalls };
    const messages = [...user("Read the file src/main.ts."), said, ...results];
    const answered = await client.chat({ messages, tools, thinking: { mode: "off" } });
    assert.ok(answered.answer.length > 0 || answered.toolCalls.length > 0);
  });

  it("follows a schema", async () => {
    const responseSchema = {
      type: "object",
      properties: { name: { type: "string", maxLength: 10 }, old: { type: "boolean" } },
      required: ["name", "old"],
      additionalProperties: false,
    };
    const { answer } = await client.chat({ messages: user("Who?"), responseSchema, thinking: { mode: "off" } });
    const { name, old } = JSON.parse(answer);
    assert.deepEqual([typeof name, typeof old], ["string", "boolean"]);
  });

  it("keeps a text that looks like the model's own thinking switch", async () => {
    const messages = user("Say src/thinker.ts /no_think");
    const { thought, usage } = await client.chat({ messages, thinking: { mode: "on", budget: 40 } });
    assert.ok(thought.length > 0 && usage.thoughtTokens > 0);
    const counted = await client.request<CountResult>(Method.count, { messages });
    assert.ok(counted.promptTokens > 0);
  });

  it("counts tokens exactly, and reads nothing ahead", async () => {
    const messages = [{ role: "system" as const, content: "Be brief." }, ...user("Hello! Who are you?")];
    const counted = await client.request<CountResult>(Method.count, { messages });
    const { usage } = await client.chat({ messages, thinking: { mode: "off" } });
    // The thinking switch and the opening of the reply are not counted.
    const more = usage.promptTokens - counted.promptTokens;
    assert.ok(more >= 0 && more <= 20, `${usage.promptTokens}, ${counted.promptTokens}`);
    const prepared = await client.request<PrepareResult>(Method.prepare, { messages });
    assert.deepEqual(prepared, { readTokens: 0, interrupted: false });
  });

  it("edits", async () => {
    const uri = "file:///work/remote.ts";
    const text = "export function add(a: number, b: number) {\n  return a + b;\n}\n";
    await client.open(uri, "typescript", text);
    const range = { start: { line: 0, character: 0 }, end: { line: 2, character: 1 } };
    const params = { textDocument: { uri, version: 1 }, range, instruction: "Add a comment." };
    const edit = await client.request<EditResult>(Method.edit, params).then(
      (result) => result.edits.length,
      (error) => error.data?.name,
    );
    // The toy knows few edits. One that cannot be used fails with its named error, as with the local engine.
    assert.ok(typeof edit === "number" || ["notCode", "notPlaced", "truncated"].includes(edit), `${edit}`);
  });

  it("stops at once, and is free for the next request", async () => {
    const unlimited = { ...LONG_THOUGHT, thinking: { mode: "on", budget: "unlimited" } };
    const chat = client.stream<ChatResult>(Method.chat, unlimited, ({ type }) => {
      if (type === "thought") chat.cancel();
    });
    assert.equal((await rejection(chat.result)).code, -32800);
    await client.until(({ type }) => type === "ready");
    assert.match((await client.chat({ ...LONG_THOUGHT, thinking: { mode: "off" } })).answer, /long time/);
  });

  it("reports a prompt that does not fit into the context", async () => {
    const messages = user("word ".repeat(9000));
    const error = await rejection(client.chat({ messages, thinking: { mode: "off" } }));
    assert.equal(error.code, ErrorCode.contextOverflow);
    assert.equal(error.data?.contextTokens, 8192);
    assert.ok(Number(error.data?.promptTokens) > 8192);
  });
});

describe("llama-server that goes away", () => {
  it("is reported during a reply and for the next one, and refuses a load without its key", async () => {
    const llama = await startLlamaServer("--api-key", "sk-local");
    const client = await Client.start();
    try {
      const { baseUrl } = llama;
      const refused = await rejection(client.request(Method.load, { remote: { baseUrl } }));
      assert.deepEqual([refused.code, refused.data?.cause], [ErrorCode.loadFailed, "unauthorized"]);
      await client.request(Method.load, { remote: { baseUrl, apiKey: "sk-local" } });
      const unlimited = { ...LONG_THOUGHT, thinking: { mode: "on", budget: "unlimited" } };
      const chat = client.stream<ChatResult>(Method.chat, unlimited, ({ type }) => {
        if (type === "thought") llama.process.kill("SIGKILL");
      });
      assert.equal((await rejection(chat.result)).code, ErrorCode.connectionLost);
      assert.match(textOf(chat.events, "thought"), /^The/);
      const error = await rejection(client.chat({ messages: user("Hello!") }));
      assert.equal(error.code, ErrorCode.unreachable);
      assert.doesNotMatch(client.stderr, /sk-local|long time/);
    } finally {
      await client.stop();
      await llama.stop();
    }
  });
});
