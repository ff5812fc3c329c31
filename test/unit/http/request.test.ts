import assert from "node:assert/strict";
import { parseBody } from "../../../server/http/chat/body.ts";
import { requestOf } from "../../../server/http/chat/request.ts";
import { ApiError } from "../../../server/http/exchange/errors.ts";

const request = (more: object) => requestOf(parseBody({ messages: [{ role: "user", content: "a" }], ...more }));
const tool = (name: string) => ({ type: "function", function: { name, parameters: { type: "object" } } });
const wrong = (param: string) => (error: unknown) => error instanceof ApiError && error.param === param;

describe("http: requests", () => {
  it("has a chat's priority, and thinks without a limit by default", () => {
    const { priority, kind, thinking, maxReplyTokens, sampling } = request({});
    assert.deepEqual([priority, kind, thinking], ["chat", "followUp", { mode: "on", budget: "unlimited" }]);
    assert.equal(maxReplyTokens, undefined);
    assert.deepEqual(
      Object.values(sampling!).filter((value) => value !== undefined),
      [],
    );
  });

  it("treats null as a missing value, as many clients send it", () => {
    const keys = ["model", "stream", "temperature", "stop", "tools", "tool_choice", "response_format", "seed", "n"];
    const nulls = Object.fromEntries(
      [...keys, "max_tokens", "reasoning_budget", "stream_options"].map((key) => [key, null]),
    );
    assert.deepEqual(request(nulls), request({}));
  });

  it("ignores parameters that change nothing, and refuses unsupported ones", () => {
    const ignored = {
      user: "me",
      metadata: {},
      store: true,
      presence_penalty: 0,
      frequency_penalty: 0,
      logprobs: false,
      logit_bias: {},
    };
    assert.deepEqual(request(ignored), request({}));
    for (const [key, value] of Object.entries({
      frequency_penalty: 0.5,
      logprobs: true,
      n: 3,
      functions: [],
      top_p: 2,
    }))
      assert.throws(() => request({ [key]: value }), wrong(key), key);
    assert.throws(() => request({ logit_bias: { 12: -100 } }), wrong("logit_bias.12"));
  });

  it("prefers the parameter to the system message, and the first budget that is given", () => {
    const messages = [
      { role: "system", content: "/no_think" },
      { role: "user", content: "a" },
    ];
    assert.deepEqual(request({ messages, reasoning_budget: 9 }).thinking, { mode: "off" });
    const kwargs = { enable_thinking: true, max_thinking_tokens: 7 };
    assert.deepEqual(request({ messages, chat_template_kwargs: kwargs }).thinking, { mode: "on", budget: 7 });
    assert.deepEqual(request({ max_thinking_tokens: 5, chat_template_kwargs: kwargs }).thinking, {
      mode: "on",
      budget: 5,
    });
  });

  it("shows no tools that must not be called, and enforces required ones", () => {
    const tools = [tool("a"), tool("b")];
    const form = (more: object) => {
      const { tools: shown, toolChoice, singleCall } = request({ tools, ...more });
      return [shown?.map(({ name }) => name), toolChoice, singleCall];
    };
    assert.deepEqual(form({}), [["a", "b"], undefined, undefined]);
    assert.deepEqual(form({ tool_choice: "none" }), [undefined, undefined, undefined]);
    assert.deepEqual(form({ tool_choice: "required" }), [["a", "b"], "required", false]);
    const named = { type: "function", function: { name: "b" } };
    assert.deepEqual(form({ tool_choice: named }), [["a", "b"], { name: "b" }, true]);
    assert.throws(() => request({ tool_choice: "required" }), wrong("tool_choice"));
    assert.throws(() => request({ tools: [], tool_choice: named }), wrong("tool_choice"));
  });

  it("asks for JSON by a schema, but not beside tools", () => {
    const response_format = { type: "json_schema", json_schema: { name: "x", schema: { type: "array" } } };
    assert.deepEqual(request({ response_format }).responseSchema, { type: "array" });
    assert.equal(request({ response_format: { type: "text" } }).responseSchema, undefined);
    assert.ok(request({ response_format, tools: [tool("a")], tool_choice: "none" }).responseSchema);
    assert.throws(() => request({ response_format, tools: [tool("a")] }), wrong("response_format"));
  });

  it("maps large seeds into the engine's range", () => {
    assert.equal(request({ seed: 7 }).sampling?.seed, 7);
    assert.equal(request({ seed: -1 }).sampling?.seed, undefined);
    const seed = request({ seed: Number.MAX_SAFE_INTEGER }).sampling?.seed;
    assert.ok(seed !== undefined && seed >= 0 && seed < 2 ** 31, `${seed}`);
  });
});
