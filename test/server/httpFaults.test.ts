/** What reaches the endpoint beside honest requests: web pages, noise, crowds, and clients that are slow or gone. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { startApiServer } from "../../server/http/apiServer.ts";
import { ListenError } from "../../server/http/listen.ts";
import {
  CHAT,
  connectAndAsk,
  post,
  raw,
  serveEngine,
  startToyEndpoint,
  statusOf,
  type ToyEndpoint,
} from "../support/endpoint.ts";
import { held } from "../support/pace.ts";
import { ScriptedEngine } from "../support/scriptedEngine.ts";

const PING = { messages: [{ role: "user", content: "ping" }] };
const LONG = { messages: [{ role: "user", content: "Think for a long time." }] };
const errorOf = (body: string): { message: string; type: string; param: unknown; code: unknown } =>
  JSON.parse(body).error;

describe("the endpoint under attack", () => {
  let toy: ToyEndpoint;
  before(async () => {
    toy = await startToyEndpoint({ limits: { bodyBytes: 64 * 1024, waiting: 2, headersMs: 500, arrivalMs: 1000 } });
  });
  after(() => toy.stop());

  const isWell = async () => {
    const { status, body } = await post(toy, PING);
    assert.deepEqual([status, JSON.parse(body).choices?.[0].message.content], [200, "pong"], body);
  };

  it("refuses web pages: by Origin, by the browser's headers, by a foreign host name", async () => {
    const json = { "Content-Type": "application/json" };
    const body = JSON.stringify(PING);
    const hostile: [string, Record<string, string>][] = [
      ["another site", { ...json, Origin: "https://evil.example" }],
      ["a page in a frame without an origin", { ...json, Origin: "null" }],
      ["a page served by this machine", { ...json, Origin: "http://localhost:3000" }],
      ["an image in another site's page", { ...json, "Sec-Fetch-Site": "cross-site" }],
      ["a foreign name that resolves to this machine", { ...json, Host: "evil.example" }],
      ["the same name with the endpoint's port", { ...json, Host: `evil.example:${toy.port}` }],
      ["a foreign name that begins with localhost", { ...json, Host: "localhost.evil.example" }],
    ];
    for (const [who, headers] of hostile)
      for (const request of [
        { headers, body },
        { headers, method: "GET", path: "/v1/models" },
      ]) {
        const answer = await raw(toy, request);
        assert.equal(answer.status, 403, who);
        assert.match(String(errorOf(answer.body).code), /^(origin|host)_not_allowed$/, who);
        assert.deepEqual(
          Object.keys(answer.headers).filter((name) => name.startsWith("access-control")),
          [],
        );
      }
    const preflight = await raw(toy, {
      method: "OPTIONS",
      headers: { Origin: "https://evil.example", "Access-Control-Request-Method": "POST" },
    });
    assert.equal(preflight.status, 403);
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]) {
      const { status } = await raw(toy, { headers: { "Content-Type": type }, body });
      assert.equal(status, 415, type);
    }
    await isWell();
  });

  it("accepts all names of this machine, over IPv4 and IPv6", async () => {
    for (const host of ["localhost", `localhost:${toy.port}`, "127.0.0.1", "[::1]:9000", "LOCALHOST"])
      assert.equal((await post(toy, PING, { Host: host })).status, 200, host);
    if (
      !Object.values(os.networkInterfaces())
        .flat()
        .some((address) => address?.address === "::1")
    )
      return;
    assert.equal((await fetch(`http://[::1]:${toy.port}/health`)).status, 200);
  });

  it("requires the key if there is one, except for its health", async () => {
    const locked = await serveEngine(toy.engine, { apiKey: "secret" });
    try {
      const wrong = [{}, { Authorization: "Bearer wrong" }, { Authorization: "secret" }, { Authorization: "Bearer " }];
      for (const headers of wrong) {
        const { status, body, headers: got } = await post(locked, PING, headers as Record<string, string>);
        assert.deepEqual([status, errorOf(body).code, got["www-authenticate"]], [401, "invalid_api_key", "Bearer"]);
        assert.doesNotMatch(body, /secret/);
      }
      assert.equal((await post(locked, PING, { Authorization: "Bearer secret" })).status, 200);
      assert.equal((await raw(locked, { method: "GET", path: "/health" })).status, 200);
      assert.equal((await raw(locked, { method: "GET", path: "/v1/models" })).status, 401);
    } finally {
      await locked.endpoint.close();
    }
  });

  it("listens beyond this machine only with a key", async () => {
    const { engine } = toy;
    for (const host of ["0.0.0.0", "::", "192.0.2.1", "example.com"])
      await assert.rejects(startApiServer({ engine, port: 0, host }), ListenError);
    await assert.rejects(startApiServer({ engine, port: 0, host: "0.0.0.0", apiKey: "" }), ListenError);
    const open = await serveEngine(engine, { host: "0.0.0.0", apiKey: "secret" });
    const { status } = await post(open, PING, { Authorization: "Bearer secret", Host: "workstation.lan" });
    await open.endpoint.close();
    assert.equal(status, 200);
  });

  it("reports that a port is in use, and what to do", async () => {
    const { engine, port } = toy;
    await assert.rejects(startApiServer({ engine, port }), (error: ListenError) => {
      assert.match(error.message, new RegExp(`Port ${port} is in use`));
      assert.match(error.next, /another port/);
      return true;
    });
  });

  it("reads no body that is too large, in any encoding", async () => {
    const large = JSON.stringify({ messages: [{ role: "user", content: "x".repeat(100_000) }] });
    const told = await post(toy, large);
    const chunked = await post(toy, large, { "Transfer-Encoding": "chunked" });
    for (const { status, body } of [told, chunked])
      assert.deepEqual([status, errorOf(body).code], [413, "request_too_large"]);
    assert.equal((await post(toy, PING, { "Transfer-Encoding": "chunked" })).status, 200);
    await isWell();
  });

  it("answers invalid requests in JSON", async () => {
    for (const [body, code] of [
      ["", "invalid_json"],
      ["{", "invalid_json"],
      ["[]", "invalid_value"],
      ["null", "invalid_value"],
      [`{"messages": ${"[".repeat(20_000)}${"]".repeat(20_000)}}`, "invalid_json"],
      ['{"messages": [{"role": "user", "content": "\\ud800"}], "max_tokens": 1e999}', "invalid_value"],
    ] as const) {
      const answer = await post(toy, body);
      assert.deepEqual([answer.status, errorOf(answer.body).code], [400, code], body.slice(0, 40));
    }
    for (const [request, status] of [
      [{ method: "GET", path: CHAT }, 405],
      [{ method: "POST", path: "/v1/images" }, 404],
      [{ method: "GET", path: "/../../etc/passwd" }, 404],
      [{ method: "GET", path: "/v1/models/gpt-4o" }, 404],
    ] as const) {
      const answer = await raw(toy, request);
      assert.equal(answer.status, status, request.path);
      assert.ok(errorOf(answer.body).message.length > 10);
    }
    for (const [text, status] of [
      ["nonsense", 400],
      ["GET /health HTTP/1.1\r\nConnection: close\r\nHost: a b", 400],
      ["GET /health HTTP/1.1\r\nConnection: close\r\nHost:", 403],
      ["GET /health HTTP/1.0", 403],
      ["GET /health HTTP/1.1\r\nConnection: close", 403],
      ["POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nExpect: a miracle\r\nContent-Length: 2", 417],
      ["CONNECT elsewhere:443 HTTP/1.1\r\nHost: localhost", 405],
      [`GET /health HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(100_000)}`, 431],
    ] as const) {
      const socket = net.connect(toy.port, "127.0.0.1");
      socket.write(`${text}\r\n\r\n`);
      let answer = "";
      for await (const data of socket) answer += data;
      assert.match(answer, new RegExp(`^HTTP/1.1 ${status} .*"error"`, "s"), text.slice(0, 80));
    }
  });

  it("closes connections whose request does not arrive", async () => {
    const socket = net.connect(toy.port, "127.0.0.1");
    socket.write(
      `POST ${CHAT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    );
    socket.resume();
    await once(socket, "close");
  });

  it("queues a limited number of requests and refuses others with Retry-After", async () => {
    const asked = await held({ pid: toy.pid }, async (pace) => {
      const running = await connectAndAsk(toy, { ...LONG, stream: true });
      await pace.stepUntil(once(running, "data"));
      const asked = [post(toy, PING), post(toy, PING), post(toy, PING)];
      // The last request is refused; the others wait.
      const { status, headers, body } = await Promise.race(asked);
      assert.deepEqual([status, errorOf(body).code], [429, "rate_limit_exceeded"]);
      assert.match(headers["retry-after"]!, /^\d+$/);
      running.destroy();
      return asked;
    });
    assert.deepEqual((await Promise.all(asked)).map(({ status }) => status).sort(), [200, 200, 429]);
    await isWell();
  });

  it("answers a client that has closed its writing side", async () => {
    for (const [stream, body, end] of [
      [false, PING, /"content":"pong"/],
      [true, PING, /"content":"p.*\[DONE\]/s],
      [false, LONG, /"finish_reason":"length"/],
      [true, LONG, /\[DONE\]/],
    ] as const) {
      const socket = await connectAndAsk(toy, { ...body, max_tokens: 20, stream });
      socket.end();
      let answer = "";
      for await (const data of socket) answer += data;
      assert.match(answer, /^(HTTP\/1.1 100 Continue\r\n\r\n)*HTTP\/1.1 200 OK\r\n/);
      assert.match(answer, end);
    }
    const socket = net.connect(toy.port, "127.0.0.1");
    socket.end("GET /v1/models HTTP/1.0\r\nHost: localhost\r\n\r\n");
    assert.match(String(await socket.take(1).toArray()), /^HTTP\/1.1 200 OK/);
  });

  it("frees the engine when a client disappears, with or without closing", async () => {
    for (const stream of [true, false])
      for (const leave of ["destroy", "resetAndDestroy"] as const) {
        await held({ pid: toy.pid }, async (pace) => {
          const socket = await connectAndAsk(toy, { ...LONG, stream });
          socket.on("error", () => {});
          await pace.step();
          socket[leave]();
          await pace.received("cancel");
          // Lets the current step finish; no further one begins.
          await pace.runStep();
          await statusOf(toy.engine, "ready");
        });
        await isWell();
      }
  });

  it("answers anything with a JSON error, and survives", async function () {
    this.timeout(120_000);
    const keys = [
      "model",
      "messages",
      "stream",
      "tools",
      "tool_choice",
      "response_format",
      "stop",
      "seed",
      "n",
      "max_tokens",
    ];
    const value = fc.jsonValue({ maxDepth: 4 });
    const message = fc.record(
      { role: fc.constantFrom("system", "user", "assistant", "tool", "x"), content: value, tool_calls: value },
      { requiredKeys: ["role"] },
    );
    const schema = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.record(
          { type: fc.constantFrom("string", "integer", "null", "x"), maxLength: fc.integer() },
          { requiredKeys: [] },
        ),
        fc.record({ enum: fc.array(value, { maxLength: 3 }) }),
        fc.record({ type: fc.constant("object"), properties: fc.dictionary(fc.string(), tie("any"), { maxKeys: 3 }) }),
        fc.record({ type: fc.constant("array"), items: tie("any"), maxItems: fc.integer({ min: 0, max: 5000 }) }),
        fc.record({ anyOf: fc.array(tie("any"), { maxLength: 3 }) }),
        fc.record({ $ref: fc.constantFrom("#/$defs/a", "#/$defs/b", "#") }),
      ),
    })).any;
    const body = fc.oneof(
      value,
      fc.dictionary(fc.constantFrom(...keys), value),
      fc.record({ messages: fc.array(message, { maxLength: 4 }), stream: fc.boolean(), max_tokens: fc.constant(2) }),
      fc.record({
        messages: fc.constant(PING.messages),
        max_tokens: fc.constant(4),
        reasoning_budget: fc.constant(0),
        response_format: fc.record({
          type: fc.constant("json_schema"),
          json_schema: fc.record({ schema: fc.record({ $defs: fc.record({ a: schema }), anyOf: fc.tuple(schema) }) }),
        }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(body, async (given) => {
        const answer = await post(toy, given);
        if (answer.status === 200) return;
        const { message, type } = errorOf(answer.body);
        assert.ok(message.length > 0 && type.length > 0);
        assert.equal(answer.status, 400, `${answer.status}: ${message}`);
      }),
      { numRuns: 250 },
    );
    assert.notEqual(toy.engine.status.type, "failed");
    await isWell();
  });
});

describe("the endpoint with a reply that stalls or fails", () => {
  /** More text than a socket buffers for a client that does not read. */
  const FLOOD = `${"x".repeat(64 * 1024)} `.repeat(200);
  const folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-endpoint-"));
  const script = path.join(folder, "script.json");
  writeFileSync(
    script,
    JSON.stringify([
      { match: "flood", answer: FLOOD },
      { match: "crash", answer: "so far so good", error: "engineCrashed", delayMs: 1 },
      { match: "broken", answer: "I call", error: "badCall", delayMs: 1 },
      { match: "slow", answer: "one two three four ".repeat(50), delayMs: 20 },
      { match: "ping", answer: "pong" },
    ]),
  );
  after(() => rmSync(folder, { recursive: true }));
  const ask = (content: string) => ({ messages: [{ role: "user", content }], stream: true });

  it("drops a client that reads nothing, and serves the next one meanwhile", async () => {
    const endpoint = await serveEngine(new ScriptedEngine(script), { limits: { stallMs: 300, backlogChars: 4096 } });
    const socket = await connectAndAsk(endpoint, ask("flood"));
    socket.on("error", () => {});
    socket.pause();
    const closed = once(socket, "close");
    const { status } = await post(endpoint, PING);
    assert.equal(status, 200);
    assert.equal(endpoint.engine.status.type, "ready");
    socket.resume();
    await closed;
    await endpoint.stop();
  });

  it("does not make other clients wait for one that reads slowly", async () => {
    const endpoint = await serveEngine(new ScriptedEngine(script), { limits: { stallMs: 60_000, backlogChars: 1e9 } });
    const socket = await connectAndAsk(endpoint, ask("flood"));
    socket.pause();
    const { status } = await post(endpoint, PING);
    assert.equal(status, 200);
    let text = "";
    for await (const data of socket) {
      text += data;
      if (text.includes("[DONE]")) break;
    }
    assert.equal(text.match(/x+/g)!.filter((run) => run.length > 9).length, 200);
    await endpoint.stop();
  });

  it("reports a crash in mid-stream where the client expects errors", async () => {
    const endpoint = await serveEngine(new ScriptedEngine(script));
    const { body, status } = await post(endpoint, ask("crash"));
    assert.equal(status, 200);
    assert.match(body, /"content":" good".*"error":\{.*"code":"engine_crashed"/s);
    const stream = await endpoint.openai.chat.completions.create({
      model: "scripted",
      messages: [{ role: "user", content: "crash" }],
      stream: true,
    });
    await assert.rejects(async () => {
      for await (const _ of stream);
    }, /ended|died|crash/i);
    await endpoint.stop();
  });

  it("ends with an error when a call cannot be parsed, whole or in mid-stream", async () => {
    const endpoint = await serveEngine(new ScriptedEngine(script));
    const { status, body } = await post(endpoint, { ...ask("broken"), stream: false });
    assert.deepEqual([status, errorOf(body).code], [500, "invalid_tool_call"]);
    const streamed = (await post(endpoint, ask("broken"))).body;
    assert.match(streamed, /"code":"invalid_tool_call"/);
    assert.doesNotMatch(streamed, /TOOLCALL|"finish_reason":"/);
    await endpoint.stop();
  });

  it("reports that no model is loaded, and when to retry", async () => {
    const engine = new ScriptedEngine(script);
    const endpoint = await serveEngine(engine);
    await engine.unload();
    for (const request of [post(endpoint, PING), raw(endpoint, { method: "GET", path: "/health" })]) {
      const { status, headers, body } = await request;
      assert.deepEqual([status, headers["retry-after"], errorOf(body).code], [503, "5", "model_not_loaded"]);
    }
    await endpoint.stop();
  });

  it("ends running and waiting requests when it is closed, and tells the clients", async () => {
    const endpoint = await serveEngine(new ScriptedEngine(script));
    const streamed = post(endpoint, ask("slow"));
    const waiting = post(endpoint, PING);
    await statusOf(endpoint.engine, "busy");
    await endpoint.endpoint.close();
    assert.match((await streamed).body, /shutting_down/);
    assert.equal((await waiting).status, 503);
    assert.equal(endpoint.engine.status.type, "ready");
    await assert.rejects(post(endpoint, PING), /ECONNREFUSED/);
  });
});
