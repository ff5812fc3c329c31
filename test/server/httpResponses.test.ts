/** OpenAI's Responses as other programs use them: the real client, the toy model, the real engine. */
import assert from "node:assert/strict";
import os from "node:os";
import OpenAI from "openai";
import type { Response, ResponseInputItem, ResponseStreamEvent, Tool } from "openai/resources/responses/responses";
import { post, startToyEndpoint, statusOf, type ToyEndpoint } from "../support/endpoint.ts";
import { Pace } from "../support/pace.ts";

const READ_FILE: Tool = {
  type: "function",
  name: "read_file",
  description: "Read a file of the workspace",
  strict: false,
  parameters: {
    type: "object",
    properties: { path: { type: "string", description: "Path of the file" } },
    required: ["path"],
  },
};
const QUIET = { reasoning: { effort: "none" as const } };

describe("OpenAI's Responses", () => {
  let toy: ToyEndpoint;
  before(async () => {
    toy = await startToyEndpoint();
  });
  after(() => toy.stop());

  const ask = (input: string | ResponseInputItem[], more: object = {}): Promise<Response> =>
    toy.openai.responses.create({ model: "gpt-5", input, temperature: 0, ...more, stream: false });
  const types = ({ output }: Response) => output.map(({ type }) => type);
  async function streamed(input: string, more: object = {}) {
    const events: ResponseStreamEvent[] = [];
    const stream = await toy.openai.responses.create({ model: "gpt-5", input, temperature: 0, ...more, stream: true });
    for await (const event of stream) events.push(event);
    assert.deepEqual(
      events.map(({ sequence_number: number }) => number),
      events.map((_, i) => i),
    );
    const last = events.at(-1)!;
    assert.ok(last.type === "response.completed" || last.type === "response.incomplete", last.type);
    return { names: events.map(({ type }) => type).filter((type, i, all) => type !== all[i - 1]), last: last.response };
  }
  /** Without what differs from reply to reply. */
  const essence = ({ output }: Response) =>
    output.map(({ id: _, ...item }) => ({ ...item, ...("call_id" in item && { call_id: "" }) }));

  it("returns thought and answer as items, with their usage, from whatever is loaded", async () => {
    const response = await ask("What is 17 + 25?", { metadata: { a: "b" }, instructions: "Be brief." });
    assert.deepEqual(
      [response.status, response.model, types(response)],
      ["completed", "nemotron-h-toy", ["reasoning", "message"]],
    );
    assert.match(response.output_text, /42/);
    assert.deepEqual([response.metadata, response.instructions], [{ a: "b" }, "Be brief."]);
    const usage = response.usage!;
    assert.equal(usage.total_tokens, usage.input_tokens + usage.output_tokens);
    assert.ok(usage.output_tokens_details.reasoning_tokens > 20);
    assert.deepEqual(types(await ask("ping", QUIET)), ["message"]);
    const long = await ask("Think for a long time.", { reasoning: { effort: "minimal" } });
    assert.ok(long.usage!.output_tokens_details.reasoning_tokens <= 128 + 32);
  });

  it("streams every event of the published sequence, and ends with the same response", async () => {
    const { names, last } = await streamed("Count to thirty.");
    const item = (kind: string) => [
      "response.output_item.added",
      "response.content_part.added",
      `response.${kind}.delta`,
      `response.${kind}.done`,
      "response.content_part.done",
      "response.output_item.done",
    ];
    assert.deepEqual(names, [
      "response.created",
      "response.in_progress",
      ...item("reasoning_text"),
      ...item("output_text"),
      "response.completed",
    ]);
    assert.deepEqual(essence(last), essence(await ask("Count to thirty.")));
    const cut = (await streamed("Count to thirty.", { ...QUIET, max_output_tokens: 8 })).last;
    assert.deepEqual([cut.status, cut.incomplete_details?.reason], ["incomplete", "max_output_tokens"]);
  });

  it("calls functions, and the follow-up by previous_response_id reads only their outputs", async () => {
    const tools = [READ_FILE, { type: "web_search" }];
    const question = "Read the file src/main.ts.";
    const { names, last } = await streamed(question, { tools });
    assert.ok(names.includes("response.function_call_arguments.delta"));
    assert.ok(names.includes("response.function_call_arguments.done"));
    const call = last.output.at(-1)!;
    assert.ok(call.type === "function_call");
    assert.deepEqual([call.name, JSON.parse(call.arguments)], ["read_file", { path: "src/main.ts" }]);
    await statusOf(toy.engine, "ready");
    const output = { type: "function_call_output" as const, call_id: call.call_id, output: "const a = 1;" };
    const sent: ResponseInputItem[] = [
      { role: "user", content: question },
      ...(last.output as ResponseInputItem[]),
      output,
    ];
    for (const [input, more] of [
      [[output], { previous_response_id: last.id }],
      [sent, { store: false }],
    ] as const) {
      const second = await ask([...input], { tools, ...more });
      assert.match(second.output_text, /I read the file/);
      const { input_tokens, input_tokens_details: details } = second.usage!;
      assert.ok(input_tokens - details.cached_tokens < 80, JSON.stringify(second.usage));
    }
  });

  it("offers freeform tools as functions with one text", async () => {
    const tools = [{ type: "custom", name: "read_file", description: "Read a file" }];
    const { names, last } = await streamed("Hello", {
      tools,
      tool_choice: "required",
      max_output_tokens: 400,
      ...QUIET,
    });
    const call = last.output.at(-1)!;
    assert.ok(call.type === "custom_tool_call");
    assert.equal(typeof call.input, "string");
    assert.ok(names.includes("response.custom_tool_call_input.done"));
    assert.ok(!names.includes("response.function_call_arguments.delta"));
  });

  it("continues a conversation when the client reaches this machine by its other address", async () => {
    const addresses = Object.values(os.networkInterfaces()).flatMap((all) => all ?? []);
    const hosts = ["127.0.0.1", ...(addresses.some(({ address }) => address === "::1") ? ["[::1]"] : [])];
    let previous: string | undefined;
    for (const host of [...hosts, ...hosts]) {
      const at = new OpenAI({ baseURL: `http://${host}:${toy.port}/v1`, apiKey: "local", maxRetries: 0 });
      const body = { model: "x", input: "ping", previous_response_id: previous, ...QUIET };
      previous = (await at.responses.create(body)).id;
    }
  });

  it("continues a conversation of the same client alone, and reads only its new message", async () => {
    const first = await ask("Count to one hundred.");
    await (await Pace.of(toy.pid)).quiet();
    const { usage } = await ask("ping", { previous_response_id: first.id });
    const read = usage!.input_tokens - usage!.input_tokens_details.cached_tokens;
    assert.ok(usage!.input_tokens > 250 && read < 24, `read ${read} of ${usage!.input_tokens}`);
    const other = new OpenAI({ baseURL: toy.endpoint.url, apiKey: "other", maxRetries: 0 });
    const stolen = other.responses.create({ model: "x", input: "ping", previous_response_id: first.id });
    await assert.rejects(stolen, { status: 400, code: "previous_response_not_found" });
    const unstored = await ask("ping", { store: false });
    await assert.rejects(ask("ping", { previous_response_id: unstored.id }), { code: "previous_response_not_found" });
  });

  it("follows text.format", async () => {
    const schema = {
      type: "object",
      properties: { sum: { enum: [41, 42] } },
      required: ["sum"],
      additionalProperties: false,
    };
    const format = { type: "json_schema", name: "answer", schema, strict: true };
    const { output_text } = await ask("What is 17 + 25?", { text: { format }, max_output_tokens: 500 });
    assert.ok([41, 42].includes(JSON.parse(output_text).sum), output_text);
  });

  it("names the parameter at fault in OpenAI's errors", async () => {
    const call = { type: "function_call", call_id: "c", name: "f", arguments: "{}" };
    for (const [body, param] of [
      [{ input: undefined }, "input"],
      [{ input: [] }, "input"],
      [{ input: [{ role: "robot", content: "a" }] }, "input[0].role"],
      [{ input: [{ role: "user", content: "a" }, call, { role: "user", content: "b" }] }, "input[1]"],
      [{ input: [{ type: "function_call_output", call_id: "x", output: "b" }] }, "input[0].call_id"],
      [{ tool_choice: { type: "web_search" } }, "tool_choice"],
      [{ max_output_tokens: 0 }, "max_output_tokens"],
      [{ background: true }, "background"],
    ] as const) {
      const { status, body: text } = await post(toy, { input: "ping", ...body }, {}, "/v1/responses");
      const { error } = JSON.parse(text);
      assert.deepEqual([status, error.type, error.param], [400, "invalid_request_error", param], text);
    }
  });
});
