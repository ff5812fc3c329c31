/** Hostile LSP input, as bytes or parameters, gets errors. It neither crashes the server nor leaves a request open. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { Method } from "../../server/protocol.ts";
import { Client, TOY } from "../support/client.ts";
import { randomOf } from "../support/hostileModels.ts";

const RUNS = Number(process.env.NEMOTRON_FUZZ_RUNS ?? 150);
const SEED = Number(process.env.NEMOTRON_FUZZ_SEED ?? 1);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const uri = pathToFileURL(path.resolve("test/samples/cart.ts")).href;
const range = { start: { line: 1, character: 0 }, end: { line: 3, character: 0 } };
const diagnostics: Json = [{ range, message: "Type 'x' is wrong", severity: 1, source: "ts" }];
const thinking = { mode: "off", budget: 16 };
const sampling = { temperature: 0, topP: 0.9, seed: 1, stop: ["\n"] };
const ping: Json = { messages: [{ role: "user", content: "ping" }], thinking, sampling, maxTokens: 1 };
const conversation: Json = {
  messages: [
    { role: "system", content: "" },
    { role: "user", content: "ping" },
    { role: "assistant", content: "", thought: "", toolCalls: [{ name: "t", arguments: { a: 1 } }] },
    { role: "tool", content: "1" },
  ],
  context: [
    { type: "file", uri },
    { type: "range", uri, range },
    { type: "diagnostics", uri, diagnostics },
    { type: "text", title: "Terminal", text: "$ ls" },
  ],
  tools: [{ name: "t", description: "d", parameters: { type: "object", properties: { a: { type: "number" } } } }],
  thinking,
};

/** Valid parameters of each method that reach nothing outside the machine; undefined if the method has none. */
const PARAMS: Record<keyof typeof Method, Json | undefined> = {
  chat: { ...conversation, sampling, maxTokens: 2, toolChoice: "required", responseSchema: { type: "object" } },
  prepare: conversation,
  count: conversation,
  countTokens: { texts: ["a", "b"], messages: [{ role: "user", content: "ping" }] },
  explain: { textDocument: { uri }, range, diagnostics, thinking, sampling, followUp: true, maxTokens: 2 },
  edit: { textDocument: { uri, version: 1 }, range, instruction: { id: "refactor" }, diagnostics, thinking, sampling },
  prepareEdit: { textDocument: { uri, version: 1 }, range, instruction: "shorter" },
  apply: { textDocument: { uri, version: 1 }, code: "export const a = 1;" },
  writeTests: { textDocument: { uri }, range, diagnostics, thinking, sampling },
  commitMessage: { diff: "diff --git a/a b/a\n+1", recent: ["One"], thinking, sampling },
  agent: {
    messages: [{ role: "user", content: "ping" }],
    budgets: { plan: 0, step: 8 },
    limits: { steps: 1, commandMs: 1000 },
    sampling,
    check: "",
  },
  agentStop: { token: "t" },
  agentSay: { token: "t", text: "stop" },
  answerNow: { token: "t" },
  addBudget: { token: "t", tokens: 512 },
  models: { contextTokens: 2048, gpu: "off", refresh: false },
  load: { model: "/nowhere/model.gguf", gpu: "off", contextTokens: 2048, threads: 1, remote: { baseUrl: "nowhere" } },
  unload: undefined,
  resume: { replyId: "r" },
  forget: { conversation: "c" },
  policy: { keepAliveMinutes: 1 },
  startEndpoint: { port: 70_000, apiKey: "k" },
  stopEndpoint: {},
  download: { id: "no such model", acceptLicense: true, mirror: "http://127.0.0.1:9", accessToken: "t" },
  importModel: { path: "/nowhere/model.gguf", copy: false },
  deleteModel: { id: "no such model" },
  backends: {},
  installBackend: { backend: "none", registry: "http://127.0.0.1:9" },
  removeBackend: { backend: "none" },
  status: {},
};
const METHODS = Object.entries(PARAMS).flatMap(([name, params]) =>
  params === undefined ? [] : [[Method[name as keyof typeof Method], params] as const],
);

const deep = (depth: number, wrap: (inner: Json) => Json) => {
  let json: Json = 1;
  for (let i = 0; i < depth; i++) json = wrap(json);
  return json;
};
const ODD: readonly Json[] = [
  ...[
    null,
    true,
    -1,
    0.5,
    1e308,
    2 ** 53,
    "",
    "\u0000",
    "\ud800",
    "__proto__",
    "../../../etc/passwd",
    "file:///etc/passwd",
  ],
  ...["file:///%", "file://host/share", "untitled:", "http://[", "x".repeat(100_000), [], {}, [null], [[[]]]],
  JSON.parse('{ "__proto__": { "polluted": 1 }, "constructor": null, "toString": 1, "length": -1, "then": 1 }'),
  deep(2000, (inner) => [inner]),
  deep(2000, (inner) => ({ type: "object", properties: inner })),
];

/** A copy with one part removed, or replaced by an odd value. */
function spoiled(json: Json, random: (below: number) => number): Json {
  const odd = ODD[random(ODD.length)]!;
  if (typeof json !== "object" || json === null || random(4) === 0) return odd;
  const copy = structuredClone(json);
  const keys = Object.keys(copy);
  const key = keys[random(keys.length)];
  if (key === undefined) return odd;
  const parent = copy as { [key: string]: Json };
  if (random(6) === 0) delete parent[key];
  else parent[key] = spoiled(parent[key]!, random);
  return copy;
}

