/** The endpoint's clients as they are in practice: many, idle, old, patient, with unusual bodies. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent } from "node:http";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import {
  CHAT,
  connectAndAsk,
  post,
  raw,
  serveEngine,
  startToyEndpoint,
  type TestEndpoint,
} from "../support/endpoint.ts";
import { ScriptedEngine } from "../support/scriptedEngine.ts";

const user = (content: string) => ({ role: "user", content });
const PING = { messages: [user("ping")] };
const HEALTH = { method: "GET", path: "/health" };
const errorOf = (body: string): { message: string; code: unknown; param: unknown } => JSON.parse(body).error;
const folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-clients-"));
after(() => rmSync(folder, { recursive: true }));

/** An endpoint whose engine answers "pong" to "ping", and to "hold" one word at once and the rest after `release`. */
async function scripted(limits: Parameters<typeof serveEngine>[1]) {
  const script = path.join(folder, `${Math.random()}.json`);
  const write = (holds?: string) =>
    writeFileSync(
      script,
      JSON.stringify([
        { match: "hold", answer: "first last", ...(holds !== undefined && { holds }) },
        { match: "fail", answer: "", error: "contextOverflow" },
        { match: "ping", answer: "pong" },
      ]),
    );
  write("last");
  const endpoint = await serveEngine(new ScriptedEngine(script), limits);
  return { endpoint, release: () => write() };
}

/** Everything that the server sends until it closes the connection. */
async function answerTo({ port }: TestEndpoint, request: string): Promise<string> {
  const socket = net.connect(port, "127.0.0.1");
  socket.write(request);
  let text = "";
  for await (const data of socket) text += data;
  return text;
}

