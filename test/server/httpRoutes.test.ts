/** The rules that hold for every route of the endpoint, and hostile bodies for each API. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { post, type RawAnswer, raw, serveEngine, startToyEndpoint, type ToyEndpoint } from "../support/endpoint.ts";

const JSON_TYPE = { "Content-Type": "application/json" };
const ping = [{ role: "user", content: "ping" }];
const tools = [{ name: "f", input_schema: { type: "object", properties: { a: { type: "string" } } } }];
const CALL = { type: "function_call", call_id: "c", name: "f", arguments: "{}" };
const USE = { type: "tool_use", id: "c", name: "f", input: {} };

/** A body for each route that takes one, with much that can be mutated. */
const BODIES: Record<string, Record<string, unknown>> = {
  "/v1/chat/completions": { messages: ping, max_tokens: 2, stream: true, reasoning_budget: 0 },
  "/v1/responses": {
    input: [...ping, CALL, { type: "function_call_output", call_id: "c", output: "x" }],
    max_output_tokens: 2,
    reasoning: { effort: "none" },
    tools: [{ type: "function", name: "f", parameters: { type: "object" } }],
    tool_choice: "auto",
    text: { format: { type: "text" } },
    store: true,
    metadata: { a: "b" },
    stream: true,
  },
  "/v1/messages": {
    system: [{ type: "text", text: "x" }],
    messages: [
      ...ping,
      { role: "assistant", content: [USE] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "c", content: [{ type: "text", text: "x" }] }] },
    ],
    max_tokens: 2,
    thinking: { type: "disabled" },
    tools,
    tool_choice: { type: "auto" },
    stop_sequences: ["x"],
    stream: true,
  },
  "/v1/messages/count_tokens": { system: "x", messages: ping, tools, thinking: { type: "adaptive" } },
};
const GETS = ["/v1/models", "/props", "/metrics"];
const isAnthropic = (path: string) => path.startsWith("/v1/messages");

/** Checks that an error has the shape of the route's API. */
function checkShape(path: string, { body }: RawAnswer): void {
  const { type, error } = JSON.parse(body);
  assert.ok(typeof error.message === "string" && error.message !== "" && typeof error.type === "string", body);
  assert.equal(type, isAnthropic(path) ? "error" : undefined, body);
  assert.equal("param" in error, !isAnthropic(path), body);
}

