/** Parameters that endpoints refuse: the request is repeated without them, and later ones omit them. */
import assert from "node:assert/strict";
import { EngineError } from "../../../server/engine/engine.ts";
import {
  type Answer,
  endless,
  finish,
  json,
  MODELS,
  reasoning,
  type Sent,
  sse,
  text,
} from "../../support/fakeEndpoint.ts";
import { all, connected, leave, textIn } from "./support.ts";

type Refusal = { refuses: (body: Sent) => boolean; status: number; body: object };

/** Answers if it has nothing to refuse. */
const refusing =
  ({ refuses, status, body }: Refusal) =>
  ({ response, asked }: Answer) =>
    refuses(asked.body)
      ? json(response, status, body, { "x-should-retry": "false" })
      : sse(response, [text("Four."), finish("stop")]);

const error = (message: string, more: object = {}) => ({ error: { message, type: "invalid_request_error", ...more } });

describe("an endpoint that refuses a parameter", () => {
  afterEach(leave);

  const TEMPLATE: [string, number, object][] = [
    ["NIM, with Mistral's models", 400, error("chat_template is not supported for Mistral tokenizers.")],
    ["vLLM", 400, error("chat template kwargs are not supported", { param: null, code: 400 })],
    [
      "FastAPI",
      422,
      {
        detail: [
          { type: "extra_forbidden", loc: ["body", "chat_template_kwargs"], msg: "Extra inputs are not permitted" },
        ],
      },
    ],
    [
      "a problem",
      422,
      {
        title: "Unprocessable Entity",
        status: 422,
        detail: "body -> chat_template_kwargs\n  Extra inputs are not permitted",
      },
    ],
    ["one that names a field of it", 400, error("Unknown parameter: 'enable_thinking'.")],
    ["one that names nothing", 400, error("Unrecognized request arguments supplied.")],
    ["one that spells it in its own way", 400, error("chatTemplateKwargs is not supported by this model")],
    ["a gateway that forbids it", 403, error("chat_template_kwargs is not supported")],
    ["a gateway that does not find it", 404, error("chat_template_kwargs: unknown field")],
    ["one that fails", 500, error("Unsupported parameter: 'chat_template_kwargs'")],
    ["one that does not implement it", 501, error("chat_template_kwargs is not implemented")],
    ["one that answers with success", 200, error("chat_template_kwargs is not supported")],
  ];
  for (const [name, status, body] of TEMPLATE)
    it(`gets requests without chat_template_kwargs: ${name}`, async () => {
      const { endpoint, ask } = await connected();
      endpoint.chat = refusing({
        refuses: ({ chat_template_kwargs }) => chat_template_kwargs !== undefined,
        status,
        body,
      });
      assert.equal(textIn(await all(ask()), "answer"), "Four.");
      assert.equal(textIn(await all(ask()), "answer"), "Four.");
      assert.equal(endpoint.requests.length, 3);
    });

  it("gets the limit under the name that it accepts", async () => {
    const messages = [
      error(
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        { param: "max_tokens", code: "unsupported_parameter" },
      ),
      error("max_tokens is deprecated, please use max_completion_tokens"),
      { detail: [{ loc: ["body", "max_tokens"], msg: "Extra inputs are not permitted" }] },
    ];
    for (const body of messages) {
      const { endpoint, ask } = await connected();
      endpoint.chat = refusing({ refuses: ({ max_tokens }) => max_tokens !== undefined, status: 400, body });
      assert.equal(textIn(await all(ask({ maxTokens: 50 })), "answer"), "Four.");
      assert.equal(endpoint.requests.at(-1)?.max_completion_tokens, 50);
    }
  });

  it("can refuse it in the stream", async () => {
    for (const code of [400, "400", undefined]) {
      const { endpoint, ask } = await connected();
      endpoint.chat = ({ response, asked }) =>
        asked.body.max_tokens === undefined
          ? sse(response, [text("Four."), finish("stop")])
          : sse(response, [error("max_tokens is not supported. Use max_completion_tokens.", { code })]);
      assert.equal(textIn(await all(ask({ maxTokens: 50 })), "answer"), "Four.");
      assert.equal(endpoint.requests.at(-1)?.max_completion_tokens, 50);
    }
  });

  it("is not asked again if the error is about the key, the credit or the load", async () => {
    for (const status of [401, 402, 429]) {
      const { endpoint, ask } = await connected();
      endpoint.chat = refusing({ refuses: () => true, status, body: error("temperature is not supported") });
      await assert.rejects(all(ask()));
      assert.equal(endpoint.requests.length, 1);
    }
  });

  it("gets no other name for a limit that is too high", async () => {
    const messages = [
      "max_tokens is too large: 50. This model supports at most 40 completion tokens.",
      "max_tokens must be less than or equal to 40. Larger values are not supported.",
    ];
    for (const message of messages) {
      const { endpoint, ask } = await connected();
      endpoint.chat = refusing({ refuses: () => true, status: 400, body: error(message) });
      await assert.rejects(
        all(ask({ maxTokens: 50 })),
        (fault: unknown) => fault instanceof EngineError && fault.message.includes(message),
      );
      assert.equal(endpoint.requests.length, 1);
    }
  });

  it("still gets the parameter later if the error was about something else", async () => {
    const { endpoint, ask } = await connected();
    endpoint.chat = refusing({
      refuses: () => true,
      status: 400,
      body: error("The chat template failed: roles must alternate"),
    });
    await assert.rejects(all(ask()));
    endpoint.chat = refusing({ refuses: () => false, status: 400, body: {} });
    await all(ask());
    assert.ok(endpoint.requests.at(-1)?.chat_template_kwargs);
  });
});

