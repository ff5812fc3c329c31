/** Errors of endpoints, and what users read about them. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer } from "node:net";
import { EngineError, type ReplyEvent } from "../../../server/engine/engine.ts";
import { RemoteEngine } from "../../../server/remote/remoteEngine.ts";
import { FakeEndpoint, finish, json, MODELS, send, sse, text } from "../../support/fakeEndpoint.ts";
import { SELF_SIGNED } from "../../support/selfSigned.ts";
import { all, connected, endOf, leave, REQUEST, textIn } from "./support.ts";

const KEY = "sk-a-secret-key";

async function failure(promise: Promise<unknown>): Promise<EngineError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error("It was expected to fail, and did not.");
}

const loading = (remote: { baseUrl: string; model?: string; apiKey?: string }, engine = new RemoteEngine()) =>
  failure(engine.load({ remote }));

describe("connecting to an endpoint", () => {
  let endpoint: FakeEndpoint;
  beforeEach(async () => {
    endpoint = await FakeEndpoint.start(MODELS.vllm);
  });
  afterEach(() => endpoint.stop());

  it("reports that nobody answers", async () => {
    const { port } = endpoint;
    await endpoint.stop();
    const engine = new RemoteEngine();
    const error = await loading({ baseUrl: `http://127.0.0.1:${port}/v1` }, engine);
    assert.deepEqual([error.code, error.data.cause], ["loadFailed", "unreachable"]);
    assert.match(error.message, new RegExp(`Nothing answers at 127\\.0\\.0\\.1:${port}`));
    assert.equal(engine.status.type, "failed");
    endpoint = await FakeEndpoint.start();
  });

  it("reports an unknown host", async () => {
    const error = await loading({ baseUrl: "http://nowhere.invalid/v1" });
    assert.deepEqual([error.code, error.data.cause], ["loadFailed", "unreachable"]);
    assert.match(error.message, /nowhere\.invalid/);
  });

  it("reports that it does not use TLS", async () => {
    const error = await loading({ baseUrl: endpoint.baseUrl.replace("http:", "https:") });
    assert.match(error.message, /does not speak TLS/);
    assert.match(String(error.data.next), /http:/);
  });

  it("reports an untrusted certificate", async () => {
    const server = createHttpsServer(SELF_SIGNED, (_, response) => response.end()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const error = await loading({ baseUrl: `https://localhost:${port}/v1` });
    server.closeAllConnections();
    server.close();
    assert.equal(error.data.cause, "unreachable");
    assert.match(error.message, /certificate of localhost:\d+ is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
  });

  it("names the available models", async () => {
    const error = await loading({ baseUrl: endpoint.baseUrl, model: "gpt-9" });
    assert.equal(error.data.cause, "unknownModel");
    assert.match(error.message, /gpt-9/);
    assert.match(String(error.data.next), /NVIDIA-Nemotron-Nano-9B-v2/);
  });

  it("asks for a missing key or a better one, and never shows it", async () => {
    endpoint.models = ({ response, asked }) =>
      json(response, 401, { error: { message: `Incorrect API key provided: ${asked.headers.authorization}` } });
    const without = await loading({ baseUrl: endpoint.baseUrl });
    assert.equal(without.data.cause, "unauthorized");
    assert.match(without.message, /requires a key/);
    const wrong = await loading({ baseUrl: endpoint.baseUrl, apiKey: KEY });
    assert.match(wrong.message, /does not accept the key/);
    assert.doesNotMatch(JSON.stringify([wrong.message, wrong.data]), new RegExp(KEY));
  });

  it("sends the key, and no header without one", async () => {
    const engine = new RemoteEngine();
    await engine.load({ remote: { baseUrl: endpoint.baseUrl, apiKey: KEY } });
    await engine.load({ remote: { baseUrl: endpoint.baseUrl } });
    for (const { headers } of endpoint.asked)
      assert.deepEqual(
        Object.keys(headers).filter((name) => name.startsWith("x-")),
        [],
      );
    const lists = endpoint.asked.filter(({ path }) => path === "/v1/models");
    assert.deepEqual(
      lists.map(({ headers }) => headers.authorization),
      [`Bearer ${KEY}`, undefined],
    );
    await engine.dispose();
  });

  it("recognises a web page", async () => {
    endpoint.models = ({ response }) => {
      response.writeHead(200, { "content-type": "text/html" });
      response.end("<!doctype html><title>Router</title>");
    };
    const error = await loading({ baseUrl: endpoint.baseUrl });
    assert.match(error.message, /OpenAI-compatible/);
    assert.match(String(error.data.next), /\/v1/);
  });

  it("shows why the endpoint refuses, whatever its status", async () => {
    for (const body of [
      { error: { message: "No such plan", code: 402 } },
      { error: "No such plan" },
      { detail: "No such plan" },
      { base_resp: { status_code: 1008, status_msg: "No such plan" } },
    ]) {
      endpoint.models = ({ response }) => json(response, 200, body);
      assert.match((await loading({ baseUrl: endpoint.baseUrl })).message, /No such plan/);
    }
  });

  it("recognises a server of another kind", async () => {
    const error = await loading({ baseUrl: endpoint.baseUrl.replace("/v1", "/api") });
    assert.match(error.message, /OpenAI-compatible/);
  });

  it("works without a list of models, as at Bedrock", async () => {
    endpoint.models = ({ response }) => json(response, 404, { message: "Unknown operation" });
    endpoint.chat = ({ response }) => json(response, 400, { error: { message: "messages must not be empty" } });
    const engine = new RemoteEngine();
    const info = await engine.load({ remote: { baseUrl: endpoint.baseUrl, model: "nvidia.nemotron-nano-9b-v2" } });
    assert.equal(info.name, "nvidia.nemotron-nano-9b-v2");
    assert.equal(info.contextTokens, 32_768);
    assert.equal(info.notes.length, 1);
    await engine.dispose();
  });

  it("follows no redirect, so that nothing is passed on", async () => {
    const other = await FakeEndpoint.start();
    endpoint.models = ({ response }) => {
      response.writeHead(307, { location: `${other.baseUrl}/models` });
      response.end();
    };
    const error = await loading({ baseUrl: endpoint.baseUrl, apiKey: KEY });
    assert.match(error.message, /redirects to another address/);
    assert.equal(other.asked.length, 0);
    await other.stop();
  });

  it("refuses an invalid address, and one with a password", async () => {
    for (const baseUrl of ["", "localhost:8000", "file:///etc/passwd", "http://me:secret@localhost/v1"]) {
      const error = await loading({ baseUrl });
      assert.equal(error.code, "loadFailed");
      assert.doesNotMatch(error.message, /secret/);
    }
  });

  it("can be cancelled", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    if (typeof address !== "object" || !address) throw new Error("It does not listen.");
    const { port } = address;
    const engine = new RemoteEngine();
    const abort = new AbortController();
    const load = engine.load({ remote: { baseUrl: `http://127.0.0.1:${port}/v1` } }, abort.signal);
    const [socket] = await once(silent, "connection");
    const reason = new Error("enough");
    abort.abort(reason);
    await assert.rejects(load, reason);
    assert.equal(engine.status.type, "noModel");
    await once(socket.resume(), "close");
    silent.close();
  });

  it("uses the endpoint's context, up to the user's limit", async () => {
    const engine = new RemoteEngine();
    const { baseUrl } = endpoint;
    assert.equal((await engine.load({ remote: { baseUrl } })).contextTokens, 65_536);
    assert.equal((await engine.load({ remote: { baseUrl }, contextTokens: 9000 })).contextTokens, 9000);
    await engine.dispose();
  });
});

describe("a remote reply that fails", () => {
  afterEach(leave);

  const OVERFLOWS: [string, object, number, number][] = [
    [
      "vLLM",
      {
        object: "error",
        message:
          "This model's maximum context length is 8192 tokens. However, you requested 9100 tokens (8100 in the messages, 1000 in the completion). Please reduce the length of the messages or completion.",
        type: "BadRequestError",
        param: null,
        code: 400,
      },
      8100,
      8192,
    ],
    [
      "later vLLMs",
      {
        error: {
          message:
            "'max_tokens' or 'max_completion_tokens' is too large: 1000. This model's maximum context length is 8192 tokens and your request has 7500 input tokens (1000 > 8192 - 7500).",
          type: "BadRequestError",
          code: 400,
        },
      },
      7500,
      8192,
    ],
    [
      "llama-server",
      {
        error: {
          code: 400,
          message: "request (9100 tokens) exceeds the available context size (8192 tokens), try increasing it",
          type: "exceed_context_size_error",
          n_prompt_tokens: 9100,
          n_ctx: 8192,
        },
      },
      9100,
      8192,
    ],
    [
      "OpenAI",
      {
        error: {
          message:
            "This model's maximum context length is 128000 tokens. However, your messages resulted in 130001 tokens. Please reduce the length of the messages.",
          type: "invalid_request_error",
          param: "messages",
          code: "context_length_exceeded",
        },
      },
      130_001,
      128_000,
    ],
  ];
  for (const [who, body, promptTokens, contextTokens] of OVERFLOWS)
    it(`reports a lack of context in the words of ${who}`, async () => {
      const { endpoint, ask } = await connected();
      endpoint.chat = ({ response }) => json(response, 400, body);
      const error = await failure(all(ask()));
      assert.equal(error.code, "contextOverflow");
      assert.deepEqual(error.data, { promptTokens, contextTokens });
    });

  it("reports when to try again, and does not wait long itself", async () => {
    const { endpoint, ask } = await connected();
    endpoint.chat = ({ response }) =>
      json(response, 429, { error: { message: "Too many requests" } }, { "retry-after": "30" });
    const error = await failure(all(ask()));
    assert.deepEqual([error.code, error.data.retryAfterMs], ["rateLimited", 30_000]);
    assert.match(String(error.data.next), /30 s/);
    assert.equal(endpoint.requests.length, 1);
  });

  it("is retried if the endpoint is only busy", async () => {
    const { endpoint, ask } = await connected();
    endpoint.chat = ({ response, nth }) =>
      nth === 0
        ? json(response, 503, { error: { message: "Loading model" } }, { "retry-after-ms": "1" })
        : sse(response, [text("Four."), finish("stop")]);
    assert.equal(textIn(await all(ask()), "answer"), "Four.");
  });

  it("reports an unknown model", async () => {
    const { endpoint, ask } = await connected();
    endpoint.chat = ({ response }) =>
      json(response, 404, { error: { message: "The model `some-model` does not exist.", code: "model_not_found" } });
    assert.equal((await failure(all(ask()))).code, "unknownModel");
  });

  it("reports an invalid schema", async () => {
    const { endpoint, ask } = await connected();
    endpoint.chat = ({ response, asked }) =>
      asked.body.response_format
        ? json(response, 400, { error: { message: "Invalid schema for response_format 'reply'" } })
        : sse(response, [finish("stop")]);
    assert.equal((await failure(all(ask({ responseSchema: { type: "object" } })))).code, "badSchema");
  });

  it("shows the endpoint's message without the key and without what was sent", async () => {
    const { endpoint, ask } = await connected(MODELS.openai, KEY);
    endpoint.chat = ({ response, asked }) =>
      json(response, 422, { detail: [{ msg: `temperature is odd (${KEY})`, input: asked.body.messages }] });
    const error = await failure(all(ask()));
    assert.equal(error.code, "endpointFailed");
    assert.match(error.message, /temperature is odd/);
    assert.doesNotMatch(error.message, new RegExp(`${KEY}|What is`));
  });

  it("keeps what has come when the connection breaks", async () => {
    const { endpoint, ask } = await connected();
    endpoint.chat = async ({ response }) => {
      await send(response, text("The answer "));
      await send(response, text("is "));
      response.destroy();
    };
    const seen: string[] = [];
    const error = await failure(
      (async () => {
        for await (const event of ask()) if (event.type === "answer") seen.push(event.text);
      })(),
    );
    assert.equal(error.code, "connectionLost");
    assert.equal(seen.join("").trim(), "The answer is");
  });

  it("is incomplete when the stream just ends", async () => {
    const { endpoint, ask } = await connected();
    endpoint.chat = async ({ response }) => {
      await send(response, text("The answer is "));
      response.end();
    };
    assert.equal((await failure(all(ask()))).code, "connectionLost");
  });

  it("is complete if the endpoint says so, in any form", async () => {
    const { endpoint, ask } = await connected();
    const ends: ((response: ServerResponse) => void)[] = [
      (response) => response.end("data: [DONE]\n\n"),
      (response) => response.write(`data: ${JSON.stringify(finish("eos"))}\n\n`, () => response.destroy()),
      (response) => response.end(`data: ${JSON.stringify(finish("end_turn"))}\n\n`),
    ];
    for (const end of ends) {
      endpoint.chat = async ({ response }) => {
        await send(response, text("Four."));
        end(response);
      };
      const events = await all(ask());
      assert.deepEqual([textIn(events, "answer"), endOf(events).stopReason], ["Four.", "stop"]);
    }
  });

  const ENDS: [string, RegExp][] = [
    ["content_filter", /content filter/],
    ["SAFETY", /content filter/],
    ["error", /ended the reply with an error\.$/],
    ["abort", /error: abort/],
    ["insufficient_system_resource", /error: insufficient_system_resource/],
    ["MALFORMED_FUNCTION_CALL", /error: MALFORMED_FUNCTION_CALL/],
  ];
  for (const [reason, words] of ENDS)
    it(`is an error if it ends for ${reason}`, async () => {
      const { endpoint, ask } = await connected();
      endpoint.chat = ({ response }) => sse(response, [text("The answer "), finish(reason)]);
      const seen: ReplyEvent[] = [];
      const error = await failure(
        (async () => {
          for await (const event of ask()) seen.push(event);
        })(),
      );
      assert.equal(error.code, "endpointFailed");
      assert.match(error.message, words);
      assert.equal(textIn(seen, "answer"), "The answer");
    });

  it("is an error even if a normal end follows", async () => {
    const { endpoint, ask } = await connected();
    endpoint.chat = ({ response }) => sse(response, [text("The "), finish("content_filter"), finish("stop")]);
    assert.match((await failure(all(ask()))).message, /content filter/);
  });

  it("is cut off if the endpoint says so in its own words", async () => {
    const { endpoint, ask } = await connected();
    for (const reason of ["length", "max_tokens", "MAX_TOKENS", "model_length", "model_context_window_exceeded"]) {
      endpoint.chat = ({ response }) => sse(response, [text("The answer "), finish(reason)]);
      assert.equal(endOf(await all(ask())).stopReason, "length");
    }
  });

  it("reports what came in place of a reply", async () => {
    const { endpoint, ask } = await connected();
    const answers: [string, string, RegExp][] = [
      ["text/html", "<!doctype html><title>Sign in to the wifi</title>", /web page/],
      ["text/event-stream", "data: [DONE]\n\n", /empty reply/],
      ["application/json", "null", /not a reply/],
      ["application/json", '{"error":{"message":"No credits","code":402}}', /No credits/],
      ["application/json", '{"error_code":18,"error_msg":"No credits"}', /No credits/],
    ];
    for (const [type, body, words] of answers) {
      endpoint.chat = ({ response }) => {
        response.writeHead(200, { "content-type": type });
        response.end(body);
      };
      const error = await failure(all(ask()));
      assert.equal(error.code, "endpointFailed");
      assert.match(error.message, words);
    }
  });

  it("shows the endpoint's message for a refused access", async () => {
    const { endpoint, ask } = await connected(MODELS.openai, KEY);
    endpoint.chat = ({ response }) =>
      json(response, 403, { error: { message: `Your plan has no such model (${KEY})` } });
    const error = await failure(all(ask()));
    assert.equal(error.code, "unauthorized");
    assert.match(error.message, /Your plan has no such model/);
    assert.doesNotMatch(error.message, new RegExp(KEY));
    const others: [string, string, RegExp][] = [
      ["text/plain", "Access denied by policy\n", /Access denied by policy$/],
      ["text/html", "<html><head><title>403 Forbidden</title></head></html>", /403 Forbidden$/],
      ["application/json", '{"detail":"Authorization failed"}', /Authorization failed$/],
      ["application/json", '[{"error":{"code":403,"message":"Quota is used up"}}]', /Quota is used up$/],
      ["application/json", '{"success":false,"errors":[{"message":"No access"}]}', /No access$/],
    ];
    for (const [type, body, words] of others) {
      endpoint.chat = ({ response }) => {
        response.writeHead(403, { "content-type": type });
        response.end(body);
      };
      assert.match((await failure(all(ask()))).message, words);
    }
    endpoint.chat = ({ response }) => json(response, 403, {});
    assert.match((await failure(all(ask()))).message, /does not accept the key/);
  });

  it("reports a wait in milliseconds, with any status", async () => {
    const { endpoint, ask } = await connected();
    endpoint.chat = ({ response }) => json(response, 429, {}, { "retry-after-ms": "20500", "retry-after": "1" });
    const limited = await failure(all(ask()));
    assert.deepEqual([limited.code, limited.data.retryAfterMs], ["rateLimited", 20_500]);
    assert.match(String(limited.data.next), /21 s/);
    endpoint.chat = ({ response }) => json(response, 503, { error: { message: "Busy" } }, { "retry-after": "40" });
    assert.match(String((await failure(all(ask()))).data.next), /40 s/);
    assert.equal(endpoint.requests.length, 2);
  });

  it("can be cancelled while it waits for a retry", async () => {
    const { endpoint, engine } = await connected();
    const abort = new AbortController();
    const reason = new Error("enough");
    endpoint.chat = ({ response }) => {
      json(response, 503, { error: { message: "Busy" } }, { "retry-after-ms": "5000" });
      response.once("finish", () => setImmediate(() => abort.abort(reason)));
    };
    await assert.rejects(all(engine.respond(REQUEST, abort.signal)), reason);
  });

  it("reports garbage in the stream", async () => {
    const { endpoint, ask } = await connected();
    endpoint.chat = async ({ response }) => {
      await send(response, text("The"));
      await send(response, "data: {]\n\n");
      response.end();
    };
    const error = await failure(all(ask()));
    assert.equal(error.code, "endpointFailed");
  });

  it("reports an error in the stream", async () => {
    const { endpoint, ask } = await connected();
    endpoint.chat = async ({ response }) => {
      await send(response, text("The"));
      await send(response, { error: { code: 500, message: "CUDA error: out of memory", type: "server_error" } });
      response.end();
    };
    const error = await failure(all(ask()));
    assert.equal(error.code, "endpointFailed");
    assert.match(error.message, /out of memory/);
  });

  it("leaves the engine as it was", async () => {
    const { endpoint, engine, ask } = await connected();
    endpoint.chat = ({ response }) => {
      response.destroy();
    };
    assert.equal((await failure(all(ask()))).code, "unreachable");
    assert.equal(engine.status.type, "ready");
    endpoint.chat = ({ response }) => sse(response, [text("Four."), finish("stop")]);
    assert.equal(textIn(await all(ask()), "answer"), "Four.");
  });

  it("is not sent without an endpoint", async () => {
    const engine = new RemoteEngine();
    const error = await failure(all(engine.respond(REQUEST, new AbortController().signal)));
    assert.equal(error.code, "noModel");
  });
});