describe("hostile LSP input", () => {
  let client: Client;
  before(async () => {
    client = await Client.toy();
    await client.until((status) => status.type === "ready");
  });
  after(() => client.stop());

  const raw = (bytes: string | Buffer) => client.process.stdin!.write(bytes);
  const frame = (body: string, length = Buffer.byteLength(body)) => raw(`Content-Length: ${length}\r\n\r\n${body}`);
  const memory = () =>
    Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${client.process.pid}/status`, "utf8"))![1]) * 1024;
  /** Checks that the server is alive, has logged no unhandled error, and answers a good request. */
  const answers = async () => {
    await client.request(Method.load, { model: TOY, gpu: "off", contextTokens: 8192 });
    const { answer } = await client.chat({ ...JSON.parse(JSON.stringify(ping)), maxTokens: 8 });
    assert.match(answer, /pong/);
    assert.doesNotMatch(client.stderr, /unhandled|uncaught|\n\s+at .*\(/i);
  };

  it(`gets an answer or an error for the parameters of every method: ${RUNS} seeds from ${SEED} on`, async function () {
    this.timeout(60_000 + RUNS * 200);
    await client.open(uri, "typescript", readFileSync(path.resolve("test/samples/cart.ts"), "utf8"));
    const codes: Record<string, number> = {};
    for (let seed = SEED; seed < SEED + RUNS; seed++) {
      const random = randomOf(seed);
      const [method, params] = METHODS[random(METHODS.length)]!;
      const sent = spoiled(params, random);
      const isObject = typeof sent === "object" && sent !== null && !Array.isArray(sent);
      // The client's library refuses to send parameters that are not an object.
      if (!isObject) frame(JSON.stringify({ jsonrpc: "2.0", id: `raw ${seed}`, method, params: sent }));
      const outcome = await client.request(method, isObject ? sent : {}).then(
        () => "answered",
        ({ code }) => String(code),
      );
      codes[outcome] = (codes[outcome] ?? 0) + 1;
      assert.equal(client.process.exitCode, null, `seed ${seed} has ended the server`);
    }
    assert.ok(codes.answered && codes["-32602"], JSON.stringify(codes));
    await answers();
  });

  it("does no harm as a notification with unknown methods or invalid parameters", async () => {
    const methods = [
      ...["textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "$/cancelRequest", "$/progress"],
      ...[
        "workspace/didChangeWorkspaceFolders",
        "window/workDoneProgress/cancel",
        "$/setTrace",
        "nemotron/policy",
        "x",
      ],
    ];
    for (const method of methods)
      for (const params of [...ODD, { textDocument: null }, { textDocument: { uri: 1 }, contentChanges: [{}] }])
        frame(JSON.stringify({ jsonrpc: "2.0", method, params }));
    await answers();
  });

  it("does no harm when it is not JSON-RPC", async () => {
    for (const body of [
      "",
      "null",
      "[]",
      "1",
      '"x"',
      "{}",
      "{ not JSON",
      '{"jsonrpc":"2.0","id":{},"method":7}',
      "\ufeff{}",
    ])
      frame(body);
    frame(`[${"[".repeat(100_000)}${"]".repeat(100_000)}]`);
    frame(
      `{"jsonrpc":"2.0","id":1e9,"method":"nemotron/chat","params":${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}}`,
    );
    for (const id of [null, -1, 2 ** 60, "x", [], {}]) frame(JSON.stringify({ jsonrpc: "2.0", id, result: 1 }));
    await answers();
  });

  it("does no harm as invalid headers between valid messages", async () => {
    for (const header of [
      ...["X: y", "Content-Length: x", "Content-Length:", "content-type: application/x-evil; charset=x\r\nX: y"],
      ...["Content-Length: 0", "no colon at all", `X: ${"y".repeat(1_000_000)}`],
    ])
      raw(`${header}\r\n\r\n`);
    // The library reads a message that came with a bad header only when more data comes.
    const more = setInterval(() => void client.connection.sendNotification("$/setTrace", { value: "off" }), 20);
    await answers().finally(() => clearInterval(more));
  });

  it("with a length that never comes gets no memory reserved, and the server ends with its client", async () => {
    await client.stop();
    client = await Client.start();
    const before = memory();
    const exited = once(client.process, "exit");
    raw(`Content-Length: ${2 ** 40}\r\n\r\n{`);
    // The pipe holds 64 KiB: when it has taken everything, the server has read nearly all of it.
    await new Promise((resolve) => client.process.stdin!.write("x".repeat(1_000_000), resolve));
    assert.ok(memory() - before < 100 * 1024 ** 2, `${memory() - before} bytes`);
    client.process.stdin!.end();
    await exited;
    assert.doesNotMatch(client.stderr, /unhandled|uncaught|heap/i);
  });

  it("as random bytes leaves the server running, or ending by itself when its client does", async () => {
    client = await Client.start();
    const random = randomOf(SEED);
    const exited = once(client.process, "exit");
    for (let i = 0; i < 50; i++) raw(Buffer.from(Array.from({ length: 1 + random(5000) }, () => random(256))));
    client.process.stdin!.end();
    const [code, signal] = await exited;
    assert.equal(signal, null, `code ${code}`);
  });
});