describe("an endpoint that does not let a client begin the model's turn", () => {
  afterEach(leave);

  const REFUSALS: [string, number, object][] = [
    [
      "Anthropic's models",
      400,
      error("This model does not support assistant message prefill. The conversation must end with a user message."),
    ],
    [
      "Mistral's",
      400,
      {
        object: "error",
        message: "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant",
        code: 3230,
      },
    ],
    [
      "llama-server, with some templates",
      400,
      error("Assistant response prefill is incompatible with enable_thinking."),
    ],
    ["a template that throws", 500, error("Conversation roles must alternate user/assistant/user/assistant/...")],
    ["one that says nothing", 422, {}],
    ["a gateway that forbids it", 403, error("Assistant prefill is not allowed.")],
    ["one that answers with success", 200, error("This model does not support assistant message prefill.")],
  ];
  for (const [name, status, body] of REFUSALS)
    it(`is asked again without a thought: ${name}`, async () => {
      const { endpoint, ask } = await connected();
      endpoint.chat = async ({ response, asked }) => {
        if (asked.body.messages?.at(-1)?.role === "assistant")
          return json(response, status, body, { "retry-after-ms": "1" });
        const { chat_template_kwargs } = asked.body as { chat_template_kwargs?: { enable_thinking: boolean } };
        if (!chat_template_kwargs?.enable_thinking) return sse(response, [text("Four."), finish("stop")]);
        return endless(response, () => reasoning("hm "));
      };
      const request = { thinking: { mode: "on" as const, budget: 20 } };
      assert.equal(textIn(await all(ask(request)), "answer"), "Four.");
      const before = endpoint.requests.length;
      assert.equal(textIn(await all(ask(request)), "answer"), "Four.");
      assert.equal(endpoint.requests.length, before + 2);
    });

  it("is not assumed because of a prompt that is too long", async () => {
    const { endpoint, ask } = await connected(MODELS.vllm);
    endpoint.chat = async ({ response, nth }) => {
      if (nth > 0)
        return json(
          response,
          400,
          error("This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens."),
        );
      return endless(response, () => reasoning("hm "));
    };
    const reply = all(ask({ thinking: { mode: "on", budget: 20 } }));
    await assert.rejects(reply, (fault: unknown) => fault instanceof EngineError && fault.code === "contextOverflow");
    assert.equal(endpoint.requests.length, 2);
  });
});