describe("the endpoint with many connections", () => {
  it("answers 200 clients at once, and tells those that it refuses when to retry", async () => {
    const { endpoint, release } = await scripted({});
    const answers = Array.from({ length: 200 }, () => post(endpoint, { messages: [user("hold")] }));
    // One request runs and 16 wait until release().
    let settled = 0;
    await new Promise<void>((resolve) => {
      for (const answer of answers) answer.then(() => ++settled === 183 && resolve());
    });
    release();
    const all = await Promise.all(answers);
    for (const { status, headers } of all)
      assert.ok(status === 200 || (status === 429 && /^\d+$/.test(headers["retry-after"] ?? "")), `${status}`);
    assert.equal(all.filter(({ status }) => status === 200).length, 17);
    await endpoint.stop();
  });

  it("closes idle connections for new ones: those that were answered, and those that never sent a request", async () => {
    const { endpoint } = await scripted({ limits: { connections: 4 } });
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    const ask = () => fetchWith(agent, endpoint).then((status) => assert.equal(status, 200));
    await Promise.all([ask(), ask(), ask(), ask()]);
    for (let i = 0; i < 8; i++) assert.equal((await raw(endpoint, HEALTH)).status, 200);
    agent.destroy();
    const silent = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const socket = net.connect(endpoint.port, "127.0.0.1");
        socket.on("error", () => {});
        await once(socket, "connect");
        return socket;
      }),
    );
    // A silent connection counts as idle only after a while.
    for (;;) {
      const { status, headers } = await raw(endpoint, HEALTH);
      if (status === 200) break;
      assert.deepEqual([status, headers["retry-after"]], [503, "5"]);
    }
    for (const socket of silent) socket.destroy();
    await endpoint.stop();
  });

  it("closes connections whose request stays incomplete for new ones, with an answer", async () => {
    const { endpoint } = await scripted({ limits: { connections: 4 } });
    const head = `POST ${CHAT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`;
    const incomplete = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const socket = net.connect(endpoint.port, "127.0.0.1");
        socket.on("error", () => {}).write(head);
        await once(socket, "connect");
        return socket;
      }),
    );
    const answer = Promise.race(incomplete.map((socket) => once(socket, "data")));
    // It counts as idle only after a while.
    while ((await post(endpoint, PING)).status !== 200);
    assert.match(String((await answer)[0]), /^HTTP\/1\.1 503 .*Retry-After: 5/s);
    for (const socket of incomplete) socket.destroy();
    await endpoint.stop();
  });

  it("sends no second answer into a stream when nonsense follows the request", async () => {
    const { endpoint, release } = await scripted({ limits: { silenceMs: 20 } });
    const socket = await connectAndAsk(endpoint, { messages: [user("hold")], stream: true });
    let answer = "";
    socket.on("data", (data) => {
      answer += data;
    });
    await once(socket, "data");
    socket.write("nonsense\r\n\r\n");
    await once(socket, "close");
    assert.deepEqual(answer.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 200"]);
    release();
    await endpoint.stop();
  });

  it("answers with 503 where every connection is in use", async () => {
    const { endpoint, release } = await scripted({ limits: { connections: 3, silenceMs: 20 } });
    const held: net.Socket[] = [];
    for (let i = 0; i < 3; i++) {
      const socket = await connectAndAsk(endpoint, { messages: [user("hold")], stream: true });
      await once(socket, "data");
      held.push(socket);
    }
    const { status, headers, body } = await post(endpoint, PING);
    assert.deepEqual([status, headers["retry-after"], errorOf(body).code], [503, "5", "overloaded"]);
    release();
    for (const socket of held) socket.destroy();
    while ((await post(endpoint, PING)).status !== 200);
    await endpoint.stop();
  });

  it("closes a stream's connection if the client asks for it, and keeps it otherwise", async () => {
    const { endpoint } = await scripted({});
    const body = JSON.stringify({ ...PING, stream: true });
    const head = (version: string, more = "") =>
      `POST ${CHAT} HTTP/${version}\r\nHost: localhost\r\nContent-Type: application/json\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
    for (const [version, more] of [
      ["1.1", "Connection: close\r\n"],
      ["1.0", ""],
      ["1.0", "Connection: close\r\n"],
    ] as const) {
      const answer = await answerTo(endpoint, head(version, more));
      assert.match(answer, /^HTTP\/1\.1 200 .*content-type: text\/event-stream.*connection: close/is);
      assert.match(answer, /"content":"pong".*data: \[DONE\]/s);
      assert.equal(/transfer-encoding/i.test(answer), version === "1.1");
    }
    const both = await answerTo(endpoint, head("1.1") + head("1.1", "Connection: close\r\n"));
    assert.equal(both.match(/data: \[DONE\]/g)?.length, 2);
    await endpoint.stop();
  });

  it("serves its maximum number of clients at once without a warning from Node", async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on("warning", onWarning);
    const { endpoint } = await scripted({});
    const answers = await Promise.all(Array.from({ length: 17 }, () => post(endpoint, PING)));
    assert.ok(answers.every(({ status }) => status === 200));
    await new Promise(setImmediate);
    process.off("warning", onWarning);
    assert.deepEqual(warnings, []);
    await endpoint.stop();
  });
});

async function fetchWith(agent: Agent, { port }: TestEndpoint): Promise<number> {
  const { request } = await import("node:http");
  return new Promise((resolve, reject) => {
    request({ agent, host: "127.0.0.1", port, path: "/health" }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode!));
    })
      .on("error", reject)
      .end();
  });
}

describe("the endpoint's bodies", () => {
  let endpoint: TestEndpoint;
  before(async () => {
    ({ endpoint } = await scripted({ limits: { bodyBytes: 64 * 1024 } }));
  });
  after(() => endpoint.stop());

  const send = (body: Buffer | string, headers: Record<string, string> = {}) =>
    raw(endpoint, { body, headers: { "Content-Type": "application/json", ...headers } });

  it("may be compressed, have a byte order mark, and have null in place of missing fields", async () => {
    const text = JSON.stringify(PING);
    const bodies: [Buffer | string, Record<string, string>][] = [
      [gzipSync(text), { "Content-Encoding": "gzip" }],
      [gzipSync(text), { "Content-Encoding": "GZIP" }],
      [deflateSync(text), { "Content-Encoding": "deflate" }],
      [deflateRawSync(text), { "Content-Encoding": "deflate" }],
      [brotliCompressSync(text), { "Content-Encoding": "br" }],
      [text, { "Content-Encoding": "" }],
      [text, { "Content-Encoding": "identity" }],
      [`\ufeff${text}`, {}],
      [JSON.stringify({ ...PING, functions: null, tools: null, stop: null, stream: null, seed: null }), {}],
    ];
    for (const [body, headers] of bodies) {
      const answer = await send(body, headers);
      assert.equal(answer.status, 200, `${JSON.stringify(headers)} ${answer.body}`);
    }
  });

  it("are refused with a message that names the fault", async () => {
    const text = JSON.stringify(PING);
    const bomb = gzipSync(JSON.stringify({ messages: [user("x".repeat(1024 ** 2))] }));
    const refused: [Buffer | string, Record<string, string>, number, RegExp][] = [
      [text, { "Content-Encoding": "zstd" }, 415, /Content-Encoding zstd is not supported.*gzip/],
      [text, { "Content-Encoding": "gzip" }, 400, /is not valid gzip/],
      [gzipSync(text).subarray(0, -12), { "Content-Encoding": "gzip" }, 400, /is not valid gzip/],
      [gzipSync(text), {}, 400, /is compressed.*Content-Encoding: gzip/],
      [bomb, { "Content-Encoding": "gzip" }, 413, /larger than 64 KiB/],
      ["x".repeat(70_000), {}, 413, /larger than 64 KiB/],
      ["", {}, 400, /body is empty/],
      ["{'messages': []}", {}, 400, /not valid JSON: Expected property name/],
      [Buffer.from(text, "utf16le"), {}, 400, /not valid JSON/],
      [Buffer.from('{"messages": "\xff"}', "latin1"), {}, 400, /not text in UTF-8/],
      ["[]", {}, 400, /the body must be an object/],
      ["{}", {}, 400, /^messages is missing\.$/],
      ['{"messages": [{"content": "a"}]}', {}, 400, /^messages\[0\]\.role is missing\.$/],
      ['{"messages": [{"role": "user"}]}', {}, 400, /^messages\[0\]\.content is missing\.$/],
      ['{"messages": [{"role": "tool", "content": "a"}]}', {}, 400, /^messages\[0\]\.tool_call_id is missing\.$/],
      [JSON.stringify({ ...PING, tools: [{ type: "function" }] }), {}, 400, /^tools\[0\]\.function is missing\.$/],
      [JSON.stringify({ ...PING, response_format: {} }), {}, 400, /^response_format\.type is missing\.$/],
      [JSON.stringify({ ...PING, temperature: "hot" }), {}, 400, /temperature: must be a number/],
      [JSON.stringify({ ...PING, functions: [] }), {}, 400, /functions: is not supported: use tools/],
    ];
    for (const [body, headers, status, words] of refused) {
      const answer = await send(body, headers);
      assert.equal(answer.status, status, answer.body);
      assert.match(errorOf(answer.body).message, words);
    }
    assert.equal((await send(text)).status, 200);
  });

  it("also share one limit: a client beyond it is told when to retry", async () => {
    const small = (await scripted({ limits: { bodiesBytes: 100_000, bodyBytes: 90_000 } })).endpoint;
    const half = net.connect(small.port, "127.0.0.1");
    half.write(
      `POST ${CHAT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 80000\r\n\r\n${" ".repeat(60_000)}`,
    );
    const large = JSON.stringify({ messages: [user(`ping ${"x".repeat(60_000)}`)] });
    let refused = await post(small, large);
    // Until the unfinished request has arrived.
    while (refused.status === 200) refused = await post(small, large);
    assert.deepEqual([refused.status, refused.headers["retry-after"]], [503, "5"]);
    half.destroy();
    while ((await post(small, large)).status !== 200);
    await small.stop();
  });
});

describe("the endpoint's streams", () => {
  it("send comments while a request waits for its turn, and report later errors in the stream", async () => {
    const { endpoint, release } = await scripted({ limits: { silenceMs: 20 } });
    const running = await connectAndAsk(endpoint, { messages: [user("hold")], stream: true });
    await once(running, "data");
    const waiting = await connectAndAsk(endpoint, { messages: [user("ping")], stream: true });
    const failing = await connectAndAsk(endpoint, { messages: [user("fail")], stream: true });
    const texts = [waiting, failing].map((socket) => {
      const read = { text: "" };
      socket.on("data", (data) => {
        read.text += data;
      });
      return read;
    });
    const until = async (socket: net.Socket, holds: () => boolean) => {
      while (!holds()) await once(socket, "data");
    };
    await until(waiting, () => (texts[0]!.text.match(/^: waiting$/gm)?.length ?? 0) > 2);
    await until(failing, () => /^: waiting$/m.test(texts[1]!.text));
    release();
    await until(waiting, () => texts[0]!.text.includes("[DONE]"));
    assert.match(texts[0]!.text, /: waiting.*"role":"assistant".*"content":"pong"/s);
    await until(failing, () => texts[1]!.text.includes("[DONE]"));
    assert.match(texts[1]!.text, /: waiting.*"error":\{.*"context_length_exceeded"/s);
    for (const socket of [running, waiting, failing]) socket.destroy();
    await endpoint.stop();
  });

  it("send comments while the model is silent", async () => {
    const { endpoint, release } = await scripted({ limits: { silenceMs: 20 } });
    const socket = await connectAndAsk(endpoint, { messages: [user("hold")], stream: true });
    let text = "";
    for await (const data of socket) {
      text += data;
      if (/"first".*: waiting\n\n.*: waiting\n\n/s.test(text)) release();
      if (text.includes("[DONE]")) break;
    }
    assert.match(text, /"content":"first".*: waiting.*"content":" last"/s);
    await endpoint.stop();
  });
});

describe("the endpoint's tool calls", () => {
  let toy: TestEndpoint;
  before(async () => {
    toy = await startToyEndpoint();
  });
  after(() => toy.stop());

  const WRITE = {
    type: "function",
    function: {
      name: "write_file",
      parameters: {
        type: "object",
        properties: {
          path: { type: "string", maxLength: 8 },
          content: { type: "string", minLength: 300, maxLength: 400 },
        },
        required: ["path", "content"],
      },
    },
  };
  const ASK = {
    messages: [user("Hello")],
    tools: [WRITE],
    tool_choice: "required",
    parallel_tool_calls: false,
    reasoning_budget: 0,
    seed: 1,
    temperature: 1.5,
  };
  type Delta = { index: number; id?: string; function: { name?: string; arguments: string } };

  async function streamed(more: object): Promise<{ deltas: Delta[]; finish: string; content: string }> {
    const { body } = await post(toy, { ...ASK, ...more, stream: true });
    const chunks = [...body.matchAll(/^data: (\{.*\})$/gm)].map(([, data = ""]) => JSON.parse(data));
    const choices = chunks.flatMap(({ choices }) => choices ?? []);
    return {
      deltas: choices.flatMap(({ delta }) => delta.tool_calls ?? []),
      finish: choices.at(-1)?.finish_reason,
      content: choices.map(({ delta }) => delta.content ?? "").join(""),
    };
  }

  it("stream their arguments in pieces, which are the same as those of a whole reply", async () => {
    const { deltas, finish, content } = await streamed({ max_tokens: 2000 });
    assert.deepEqual([finish, content], ["tool_calls", ""]);
    assert.ok(deltas.length > 5, `${deltas.length} deltas`);
    const [first, ...rest] = deltas;
    assert.deepEqual([first?.function.name, first?.index, first?.id?.startsWith("call_")], ["write_file", 0, true]);
    assert.ok(rest.every(({ id, index, function: { name } }) => id === undefined && name === undefined && index === 0));
    const args = deltas.map(({ function: { arguments: text } }) => text).join("");
    assert.equal(typeof JSON.parse(args).content, "string");
    const { choices } = JSON.parse((await post(toy, { ...ASK, max_tokens: 2000 })).body);
    const [call] = choices[0].message.tool_calls;
    assert.deepEqual(JSON.parse(call.function.arguments), JSON.parse(args));
  });

  it("may hold a text as long as a schema can limit it", async () => {
    const content = { type: "string", maxLength: 2000 };
    const parameters = { type: "object", properties: { content }, required: ["content"] };
    const { status, body } = await post(toy, {
      ...ASK,
      tools: [{ type: "function", function: { name: "write_file", parameters } }],
      max_tokens: 8,
    });
    assert.equal(status, 200, body);
  });

  it("are cut off with the reply, whole or streamed, and leave no tag in the content", async () => {
    for (const max_tokens of [1, 2, 4, 8, 16, 40]) {
      const { choices } = JSON.parse((await post(toy, { ...ASK, max_tokens })).body);
      const [{ message, finish_reason }] = choices;
      assert.deepEqual([finish_reason, message.content || null], ["length", null], JSON.stringify(choices));
      const { deltas, finish, content } = await streamed({ max_tokens });
      assert.deepEqual([finish, content], ["length", ""]);
      const args = deltas.map(({ function: { arguments: text } }) => text).join("");
      assert.equal(message.tool_calls?.[0].function.arguments ?? "", args);
    }
  });
});
