/** What the client finds out about an endpoint, and how it counts tokens. */
import assert from "node:assert/strict";
import { remoteHost } from "../../../server/shared/remoteHost.ts";
import { finish, json, MODELS, sse, text, usage } from "../../support/fakeEndpoint.ts";
import { all, connected, leave, REQUEST, textIn } from "./support.ts";

describe("the host of an address", () => {
  it("is this machine only for loopback addresses", () => {
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

  it("includes its port, and whether the connection is encrypted", () => {
    assert.deepEqual(remoteHost("http://gpu.example.com:8000/v1"), {
      host: "gpu.example.com:8000",
      leavesMachine: true,
      encrypted: false,
    });
    assert.deepEqual(remoteHost("https://openrouter.ai/api/v1")?.encrypted, true);
  });

  it("is undefined for an invalid address", () => {
    for (const url of ["", "localhost", "localhost:8000", "ftp://host", "https://me:pw@host/v1", "javascript:1"])
      assert.equal(remoteHost(url), undefined, url);
  });
});

describe("an endpoint", () => {
  afterEach(leave);

  it("reports its model and context", async () => {
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

  it("is none if its list of models is a page that is sent as JSON", async () => {
    const { endpoint, engine } = await connected();
    endpoint.models = ({ response }) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end("<!doctype html><title>A page</title>");
    };
    const loading = engine.load({ remote: { baseUrl: endpoint.baseUrl } });
    await assert.rejects(loading, /does not respond like an OpenAI-compatible endpoint/);
  });

  it("is found if the address lacks its path, or has too much of one", async () => {
    const { endpoint, engine, ask } = await connected();
    const origin = endpoint.baseUrl.replace("/v1", "");
    endpoint.others = ({ response, asked }) => {
      if (asked.path !== "/models") return json(response, 404, {});
      response.writeHead(200, { "content-type": "text/html" });
      response.end("<!doctype html><title>A page</title>");
    };
    const typed = [
      "",
      "/",
      "/v1",
      "/v1/",
      "/v1//",
      "/v1/chat/completions",
      "/v1/models/",
      "/v1?key=1",
      "/v1#top",
      "  ",
    ];
    for (const path of typed) {
      const info = await engine.load({ remote: { baseUrl: origin + path } });
      assert.equal(info.name, MODELS.openai.id, path);
      assert.equal(textIn(await all(ask()), "answer"), "Hello.", path);
    }
  });

  it("is reported as a web page if the address has nothing else", async () => {
    const { endpoint, engine } = await connected();
    endpoint.models = ({ response }) => json(response, 404, {});
    endpoint.others = ({ response }) => {
      response.writeHead(200, { "content-type": "text/html" });
      response.end("<!doctype html><title>A page</title>");
    };
    const loading = engine.load({ remote: { baseUrl: endpoint.baseUrl.replace("/v1", "") } });
    await assert.rejects(loading, /has a web page instead of an OpenAI-compatible endpoint/);
  });

  const CONTEXTS: [string, Record<string, object>, number][] = [
    // tools/server/README.md of llama.cpp, "GET /props".
    ["llama-server", { "/props": { default_generation_settings: { n_ctx: 24_576 }, model_path: "m.gguf" } }, 24_576],
    // docs/api.md of Ollama, "Show Model Information" and "List Running Models".
    [
      "Ollama",
      { "/api/show": { model_info: { "general.architecture": "qwen3", "qwen3.context_length": 40_960 } } },
      40_960,
    ],
    [
      "Ollama, as configured",
      {
        "/api/show": {
          parameters: 'stop "x"\nnum_ctx                        8192',
          model_info: { "qwen3.context_length": 40_960 },
        },
      },
      8192,
    ],
    [
      "Ollama, as running",
      {
        "/api/show": { model_info: { "qwen3.context_length": 40_960 } },
        "/api/ps": {
          models: [
            { model: "other", context_length: 1 },
            { model: "some-model", context_length: 4096 },
          ],
        },
      },
      4096,
    ],
    // lmstudio.ai/docs/developer/rest, "List Models".
    [
      "LM Studio",
      { "/api/v1/models": { models: [{ key: "some-model", max_context_length: 131_072, loaded_instances: [] }] } },
      131_072,
    ],
    [
      "LM Studio, as loaded",
      {
        "/api/v1/models": {
          models: [
            { key: "other", max_context_length: 1 },
            {
              key: "some-model",
              max_context_length: 131_072,
              loaded_instances: [{ id: "some-model", config: { context_length: 16_384 } }],
            },
          ],
        },
      },
      16_384,
    ],
  ];
  for (const [name, answers, contextTokens] of CONTEXTS)
    it(`is asked for its context if its list does not have it: ${name}`, async () => {
      const { endpoint, engine } = await connected();
      endpoint.others = ({ response, asked }) =>
        json(response, answers[asked.path] ? 200 : 404, answers[asked.path] ?? { error: "not found" });
      const info = await engine.load({ remote: { baseUrl: endpoint.baseUrl } });
      assert.deepEqual([info.contextTokens, info.notes], [contextTokens, []]);
      const less = await engine.load({ remote: { baseUrl: endpoint.baseUrl }, contextTokens: 2048 });
      assert.equal(less.contextTokens, 2048);
    });

  it("is used without the invalid entries of its list", async () => {
    const { endpoint, engine } = await connected();
    const lists = [
      { object: "list", data: [{ object: "model" }, null, { id: "" }, { id: 5 }, MODELS.vllm] },
      [{ name: "no id" }, MODELS.vllm],
    ];
    for (const list of lists) {
      endpoint.models = ({ response }) => json(response, 200, list);
      const info = await engine.load({ remote: { baseUrl: endpoint.baseUrl } });
      assert.equal(info.name, MODELS.vllm.id);
    }
    for (const list of [
      { object: "list", data: null },
      { object: "list", data: [{ object: "model" }] },
    ]) {
      endpoint.models = ({ response }) => json(response, 200, list);
      await assert.rejects(engine.load({ remote: { baseUrl: endpoint.baseUrl } }), /offers no model/);
    }
  });

  it("is recognised as NIM by an answer that only NIM gives", async () => {
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

  it("counts with its own tokenizer if it has one", async () => {
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

  it("has estimated token counts without a tokenizer, and better ones after each reply", async () => {
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

  it("has estimated token counts after it loses its tokenizer", async () => {
    const { engine } = await connected(MODELS.vllm);
    const [tokens = 0] = await engine.countTokens(["a few words of text"]);
    assert.ok(tokens > 0);
  });
});
