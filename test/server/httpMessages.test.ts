/** Anthropic's API as other programs use it: the real SDK, the toy model, the real engine. */
import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import type { MessageParam, Tool, ToolUseBlock } from "@anthropic-ai/sdk/resources/messages";
import type { Engine } from "../../server/engine/engine.ts";
import { post, raw, serveEngine, startToyEndpoint, statusOf, type ToyEndpoint } from "../support/endpoint.ts";
import { Pace } from "../support/pace.ts";

const user = (content: string): MessageParam => ({ role: "user", content });
const READ_FILE: Tool = {
  name: "read_file",
  description: "Read a file of the workspace",
  input_schema: {
    type: "object",
    properties: { path: { type: "string", description: "Path of the file" } },
    required: ["path"],
  },
};
/** The newest SDK lacks this field, which the API has. */
const GREEDY: object = { temperature: 0 };
const THINK = { type: "enabled", budget_tokens: 1024 } as const;

describe("Anthropic's API", () => {
  let toy: ToyEndpoint;
  before(async () => {
    toy = await startToyEndpoint();
  });
  after(() => toy.stop());

  const ask = (messages: MessageParam[], more: object = {}) =>
    toy.anthropic.messages.create({
      model: "claude-sonnet-4-5",
      max_tokens: 2000,
      messages,
      ...GREEDY,
      ...more,
      stream: false,
    });
  const textOf = ({ content }: Anthropic.Message) =>
    content.map((block) => (block.type === "text" ? block.text : "")).join("");

  it("answers to any name, and says which model answers", async () => {
    const message = await ask([user("What is 17 + 25?")]);
    assert.deepEqual(
      [message.type, message.role, message.model, message.stop_reason, message.stop_sequence],
      ["message", "assistant", "nemotron-h-toy", "end_turn", null],
    );
    assert.match(textOf(message), /42/);
    assert.deepEqual(
      message.content.map(({ type }) => type),
      ["text"],
    );
    const { input_tokens, cache_read_input_tokens, output_tokens } = message.usage;
    assert.ok(input_tokens + cache_read_input_tokens! > 5 && output_tokens > 0);
  });

  it("thinks if it is asked to, within the budget", async () => {
    const LONG = [user("Think for a long time.")];
    const whole = await ask(LONG, { thinking: THINK });
    assert.deepEqual(
      whole.content.map(({ type }) => type),
      ["thinking", "text"],
    );
    const { content, usage } = await ask(LONG, { thinking: { type: "enabled", budget_tokens: 20 } });
    assert.equal(content[0]!.type, "thinking");
    assert.ok(usage.output_tokens < whole.usage.output_tokens, `${usage.output_tokens}`);
    assert.ok(usage.output_tokens <= 20 + 32 + 60, `${usage.output_tokens}`);
    const adaptive = await ask([user("ping")], { thinking: { type: "adaptive" }, output_config: { effort: "low" } });
    assert.equal(adaptive.content[0]!.type, "thinking");
  });

  it("streams the published sequence, which the SDK puts together to the same message", async () => {
    const types: string[] = [];
    const stream = toy.anthropic.messages.stream({
      model: "any",
      max_tokens: 2000,
      ...GREEDY,
      messages: [user("Count to thirty.")],
      thinking: THINK,
    });
    stream.on("streamEvent", (event) => {
      if (types.at(-1) !== event.type) types.push(event.type);
    });
    const streamed = await stream.finalMessage();
    const block = ["content_block_start", "content_block_delta", "content_block_stop"];
    assert.deepEqual(types, ["message_start", ...block, ...block, "message_delta", "message_stop"]);
    const whole = await ask([user("Count to thirty.")], { thinking: THINK });
    assert.deepEqual(streamed.content, whole.content);
    assert.equal(streamed.usage.output_tokens, whole.usage.output_tokens);
    assert.ok(streamed.usage.input_tokens > 0);
    const { body } = await post(
      toy,
      { max_tokens: 20, messages: [user("ping")], stream: true },
      {},
      "/v1/messages?beta=true",
    );
    assert.match(body, /^(:.*\n\n)*event: message_start\ndata: \{"type":"message_start".*\n\nevent: ping\n/);
    assert.match(body, /event: message_stop\ndata: \{"type":"message_stop"\}\n\n$/);
  });

  it("stops at a stop sequence, and says at which", async () => {
    const { stop_reason, stop_sequence, content } = await ask([user("Count to thirty.")], {
      stop_sequences: ["31", "17"],
    });
    assert.deepEqual([stop_reason, stop_sequence], ["stop_sequence", "17"]);
    assert.match(JSON.stringify(content), /15, 16,"/);
    const cut = await ask([user("Count to thirty.")], { max_tokens: 8 });
    assert.deepEqual([cut.stop_reason, cut.usage.output_tokens], ["max_tokens", 8]);
  });

  it("calls tools, whole and streamed, and the follow-up reads only their results", async () => {
    const messages = [user("Read the file src/main.ts.")];
    const first = await ask(messages, { tools: [READ_FILE] });
    assert.equal(first.stop_reason, "tool_use");
    const call = first.content.at(-1) as ToolUseBlock;
    assert.deepEqual([call.type, call.name, call.input], ["tool_use", "read_file", { path: "src/main.ts" }]);
    const stream = toy.anthropic.messages.stream({
      model: "any",
      max_tokens: 2000,
      ...GREEDY,
      messages,
      tools: [READ_FILE],
    });
    const streamed = (await stream.finalMessage()).content.at(-1) as ToolUseBlock;
    assert.deepEqual([streamed.name, streamed.input], [call.name, call.input]);
    await statusOf(toy.engine, "ready");
    for (const content of ["const a = 1;", [{ type: "text" as const, text: "const a = 1;" }]]) {
      const answered: MessageParam[] = [
        ...messages,
        { role: "assistant", content: first.content },
        { role: "user", content: [{ type: "tool_result", tool_use_id: call.id, content }] },
      ];
      const second = await ask(answered, { tools: [READ_FILE] });
      assert.match(textOf(second), /I read the file/);
      const { input_tokens, cache_read_input_tokens } = second.usage;
      assert.ok(cache_read_input_tokens! > 50 && input_tokens < 80, JSON.stringify(second.usage));
    }
  });

  it("obeys tool_choice, and leaves out tools that Anthropic's servers would run", async () => {
    const mode: Tool = {
      name: "set_mode",
      input_schema: { type: "object", properties: { mode: { enum: ["on", "off"] } } },
    };
    const search = { type: "web_search_20250305", name: "web_search" };
    const choose = (tool_choice: object) =>
      ask([user("Hello")], { tools: [READ_FILE, mode, search], tool_choice, max_tokens: 200 });
    assert.equal((await choose({ type: "none" })).stop_reason, "end_turn");
    assert.equal((await choose({ type: "any", disable_parallel_tool_use: true })).stop_reason, "tool_use");
    const named = (await choose({ type: "tool", name: "set_mode" })).content.at(-1) as ToolUseBlock;
    assert.equal(named.name, "set_mode");
    await assert.rejects(choose({ type: "tool", name: "web_search" }), Anthropic.BadRequestError);
  });

  it("reads only the new message of a follow-up, whatever changes in the billing header and the date", async () => {
    const system = (n: number) => [
      { type: "text", text: `x-anthropic-billing-header: cc_version=2.0.${n}; cch=${n}abc;` },
      { type: "text", text: `You are a helpful assistant.\nToday's date: 2026-12-0${n}\nBe brief.` },
    ];
    const messages = [user("Count to one hundred.")];
    const first = await ask(messages, { system: system(1), thinking: THINK });
    await (await Pace.of(toy.pid)).quiet();
    const next: MessageParam[] = [...messages, { role: "assistant", content: first.content }, user("ping")];
    const { usage } = await ask(next, { system: system(2), thinking: THINK });
    assert.ok(usage.cache_read_input_tokens! > 250 && usage.input_tokens < 24, JSON.stringify(usage));
  });

  it("counts tokens as the reply does", async () => {
    const body = { model: "any", messages: [user("What is 17 + 25?")], system: "Be brief.", tools: [READ_FILE] };
    const { input_tokens: counted } = await toy.anthropic.messages.countTokens(body);
    const { usage } = await ask(body.messages, { system: body.system, tools: body.tools });
    const prompt = usage.input_tokens + usage.cache_read_input_tokens!;
    assert.ok(counted > 50 && counted <= prompt && prompt - counted < 8, `${counted} of ${prompt}`);
  });

  it("counts one prompt at a time, refuses a crowd, and ends what waits when the server closes", async () => {
    let counts = 0;
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const engine: Engine = Object.assign(Object.create(toy.engine), {
      countPrompt: (_: unknown, signal: AbortSignal) => {
        counts++;
        begin();
        return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      },
    });
    const busy = await serveEngine(engine, { limits: { waiting: 1 } });
    const count = () => post(busy, { messages: [user("ping")] }, {}, "/v1/messages/count_tokens");
    const first = count();
    await begun;
    const others = [count(), count()];
    const { status, body } = await Promise.race(others);
    assert.deepEqual([status, JSON.parse(body).error.type], [429, "rate_limit_error"]);
    await busy.endpoint.close();
    const all = await Promise.all([first, ...others]);
    assert.deepEqual(all.map(({ status }) => status).toSorted(), [429, 503, 503]);
    assert.equal(counts, 1);
  });

  it("answers HEAD /, and takes the key as x-api-key", async () => {
    assert.equal((await raw(toy, { method: "HEAD", path: "/" })).status, 200);
    const locked = await serveEngine(toy.engine, { apiKey: "secret" });
    try {
      assert.equal((await raw(locked, { method: "HEAD", path: "/" })).status, 200);
      const { content } = await locked.anthropic.messages.create({
        model: "any",
        max_tokens: 20,
        messages: [user("ping")],
      });
      assert.match(JSON.stringify(content), /pong/);
      const wrong = new Anthropic({ baseURL: locked.origin, apiKey: "wrong", maxRetries: 0 });
      await assert.rejects(
        wrong.messages.create({ model: "any", max_tokens: 20, messages: [user("ping")] }),
        Anthropic.AuthenticationError,
      );
    } finally {
      await locked.endpoint.close();
    }
  });

  it("returns errors in Anthropic's shape", async () => {
    const use = { type: "tool_use", id: "t", name: "read_file", input: {} };
    const result = (id: string) => ({
      role: "user",
      content: [{ type: "tool_result", tool_use_id: id, content: "a" }],
    });
    for (const [body, words] of [
      [{ max_tokens: undefined }, /max_tokens is missing/],
      [{ max_tokens: 0 }, /max_tokens/],
      [{ messages: [] }, /messages/],
      [{ messages: [{ role: "robot", content: "a" }] }, /messages\[0\].role/],
      [{ messages: [user("a"), { role: "assistant", content: "b" }] }, /messages\[1\].role.*prefill/],
      [{ messages: [user("a"), { role: "assistant", content: [use] }, user("b")] }, /the call t must be followed/],
      [{ messages: [user("a"), { role: "assistant", content: [use] }, result("x")] }, /tool_use_id/],
      [{ messages: [user("word ".repeat(9000))] }, /prompt is too long/],
      [{ tools: [READ_FILE], tool_choice: { type: "tool", name: "x" } }, /tool_choice/],
    ] as const) {
      const { status, body: text } = await post(
        toy,
        { max_tokens: 10, messages: [user("ping")], ...body },
        {},
        "/v1/messages",
      );
      const { type, error, request_id } = JSON.parse(text);
      assert.deepEqual(
        [status, type, error.type, request_id.slice(0, 4)],
        [400, "error", "invalid_request_error", "req_"],
      );
      assert.match(error.message, words);
    }
  });
});
