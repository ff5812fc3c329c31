/** What is found out about an endpoint, and how it counts. */
import assert from "node:assert/strict";
import { remoteHost } from "../../../server/protocol.ts";
import { finish, json, MODELS, sse, text, usage } from "../../support/fakeEndpoint.ts";
import { all, connected, leave, REQUEST } from "./support.ts";

describe("the host of an address", () => {
  it("is this machine's own only by the loopback", () => {
    const leaves = (url: string) => remoteHost(url)?.leavesMachine;
    for (const url of [
      "http://localhost:8000/v1",
      "https://127.0.0.1/v1",
      "http://127.1",
      "http://[::1]:8080",
      "http://llm.localhost",
    ])
      assert.equal(leaves(url), false, url);
    for (const url of [
      "https://api.example.com/v1",
      "http://192.168.1.20:8000/v1",
      "http://0.0.0.0:8000",
      "http://localhost.example.com",
      "http://127.0.0.1.example.com",
      "http://notlocalhost:1",
    ])
      assert.equal(leaves(url), true, url);
  });

  it("is told with its port, and whether the way there is encrypted", () => {
    assert.deepEqual(remoteHost("http://gpu.example.com:8000/v1"), {
      host: "gpu.example.com:8000",
      leavesMachine: true,
      encrypted: false,
    });
    assert.deepEqual(remoteHost("https://openrouter.ai/api/v1")?.encrypted, true);
  });

  it("is none where the address is none", () => {
    for (const url of ["", "localhost", "localhost:8000", "ftp://host", "https://me:pw@host/v1", "javascript:1"])
      assert.equal(remoteHost(url), undefined, url);
  });
});

describe("an endpoint", () => {
  afterEach(leave);

  it("tells its model and context", async () => {
    const contexts = { vllm: 65_536, "llama-server": 8192, openrouter: 131_072, openai: 32_768 };
    for (const [kind, contextTokens] of Object.entries(contexts)) {
      const model = MODELS[kind as keyof typeof MODELS];
      const { engine } = await connected(model);
      const info = await engine.model();
      assert.deepEqual(
        [info.name, info.contextTokens, info.editContextTokens],
        [model.id, contextTokens, contextTokens],
      );
      assert.equal(info.remote?.leavesMachine, false);
      assert.equal(info.notes.length, kind === "openai" ? 1 : 0);
    }
  });

  it("is NIM where it tells of itself as NIM does", async () => {
    const { endpoint, engine, ask } = await connected(MODELS.vllm);
    await all(ask({ thinking: { mode: "on", budget: 100 } }));
    assert.equal(endpoint.requests[0]?.max_thinking_tokens, undefined);
    endpoint.others = ({ response, asked }) =>
      asked.path === "/v1/metadata" ? json(response, 200, { version: "1.14.0" }) : json(response, 404, {});
    await engine.load({ remote: { baseUrl: endpoint.baseUrl } });
    await all(ask({ thinking: { mode: "on", budget: 100 } }));
    const { min_thinking_tokens, max_thinking_tokens, nvext } = endpoint.requests[1] ?? {};
    assert.deepEqual([min_thinking_tokens, max_thinking_tokens, nvext], [1, 100, { max_thinking_tokens: 100 }]);
  });

  it("reads nothing ahead, and sends nothing for it", async () => {
    const { endpoint, engine } = await connected();
    const before = endpoint.asked.length;
    const { signal } = new AbortController();
    assert.deepEqual(await engine.prepare(REQUEST, signal), { readTokens: 0, interrupted: false });
    assert.equal(endpoint.asked.length, before);
  });

  it("counts with its own tokenizer where it has one", async () => {
    const { endpoint, engine } = await connected(MODELS.vllm);
    endpoint.others = ({ response, asked }) => {
      const { prompt, messages } = asked.body;
      json(response, 200, {
        count: typeof prompt === "string" ? prompt.length : (messages?.length ?? 0) * 10,
        tokens: [],
      });
    };
    assert.deepEqual(await engine.countTokens(["abc", "de"]), [3, 2]);
    assert.equal(await engine.countPrompt(REQUEST), 20);
    const llama = await connected(MODELS["llama-server"]);
    llama.endpoint.others = ({ response, asked }) =>
      asked.path === "/tokenize"
        ? json(response, 200, { tokens: [1, 2, 3] })
        : json(response, 200, { input_tokens: 17 });
    assert.deepEqual(await llama.engine.countTokens(["abc"]), [3]);
    assert.equal(await llama.engine.countPrompt(REQUEST), 17);
    assert.equal((await engine.model()).remote?.estimated, false);
  });

  it("has its tokens estimated where it has none, better after each reply", async () => {
    const { endpoint, engine, ask } = await connected();
    assert.equal((await engine.model()).remote?.estimated, true);
    const code = "const total = items.reduce((sum, item) => sum + item.price, 0);\n".repeat(50);
    const [first = 0] = await engine.countTokens([code]);
    assert.ok(first > code.length / 5 && first < code.length / 2);
    endpoint.chat = ({ response }) => sse(response, [text("Yes."), finish("stop"), usage(1008, 2)]);
    await all(ask({ messages: [{ role: "user", content: "x".repeat(5000) }] }));
    const [second = 0] = await engine.countTokens([code]);
    assert.ok(Math.abs(second - code.length / 5) < code.length * 0.01, `${second} of ${code.length}`);
  });

  it("that loses its tokenizer is estimated for", async () => {
    const { engine } = await connected(MODELS.vllm);
    const [tokens = 0] = await engine.countTokens(["a few words of text"]);
    assert.ok(tokens > 0);
  });
});
