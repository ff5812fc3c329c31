/** The language server as a client of this project's own OpenAI-compatible endpoint. */
import assert from "node:assert/strict";
import { type ChatResult, ErrorCode, Method, type ModelInfo, type Status } from "../../server/protocol.ts";
import { Client, rejection, TOY, textOf } from "../support/client.ts";
import { startToyEndpoint, statusOf, type TestEndpoint } from "../support/endpoint.ts";
import { delta, FakeEndpoint, finish, MODELS, sse, text } from "../support/fakeEndpoint.ts";

const GRACE = 32;
const user = (content: string) => [{ role: "user" as const, content }];
const LONG_THOUGHT = { messages: user("Think for a long time."), sampling: { temperature: 0 } };
const OFF = { thinking: { mode: "off" as const } };

describe("the language server on this project's endpoint", () => {
  let serving: TestEndpoint;
  let client: Client;
  let info: ModelInfo;
  before(async () => {
    serving = await startToyEndpoint();
    client = await Client.start();
    info = await client.request<ModelInfo>(Method.load, { remote: { baseUrl: `${serving.origin}/v1` } });
  });
  after(async () => {
    await client.stop();
    await serving.stop();
  });

  it("reports the model's name and context size, and that it stays on this machine", () => {
    assert.equal(info.name, "nemotron-h-toy");
    assert.equal(info.contextTokens, 8192);
    assert.equal(info.remote?.leavesMachine, false);
  });

  it("gives the answer that its own engine would give", async () => {
    const remote = await client.chat({ messages: user("Hello!"), ...OFF });
    const own = await Client.toy();
    const local = await own.chat({ messages: user("Hello!"), ...OFF });
    await own.stop();
    assert.equal(remote.answer, local.answer);
    assert.equal(remote.usage.promptTokens, local.usage.promptTokens);
  });

  it("thinks within the budget", async () => {
    for (const budget of [16, 100]) {
      const chat = client.stream<ChatResult>(Method.chat, { ...LONG_THOUGHT, thinking: { mode: "on", budget } });
      const { thought, answer, usage } = await chat.result;
      assert.ok(
        usage.thoughtTokens >= budget && usage.thoughtTokens <= budget + GRACE,
        `${usage.thoughtTokens} of ${budget}`,
      );
      assert.equal(textOf(chat.events, "thought"), thought);
      assert.match(answer, /thought for a long time/);
    }
  });

  it("answers now by asking again without thinking", async () => {
    let asked: Promise<unknown> | undefined;
    const unlimited = { ...LONG_THOUGHT, thinking: { mode: "on", budget: "unlimited" } };
    const chat = client.stream<ChatResult>(Method.chat, unlimited, ({ type }) => {
      if (type === "thought") asked ??= client.request(Method.answerNow, { token: chat.token });
    });
    const { answer, usage } = await chat.result;
    await asked;
    assert.ok(asked && usage.thoughtTokens < 400, `${usage.thoughtTokens}`);
    assert.match(answer, /thought for a long time/);
  });

  it("reuses the endpoint's state for a follow-up", async () => {
    const first = await client.chat({ messages: user("Hello! Who are you?"), ...OFF });
    // Asks at once, without waiting until the answer has settled.
    const follow = [
      ...user("Hello! Who are you?"),
      { role: "assistant" as const, content: first.answer },
      ...user("What can you do?"),
    ];
    const second = await client.chat({ messages: follow, ...OFF });
    assert.ok(second.usage.reusedTokens >= first.usage.promptTokens - 8, JSON.stringify(second.usage));
    assert.equal(second.usage.readTokens + second.usage.reusedTokens, second.usage.promptTokens);
  });

  it("calls tools", async () => {
    const parameters = { type: "object", properties: { path: { type: "string" } }, required: ["path"] };
    const tools = [{ name: "read_file", description: "Read a file", parameters }];
    const reply = await client.chat({ messages: user("Read the file src/main.ts."), tools, ...OFF });
    assert.equal(reply.stopReason, "toolCalls", JSON.stringify(reply));
    assert.equal(reply.toolCalls[0]?.name, "read_file");
    const messages = [
      ...user("Read the file src/main.ts."),
      { role: "assistant" as const, content: reply.answer, toolCalls: reply.toolCalls },
      { role: "tool" as const, content: '{"text": "export {};"}' },
    ];
    assert.ok((await client.chat({ messages, tools, ...OFF })).answer.length > 0);
  });

  it("follows a schema", async () => {
    const properties = { name: { type: "string", maxLength: 10 } };
    const responseSchema = { type: "object", properties, required: ["name"], additionalProperties: false };
    const { answer } = await client.chat({ messages: user("Who?"), responseSchema, ...OFF });
    assert.equal(typeof JSON.parse(answer).name, "string");
  });

  it("frees the engine at once when it is cancelled", async () => {
    const unlimited = { ...LONG_THOUGHT, thinking: { mode: "on", budget: "unlimited" } };
    const chat = client.stream<ChatResult>(Method.chat, unlimited, ({ type }) => {
      if (type === "thought") chat.cancel();
    });
    assert.equal((await rejection(chat.result)).code, -32800);
    await statusOf(serving.engine, "ready");
    await client.until(({ type }) => type === "ready");
  });

  it("reports a prompt that exceeds the context, with both numbers", async () => {
    const error = await rejection(client.chat({ messages: user("word ".repeat(9000)), ...OFF }));
    assert.equal(error.code, ErrorCode.contextOverflow);
    assert.equal(error.data?.contextTokens, 8192);
    assert.ok(Number(error.data?.promptTokens) > 8192);
  });

  it("refuses a missing model and names the available ones", async () => {
    const remote = { baseUrl: `${serving.origin}/v1`, model: "gpt-9" };
    const error = await rejection(client.request(Method.load, { remote }));
    assert.deepEqual([error.code, error.data?.cause], [ErrorCode.loadFailed, "unknownModel"]);
    assert.match(String(error.data?.next), /nemotron-h-toy/);
  });

  it("needs the key if the endpoint has one, and shows it to nobody", async () => {
    const apiKey = "sk-of-this-test";
    const guarded = await startToyEndpoint({ apiKey });
    try {
      const baseUrl = `${guarded.origin}/v1`;
      const error = await rejection(client.request(Method.load, { remote: { baseUrl, apiKey: "sk-another" } }));
      assert.equal(error.data?.cause, "unauthorized");
      await client.request(Method.load, { remote: { baseUrl, apiKey } });
      assert.ok((await client.chat({ messages: user("Hello!"), ...OFF })).answer.length > 0);
      assert.doesNotMatch(JSON.stringify([error, client.statuses, client.stderr]), /sk-|Hello!/);
    } finally {
      await guarded.stop();
      await client.request(Method.load, { remote: { baseUrl: `${serving.origin}/v1` } });
    }
  });

  it("takes the endpoint from arguments, and the key from the environment", async () => {
    const apiKey = "sk-of-this-test";
    const guarded = await startToyEndpoint({ apiKey });
    const args = ["--remote", `${guarded.origin}/v1`, "--remote-model", "nemotron-h-toy", "--context", "4096"];
    const other = await Client.start({ args, env: { NEMOTRON_REMOTE_KEY: apiKey } });
    try {
      const status = await other.until<Status & { type: "ready" }>(({ type }) => type === "ready");
      assert.deepEqual([status.model.name, status.model.contextTokens], ["nemotron-h-toy", 4096]);
      assert.equal(status.model.toy, true);
    } finally {
      await other.stop();
      await guarded.stop();
    }
  });

  it("can switch to a model file and back", async () => {
    const local = await client.request<ModelInfo>(Method.load, { model: TOY, gpu: "off", contextTokens: 4096 });
    assert.equal(local.remote, undefined);
    assert.ok((await client.chat({ messages: user("Hello!"), ...OFF })).answer.length > 0);
    assert.ok(client.enginePid());
    await client.request(Method.load, { remote: { baseUrl: `${serving.origin}/v1` } });
    assert.equal(client.enginePid(), undefined);
    assert.ok((await client.chat({ messages: user("Hello!"), ...OFF })).answer.length > 0);
  });
});