describe("every route of the endpoint", () => {
  let toy: ToyEndpoint;
  before(async () => {
    toy = await startToyEndpoint({ limits: { bodyBytes: 64 * 1024 } });
  });
  after(() => toy.stop());

  const requests = [
    ...Object.entries(BODIES).map(([path, body]) => ({ method: "POST", path, body: JSON.stringify(body) })),
    ...GETS.map((path) => ({ method: "GET", path, body: undefined })),
  ];
  const ask = (request: (typeof requests)[number], headers: Record<string, string> = {}, at: typeof toy = toy) =>
    raw(at, { ...request, headers: { ...(request.body !== undefined && JSON_TYPE), ...headers } });

  it("answers a program on this machine", async () => {
    for (const request of requests) assert.equal((await ask(request)).status, 200, request.path);
  });

  it("tells the context and what it has done", async () => {
    const { body: props } = await raw(toy, { method: "GET", path: "/props" });
    assert.equal(JSON.parse(props).default_generation_settings.n_ctx, 8192);
    const { body: models } = await raw(toy, { method: "GET", path: "/v1/models" });
    const [{ context_length, max_model_len, meta }] = JSON.parse(models).data;
    assert.deepEqual([context_length, max_model_len, meta], [8192, 8192, { n_ctx: 8192 }]);
    const value = async (name: string) => {
      const { body } = await raw(toy, { method: "GET", path: "/metrics" });
      return Number(new RegExp(`^nemotron_${name} (\\d[\\d.]*)$`, "m").exec(body)?.[1]);
    };
    const [replies, generated] = [await value("replies_total"), await value("generated_tokens_total")];
    await post(toy, { ...BODIES["/v1/messages"], stream: false }, {}, "/v1/messages");
    assert.equal(await value("replies_total"), replies + 1);
    assert.ok((await value("generated_tokens_total")) > generated && (await value("memory_bytes")) > 1e6);
    assert.deepEqual([await value("requests_running"), await value("requests_waiting")], [0, 0]);
  });

  it("refuses web pages and foreign names", async () => {
    for (const request of requests)
      for (const headers of [
        { Origin: "https://evil.example" },
        { Origin: "null" },
        { "Sec-Fetch-Site": "cross-site" },
        { Host: "evil.example" },
      ] as Record<string, string>[]) {
        const answer = await ask(request, headers);
        assert.equal(answer.status, 403, `${request.path} ${JSON.stringify(headers)}`);
        checkShape(request.path, answer);
      }
  });

  it("needs the key, in either header", async () => {
    const locked = { ...toy, ...(await serveEngine(toy.engine, { apiKey: "secret" })) };
    try {
      for (const request of requests) {
        for (const headers of [
          {},
          { "x-api-key": "wrong" },
          { Authorization: "Bearer wrong", "x-api-key": "secret" },
        ]) {
          const answer = await ask(request, headers as Record<string, string>, locked);
          assert.equal(answer.status, 401, request.path);
          checkShape(request.path, answer);
        }
        const right: Record<string, string>[] = [{ "x-api-key": "secret" }, { Authorization: "Bearer secret" }];
        for (const headers of right) assert.equal((await ask(request, headers, locked)).status, 200, request.path);
      }
    } finally {
      await locked.endpoint.close();
    }
  });

  it("refuses other methods, types, invalid JSON, and bodies that are too large or too deep", async () => {
    for (const path of Object.keys(BODIES))
      for (const [status, headers, body, method = "POST"] of [
        [405, JSON_TYPE, undefined, "GET"],
        [415, { "Content-Type": "text/plain" }, "{}"],
        [400, JSON_TYPE, ""],
        [400, JSON_TYPE, "{"],
        [400, JSON_TYPE, "[]"],
        [400, JSON_TYPE, `{"a": ${"[".repeat(20_000)}${"]".repeat(20_000)}}`],
        [413, JSON_TYPE, `{"a": "${"x".repeat(70_000)}"}`],
      ] as const) {
        const answer = await raw(toy, { method, path, headers, body });
        assert.equal(answer.status, status, `${path} ${body?.slice(0, 20)}: ${answer.body}`);
        checkShape(path, answer);
      }
  });

  it("answers hostile bodies with 200, or with 4xx in the API's own shape", async function () {
    const runs = Number(process.env.NEMOTRON_FUZZ_RUNS ?? 300);
    this.timeout(120_000 + runs * 300);
    let answered = 0;
    const cases = fc.tuple(
      fc.constantFrom(...Object.keys(BODIES)),
      fc.infiniteStream(fc.noBias(fc.nat())),
      fc.jsonValue(),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ([path, numbers, value]) => {
        const body = mutated(BODIES[path], () => numbers.next().value, value);
        const answer = await post(toy, JSON.stringify(body), {}, path);
        if (answer.status === 200) {
          answered++;
          assert.doesNotMatch(answer.body, /"code":"internal_error"|"type":"api_error"/);
          return;
        }
        assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status}: ${answer.body}`);
        checkShape(path, answer);
      }),
      { numRuns: runs, seed: Number(process.env.NEMOTRON_FUZZ_SEED ?? 22) },
    );
    assert.ok(answered > runs / 10, `${answered} of ${runs} reached the model`);
    assert.notEqual(toy.engine.status.type, "failed");
    assert.equal((await ask(requests[0]!)).status, 200);
  });
});

/** The JSON with some of its values replaced, removed or repeated. */
function mutated(given: unknown, draw: () => number, value: unknown): unknown {
  const dice = draw() % 24;
  if (dice === 0) return value;
  if (dice === 1) return [given];
  if (dice === 2) return null;
  if (dice === 3 && typeof given === "string")
    return ["", "auto", "tool", "\ud800", "/no_think", "<think>"][draw() % 6];
  if (Array.isArray(given)) {
    const items = given.map((item) => mutated(item, draw, value));
    return dice === 4 ? [...items, ...items] : dice === 5 ? items.slice(1) : items;
  }
  if (typeof given !== "object" || given === null) return given;
  const kept = Object.entries(given).filter(() => draw() % 24 !== 0);
  return Object.fromEntries(kept.map(([key, item]) => [key, mutated(item, draw, value)]));
}
