/** The endpoint as other programs use it: the real openai client, the toy model, the real engine. */
import assert from "node:assert/strict";
import OpenAI from "openai";
import type { ChatCompletionMessageParam, ChatCompletionTool } from "openai/resources/chat/completions";
import { post, startToyEndpoint, statusOf, type ToyEndpoint } from "../support/endpoint.ts";
import { held, Pace } from "../support/pace.ts";

const MODEL = "nvidia/NVIDIA-Nemotron-Nano-9B-v2";
const user = (content: string) => ({ role: "user" as const, content });
const system = (content: string) => ({ role: "system" as const, content });
/** A field that the client's types lack. */
type Thinking = { reasoning_content?: string };
const thoughtOf = (message: object) => (message as Thinking).reasoning_content;

const READ_FILE: ChatCompletionTool = {
  type: "function",
  function: {
    name: "read_file",
    description: "Read a file of the workspace",
    parameters: {
      type: "object",
      properties: { path: { type: "string", description: "Path of the file" } },
      required: ["path"],
    },
  },
};

describe("the OpenAI-compatible endpoint", () => {
  let toy: ToyEndpoint;
  let openai: OpenAI;
  before(async () => {
    toy = await startToyEndpoint({ strictModel: true });
    openai = toy.openai;
  });
  after(() => toy.stop());

  const chat = (messages: ChatCompletionMessageParam[], more: object = {}) =>
    openai.chat.completions.create({ model: MODEL, messages, temperature: 0, ...more, stream: false });

  it("lists the model under its own name and its family's", async () => {
    const { data } = await openai.models.list();
    assert.deepEqual(
      data.map(({ id }) => id),
      ["nemotron-h-toy", MODEL],
    );
    assert.match(JSON.stringify(data[0]), /"context_length":8192.*toy model/);
    assert.equal((await openai.models.retrieve(MODEL)).id, MODEL);
    for (const model of ["nemotron-h-toy", "NEMOTRON-H-TOY", MODEL])
      assert.equal((await chat([user("ping")], { model })).model, "nemotron-h-toy");
  });

  it("returns thought and answer apart, with their usage", async () => {
    const { choices, usage, object, id } = await chat([user("What is 17 + 25?")]);
    const [{ message, finish_reason }] = choices as [(typeof choices)[0]];
    assert.match(message.content!, /42/);
    assert.ok(thoughtOf(message)!.length > 20);
    assert.doesNotMatch(message.content! + thoughtOf(message), /<\/?think>/);
    assert.deepEqual([finish_reason, object, id.startsWith("chatcmpl-")], ["stop", "chat.completion", true]);
    assert.equal(usage!.total_tokens, usage!.prompt_tokens + usage!.completion_tokens);
    const thought = usage!.completion_tokens_details!.reasoning_tokens!;
    assert.ok(thought > 20 && thought < usage!.completion_tokens, `${thought}`);
  });

  it("streams the same, token by token, with its usage at the end", async () => {
    const whole = await chat([user("Count to thirty.")]);
    const stream = await openai.chat.completions.create({
      model: MODEL,
      messages: [user("Count to thirty.")],
      temperature: 0,
      stream: true,
      stream_options: { include_usage: true },
    });
    let [content, thought, pieces] = ["", "", 0];
    const finishes: unknown[] = [];
    let usage: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of stream) {
      assert.equal(usage ?? null, null, "nothing comes after the usage");
      usage = chunk.usage;
      const [choice] = chunk.choices;
      if (!choice) continue;
      if (choice.delta.content) pieces++;
      content += choice.delta.content ?? "";
      thought += (choice.delta as Thinking).reasoning_content ?? "";
      if (choice.finish_reason) finishes.push(choice.finish_reason);
    }
    const { message } = whole.choices[0]!;
    assert.deepEqual([content, thought, finishes], [message.content, thoughtOf(message), ["stop"]]);
    assert.ok(pieces > 1, `${pieces} pieces`);
    assert.equal(usage?.completion_tokens, whole.usage!.completion_tokens);
    assert.ok(usage!.prompt_tokens_details!.cached_tokens! > 0);
  });

  it("turns thinking on and off by a word in the system message, and by parameters", async () => {
    const thinks = async (messages: ChatCompletionMessageParam[], more = {}) =>
      thoughtOf((await chat(messages, more)).choices[0]!.message) !== undefined;
    assert.equal(await thinks([system("/no_think"), user("ping")]), false);
    assert.equal(await thinks([system("Be brief. /no_think"), user("ping")]), false);
    assert.equal(await thinks([{ role: "developer", content: "/think" }, user("ping")]), true);
    assert.equal(await thinks([system("Look at src/no_think.ts"), user("ping")]), true);
    assert.equal(await thinks([user("ping /no_think")]), true);
    assert.equal(
      await thinks([system("/think"), user("ping")], { chat_template_kwargs: { enable_thinking: false } }),
      false,
    );
    assert.equal(await thinks([user("ping")], { reasoning_effort: "none" }), false);
    assert.equal(await thinks([user("ping")], { reasoning_budget: 0 }), false);
  });

  it("keeps a thought within its budget, whichever parameter sets it", async () => {
    const LONG = [user("Think for a long time.")];
    const spent = async (more: object) => (await chat(LONG, more)).usage!.completion_tokens_details!.reasoning_tokens!;
    const free = await spent({});
    for (const more of [
      { reasoning_budget: 20 },
      { max_thinking_tokens: 20 },
      { chat_template_kwargs: { enable_thinking: true, reasoning_budget: 20 } },
      { nvext: { max_thinking_tokens: 20 } },
    ]) {
      const tokens = await spent(more);
      assert.ok(tokens >= 20 && tokens <= 52, `${tokens} of ${free} with ${JSON.stringify(more)}`);
    }
    assert.ok(free > 100, `${free}`);
    assert.equal(await spent({ reasoning_budget: -1 }), free);
  });

  it("counts thought and answer together for max_tokens, and reserves a part for the answer", async () => {
    for (const limit of [{ max_tokens: 60 }, { max_completion_tokens: 60 }]) {
      const { choices, usage } = await chat([user("Think for a long time.")], limit);
      assert.equal(usage!.completion_tokens, 60);
      assert.equal(choices[0]!.finish_reason, "length");
      assert.match(choices[0]!.message.content!, /I have thought for a long time/);
    }
    const { usage } = await chat([user("Count to thirty.")], { max_tokens: 12, reasoning_budget: 0 });
    assert.equal(usage!.completion_tokens, 12);
  });

  it("stops at a stop text, and samples the same reply from the same seed", async () => {
    const counted = { reasoning_budget: 0 };
    for (const stop of ["17", ["31", "17"]]) {
      const { choices } = await chat([user("Count to thirty.")], { ...counted, stop });
      assert.match(choices[0]!.message.content!, /15, 16,$/);
      assert.equal(choices[0]!.finish_reason, "stop");
    }
    const drawn = async (seed: number) =>
      (await chat([user("Write a long text.")], { temperature: 2, top_p: 1, seed, max_tokens: 40, ...counted }))
        .choices[0]!.message.content;
    assert.equal(await drawn(7), await drawn(7));
    assert.notEqual(await drawn(7), await drawn(8));
  });

  it("calls tools, and the follow-up reads only their results", async () => {
    const messages: ChatCompletionMessageParam[] = [user("Read the file src/main.ts.")];
    const first = await chat(messages, { tools: [READ_FILE] });
    const { message, finish_reason } = first.choices[0]!;
    assert.equal(finish_reason, "tool_calls");
    assert.equal(message.content, null);
    const [call] = message.tool_calls!;
    assert.ok(call?.type === "function");
    assert.deepEqual([call.function.name, JSON.parse(call.function.arguments)], ["read_file", { path: "src/main.ts" }]);
    await statusOf(toy.engine, "ready");
    const second = await chat(
      [...messages, message, { role: "tool", tool_call_id: call.id, content: "const a = 1;" }],
      {
        tools: [READ_FILE],
      },
    );
    assert.match(second.choices[0]!.message.content!, /I read the file/);
    const { prompt_tokens, prompt_tokens_details } = second.usage!;
    assert.ok(prompt_tokens - prompt_tokens_details!.cached_tokens! < 80, JSON.stringify(second.usage));
  });

  it("streams a tool call", async () => {
    const runner = openai.chat.completions.stream({
      model: MODEL,
      messages: [user("Read the file src/main.ts.")],
      tools: [READ_FILE],
      temperature: 0,
    });
    const { choices } = await runner.finalChatCompletion();
    const [call] = choices[0]!.message.tool_calls!;
    assert.ok(call?.type === "function");
    assert.deepEqual(JSON.parse(call.function.arguments), { path: "src/main.ts" });
    assert.equal(choices[0]!.finish_reason, "tool_calls");
  });

  it("obeys tool_choice: none, required, and a tool's name", async () => {
    const other: ChatCompletionTool = {
      type: "function",
      function: { name: "set_mode", parameters: { type: "object", properties: { mode: { enum: ["on", "off"] } } } },
    };
    const tools = [READ_FILE, other];
    const choose = async (tool_choice: unknown, more = {}) =>
      (await chat([user("Hello")], { tools, tool_choice, max_tokens: 200, ...more })).choices[0]!;
    const none = await choose("none");
    assert.deepEqual([none.finish_reason, none.message.tool_calls], ["stop", undefined]);
    for (const thinking of [true, false]) {
      const kwargs = { chat_template_kwargs: { enable_thinking: thinking } };
      const required = await choose("required", { ...kwargs, parallel_tool_calls: false });
      assert.equal(required.message.tool_calls!.length, 1);
      assert.equal(required.finish_reason, "tool_calls");
      const named = await choose({ type: "function", function: { name: "set_mode" } }, kwargs);
      const [call] = named.message.tool_calls!;
      assert.ok(call?.type === "function");
      assert.equal(call.function.name, "set_mode");
      assert.match(JSON.parse(call.function.arguments).mode, /^(on|off)$/);
    }
  });

  it("follows a JSON schema as pydantic and zod write it, and json_object", async () => {
    const schema = {
      $defs: { Side: { enum: ["left", "right"], type: "string" } },
      type: "object",
      properties: {
        side: { $ref: "#/$defs/Side" },
        sum: { anyOf: [{ enum: [41, 42] }, { type: "null" }] },
        tags: { type: "array", items: { const: "a" }, minItems: 1, maxItems: 2 },
      },
      required: ["side", "sum", "tags"],
      additionalProperties: false,
    };
    const format = { type: "json_schema", json_schema: { name: "answer", schema, strict: true } };
    const { choices } = await chat([user("What is 17 + 25?")], { response_format: format, max_tokens: 500 });
    const value = JSON.parse(choices[0]!.message.content!);
    assert.ok(["left", "right"].includes(value.side) && [41, 42, null].includes(value.sum), JSON.stringify(value));
    assert.ok(value.tags.length >= 1 && value.tags.every((tag: unknown) => tag === "a"));
    const any = await chat([user("ping")], { response_format: { type: "json_object" }, max_tokens: 200 });
    assert.equal(typeof JSON.parse(any.choices[0]!.message.content!), "object");
  });

  it("reads only the new message of a follow-up, and never a past thought", async () => {
    const messages: ChatCompletionMessageParam[] = [
      system("You are a helpful assistant."),
      user("Count to one hundred."),
    ];
    const first = await chat(messages);
    // The client sends the message back unchanged, with its thought.
    const answer = first.choices[0]!.message;
    assert.ok(thoughtOf(answer));
    await (await Pace.of(toy.pid)).quiet();
    const settled = await chat([...messages, answer, user("ping")]);
    const { prompt_tokens, prompt_tokens_details } = settled.usage!;
    const read = prompt_tokens - prompt_tokens_details!.cached_tokens!;
    assert.ok(prompt_tokens > 300 && read < 24, `read ${read} of ${prompt_tokens}`);
    // The same message, from a server that leaves the thought in the text.
    const inText = { role: "assistant" as const, content: `<think>\nHm.\n</think>\n\n${answer.content}` };
    const again = await chat([...messages, inText, user("ping")]);
    assert.equal(again.usage!.prompt_tokens, prompt_tokens);
  });

  it("frees the engine within a token when the client aborts while it reads, thinks or waits", async () => {
    const long = user(`${"word ".repeat(3800)}\n\nHello`);
    for (const message of [long, user("Think for a long time.")])
      await held({ pid: toy.pid }, async (pace) => {
        const abort = new AbortController();
        const asked = openai.chat.completions.create(
          { model: MODEL, messages: [message], stream: true },
          { signal: abort.signal },
        );
        const stream = await pace.stepUntil(asked);
        await pace.stepUntil(stream[Symbol.asyncIterator]().next());
        abort.abort();
        await pace.received("cancel");
        // Lets the current chunk or token finish; no further one begins.
        await pace.runStep();
        await statusOf(toy.engine, "ready");
      });
    const gone = new AbortController();
    const running = chat([user("Count to one hundred.")]);
    await statusOf(toy.engine, "busy");
    const waiting = openai.chat.completions.create({ model: MODEL, messages: [user("ping")] }, { signal: gone.signal });
    gone.abort();
    await assert.rejects(waiting, OpenAI.APIUserAbortError);
    assert.match((await running).choices[0]!.message.content!, /100/);
    assert.match((await chat([user("ping")])).choices[0]!.message.content!, /pong/);
  });

  it("returns errors that the client maps to its classes, with the parameter at fault", async () => {
    const fails = async (body: object): Promise<InstanceType<typeof OpenAI.APIError>> => {
      try {
        await openai.chat.completions.create({ model: MODEL, messages: [user("ping")], ...body, stream: false });
      } catch (error) {
        assert.ok(error instanceof OpenAI.APIError);
        return error;
      }
      throw new Error(`${JSON.stringify(body)} was expected to fail.`);
    };
    const unknown = await fails({ model: "gpt-4o" });
    assert.ok(unknown instanceof OpenAI.NotFoundError);
    assert.deepEqual([unknown.code, unknown.param], ["model_not_found", "model"]);
    const long = await fails({ messages: [user("word ".repeat(9000))] });
    assert.ok(long instanceof OpenAI.BadRequestError);
    assert.equal(long.code, "context_length_exceeded");
    const image = { type: "image_url", image_url: { url: "data:," } };
    for (const [body, param] of [
      [{ n: 2 }, "n"],
      [{ max_tokens: 0 }, "max_tokens"],
      [{ temperature: "hot" }, "temperature"],
      [{ messages: [] }, "messages"],
      [{ messages: [{ role: "user", content: [{ type: "text", text: "a" }, image] }] }, "messages[0].content[1].type"],
      [{ messages: [{ role: "robot", content: "a" }] }, "messages[0].role"],
      [{ messages: [user("a"), { role: "assistant", content: "b" }] }, "messages[1].role"],
      [{ messages: [user("a"), system("b"), user("c")] }, "messages[1].role"],
      [{ messages: [user("a"), { role: "tool", tool_call_id: "x", content: "b" }] }, "messages[1].role"],
      [{ tool_choice: "required" }, "tool_choice"],
      [{ tools: [READ_FILE], tool_choice: { type: "function", function: { name: "x" } } }, "tool_choice"],
      [{ tools: [READ_FILE], response_format: { type: "json_object" } }, "response_format"],
      [{ presence_penalty: 1 }, "presence_penalty"],
      [{ logprobs: true }, "logprobs"],
    ] as const) {
      const error = await fails(body);
      assert.deepEqual([error.status, error.param], [400, param], error.message);
    }
    const schema = { type: "object", not: {} };
    const format = { type: "json_schema", json_schema: { name: "x", schema } };
    assert.match((await fails({ response_format: format })).message, /uses "not"/);
  });

  it("reports an early error to a streaming client by the HTTP status, not in the stream", async () => {
    const { status, body } = await post(toy, { messages: [user("word ".repeat(9000))], stream: true });
    assert.deepEqual([status, JSON.parse(body).error.code], [400, "context_length_exceeded"]);
  });
});