describe("the language server on an unusual endpoint", () => {
  let endpoint: FakeEndpoint;
  let client: Client;
  before(async () => {
    endpoint = await FakeEndpoint.start({ ...MODELS.vllm, id: "house-model", root: "/models/house" });
    client = await Client.start({ args: ["--remote", endpoint.baseUrl] });
    await client.until(({ type }) => type === "ready");
  });
  after(async () => {
    await client.stop();
    await endpoint.stop();
  });

  it("separates thought and answer when the first reply ends, and from then on while streaming", async () => {
    const chunks = [text("Hm. "), text("Well.\n"), text("</think>\n\n"), text("Four."), finish("stop")];
    endpoint.chat = ({ response }) => sse(response, chunks);
    for (const typesBefore of [["answer"], ["thought"]]) {
      const thinking = { mode: "on" as const };
      const chat = client.stream<ChatResult>(Method.chat, { messages: user("What is 2 + 2?"), thinking });
      const { thought, answer } = await chat.result;
      assert.deepEqual([thought, answer], ["Hm. Well.", "Four."]);
      const types = chat.events.map(({ type }) => type).filter((type) => type === "thought" || type === "answer");
      assert.deepEqual(types.slice(0, 1), typesBefore);
    }
  });

  it("keeps calls with the same index apart", async () => {
    const call = (id: string, name: string, args: string) =>
      delta({ tool_calls: [{ index: 0, id, type: "function", function: { name, arguments: args } }] });
    endpoint.chat = ({ response }) =>
      sse(response, [call("a", "read", '{"path":"a.ts"}'), call("b", "list", '{"path":"src"}'), finish("tool_calls")]);
    const tools = [{ name: "read" }, { name: "list" }];
    const { toolCalls, stopReason } = await client.chat({ messages: user("Look."), tools, ...OFF });
    const calls = toolCalls.map(({ name, arguments: args }) => [name, args]);
    assert.deepEqual(calls, [
      ["read", { path: "a.ts" }],
      ["list", { path: "src" }],
    ]);
    assert.equal(stopReason, "toolCalls");
  });

  it("says what came instead of a reply", async () => {
    endpoint.chat = ({ response }) => {
      response.writeHead(200, { "content-type": "text/html" });
      response.end("<!doctype html><title>Sign in</title>");
    };
    const error = await rejection(client.chat({ messages: user("Hello!"), ...OFF }));
    assert.equal(error.code, ErrorCode.endpointFailed);
    assert.match(error.message, /web page/);
  });
});
