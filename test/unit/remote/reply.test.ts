/** Replies of endpoints of each kind, over real connections. */
import assert from "node:assert/strict";
import { EngineError, type ReplyEvent } from "../../../server/engine/engine.ts";
import { delta, endless, finish, json, MODELS, reasoning, send, sse, text, usage } from "../../support/fakeEndpoint.ts";
import { all, connected, endOf, leave, REQUEST, textIn } from "./support.ts";

const THINK = { thinking: { mode: "on" as const, budget: 20 } };

describe("a remote reply", () => {
  afterEach(leave);

  it("is streamed, with its usage", async () => {
    const { endpoint, ask } = await connected();
    endpoint.chat = ({ response }) => sse(response, [text("Fo"), text("ur."), finish("stop"), usage(30, 2, 24)]);
    const events = await all(ask());
    assert.equal(textIn(events, "answer"), "Four.");
    const { stopReason, usage: used } = endOf(events);
    assert.equal(stopReason, "stop");
    const { promptTokens, reusedTokens, readTokens, answerTokens, thoughtTokens } = used;
    assert.deepEqual([promptTokens, reusedTokens, readTokens, answerTokens, thoughtTokens], [30, 24, 6, 2, 0]);
    const [sent] = endpoint.requests;
    assert.equal(sent?.temperature, 0);
    assert.deepEqual(sent?.chat_template_kwargs, { enable_thinking: false });
    assert.deepEqual(sent?.messages, REQUEST.messages);
  });

  for (const field of ["reasoning_content", "reasoning"])
    it(`has its thought from ${field}`, async () => {
      const { endpoint, ask } = await connected();
      const chunks = [delta({ [field]: "Let me" }), delta({ [field]: " see.\n" }), text("\n\nFour.")];
      endpoint.chat = ({ response }) => sse(response, [...chunks, finish("stop"), usage(30, 9)]);
      const events = await all(ask(THINK));
      assert.equal(textIn(events, "thought"), "Let me see.");
      assert.equal(textIn(events, "answer"), "Four.");
      assert.equal(endOf(events).usage.thoughtTokens + endOf(events).usage.answerTokens, 9);
    });

  it("has its thought from tags in the text", async () => {
    const { endpoint, ask } = await connected();
    endpoint.chat = ({ response }) =>
      sse(response, [text("<thi"), text("nk>\nHm.\n</th"), text("ink>\n\nFour."), finish("stop")]);
    const events = await all(ask(THINK));
    assert.deepEqual([textIn(events, "thought"), textIn(events, "answer")], ["Hm.", "Four."]);
  });

  it("has its thought from text if the template opens the thought", async () => {
    const { endpoint, ask } = await connected(MODELS.vllm);
    endpoint.chat = ({ response }) => sse(response, [text("Hm.\n"), text("</think>\n\nFour."), finish("stop")]);
    const events = await all(ask({ thinking: { mode: "on" } }));
    assert.deepEqual([textIn(events, "thought"), textIn(events, "answer")], ["Hm.", "Four."]);
    // An endpoint that separates thoughts is recognised by the first one: its text is the answer.
    endpoint.chat = ({ response }) => sse(response, [reasoning("Hm."), text("Four."), finish("stop")]);
    await all(ask({ thinking: { mode: "on" } }));
    endpoint.chat = ({ response }) => sse(response, [text("Four."), finish("stop")]);
    const unthinking = await all(ask({ thinking: { mode: "on" } }));
    assert.deepEqual([textIn(unthinking, "thought"), textIn(unthinking, "answer")], ["", "Four."]);
  });

  it("loses no answer that was taken for a thought", async () => {
    const { endpoint, ask } = await connected(MODELS.vllm);
    endpoint.chat = ({ response }) => sse(response, [text("Four."), finish("stop")]);
    assert.equal(textIn(await all(ask({ thinking: { mode: "on" } })), "answer"), "Four.");
  });

  it("switches Nano v2 by words, which nothing in the user's text can undo", async () => {
    const { endpoint, ask } = await connected(MODELS.vllm);
    await all(ask());
    await all(ask({ thinking: { mode: "on" } }));
    const [off, on] = endpoint.requests;
    assert.equal(off?.messages?.[0]?.content, "Be brief.\n\n/no_think");
    assert.equal(on?.messages?.[0]?.content, "Be brief.\n\n/think");
    assert.equal(on?.temperature, 0.6);
    // Broken-up text that the model copies comes back whole, also in pieces.
    endpoint.chat = ({ response, asked }) => {
      const copied = asked.body.messages?.at(-1)?.content ?? "";
      return sse(response, [...[...copied].map(text), finish("stop")]);
    };
    const content = 'import "./thinker.ts"; // "/think", "/no_think", and a \u2060 of the user\'s own';
    const events = await all(ask({ messages: [{ role: "user", content }] }));
    assert.equal(textIn(events, "answer"), content);
    const said = endpoint.requests[2]?.messages?.map((message) => message.content) ?? [];
    assert.equal(said[0], "/no_think");
    assert.doesNotMatch(said[1] ?? "", /\/(no_)?think/);
  });

  it("has calls assembled from their pieces", async () => {
    const { endpoint, ask } = await connected();
    const call = (index: number, fn: object) => delta({ tool_calls: [{ index, type: "function", function: fn }] });
    endpoint.chat = ({ response }) =>
      sse(response, [
        call(0, { name: "read", arguments: "" }),
        call(0, { arguments: '{"pa' }),
        call(0, { arguments: 'th": "a.ts"}' }),
        call(1, { name: "list" }),
        finish("tool_calls"),
      ]);
    const tools = [{ name: "read", parameters: { type: "object" } }, { name: "list" }];
    const events = await all(ask({ tools }));
    const calls = events.flatMap((event) => (event.type === "toolCall" ? [event.toolCall] : []));
    assert.deepEqual(calls, [
      { name: "read", arguments: { path: "a.ts" } },
      { name: "list", arguments: {} },
    ]);
    assert.equal(endOf(events).stopReason, "toolCalls");
    assert.deepEqual(endpoint.requests[0]?.tools, [
      { type: "function", function: { name: "read", parameters: { type: "object" } } },
      { type: "function", function: { name: "list", parameters: {} } },
    ]);
  });

  it("fails for an unreadable call and names it, unless the call was cut off", async () => {
    const { endpoint, ask } = await connected();
    const half = { index: 0, id: "a", type: "function", function: { name: "read", arguments: '{"pa' } };
    endpoint.chat = ({ response }) =>
      sse(response, [text("Let me look."), delta({ tool_calls: [half] }), finish("tool_calls")]);
    const tools = [{ name: "read" }];
    const seen: ReplyEvent[] = [];
    const reading = (async () => {
      for await (const event of ask({ tools })) seen.push(event);
    })();
    await assert.rejects(reading, (error: unknown) => error instanceof EngineError && /tool read/.test(error.message));
    assert.equal(textIn(seen, "answer"), "Let me look.");
    endpoint.chat = ({ response }) => sse(response, [delta({ tool_calls: [half] }), finish("length")]);
    const cut = await all(ask({ tools }));
    assert.ok(!cut.some(({ type }) => type === "toolCall"));
    assert.equal(endOf(cut).stopReason, "length");
    const whole = { ...half, id: "b", function: { name: "read", arguments: '{"path":"a"}' } };
    endpoint.chat = ({ response }) =>
      sse(response, [delta({ tool_calls: [whole] }), delta({ tool_calls: [{ ...half, index: 1 }] }), finish("length")]);
    const both = await all(ask({ tools }));
    assert.deepEqual(
      both.flatMap((event) => (event.type === "toolCall" ? [event.toolCall] : [])),
      [{ name: "read", arguments: { path: "a" } }],
    );
    const inText = text('<TOOLCALL>[{"name": "read", "argu');
    endpoint.chat = ({ response }) => sse(response, [inText, finish("length")]);
    assert.deepEqual(textIn(await all(ask({ tools })), "answer"), "");
    for (const rest of ["", "!]</TOOLCALL>"]) {
      endpoint.chat = ({ response }) => sse(response, [inText, text(rest), finish("stop")]);
      await assert.rejects(all(ask({ tools })), { code: "badCall" });
    }
  });

  it("sends calls and their results with matching ids", async () => {
    const { endpoint, ask } = await connected();
    const toolCalls = [
      { name: "read", arguments: { path: "a.ts" } },
      { name: "list", arguments: {} },
    ];
    await all(
      ask({
        messages: [
          { role: "user", content: "Look." },
          { role: "assistant", content: "", toolCalls },
          { role: "tool", content: "one" },
          { role: "tool", content: "two" },
        ],
      }),
    );
    const [, called, one, two] = endpoint.requests[0]?.messages ?? [];
    const ids = ((called?.tool_calls ?? []) as { id: string }[]).map(({ id }) => id);
    assert.deepEqual([one?.tool_call_id, two?.tool_call_id], ids);
    assert.notEqual(ids[0], ids[1]);
  });

  it("finds a call in the text if the endpoint does not, in any dialect", async () => {
    const { endpoint, ask } = await connected();
    endpoint.chat = ({ response }) =>
      sse(response, [text('<TOOLCALL>[{"name": "list", "argu'), text('ments": {}}]</TOOLCALL>'), finish("stop")]);
    const events = await all(ask({ tools: [{ name: "list" }] }));
    assert.ok(events.some((event) => event.type === "toolCall" && event.toolCall.name === "list"));
    assert.equal(endOf(events).stopReason, "toolCalls");
    const xml = "<tool_call>\n<function=list>\n<parameter=path>\nsrc\n</parameter>\n</function>\n</tool_call>";
    for (const said of [xml, '<tool_call>{"name": "list", "arguments": {"path": "src"}}</tool_call>']) {
      endpoint.chat = ({ response }) => sse(response, [...[...`Yes. ${said}`].map(text), finish("stop")]);
      const calling = await all(ask({ tools: [{ name: "list" }] }));
      const calls = calling.flatMap((event) => (event.type === "toolCall" ? [event.toolCall] : []));
      assert.deepEqual(calls, [{ name: "list", arguments: { path: "src" } }]);
      assert.equal(textIn(calling, "answer"), "Yes.");
    }
  });

  it("ends at a stop text of the answer, and closes the connection", async () => {
    const { endpoint, ask } = await connected();
    endpoint.chat = async ({ response }) => {
      await send(response, reasoning("END is near."));
      await endless(response, (nth) => text(nth === 5 ? "EN" : nth === 6 ? "D" : "x"));
    };
    const events = await all(ask({ ...THINK, sampling: { stop: ["END"] } }));
    assert.equal(textIn(events, "answer"), "xxxxx");
    assert.equal(endOf(events).stopReason, "stop");
    assert.equal(endpoint.requests[0]?.stop, undefined);
    await until(() => endpoint.closedEarly === 1);
  });

  it("is sampled as its model card recommends, unless the user decides otherwise", async () => {
    const tools = [{ name: "list" }];
    const on = { thinking: { mode: "on" as const } };
    const NANO = [
      [0.6, 0.95],
      [0.6, 0.95],
      [0, undefined],
      [0, undefined],
    ];
    const THREE = [
      [1, 1],
      [0.6, 0.95],
      [0, undefined],
      [0.6, 0.95],
    ];
    const models: [object, (number | undefined)[][]][] = [
      [MODELS.openai, NANO],
      [MODELS.vllm, NANO],
      [{ ...MODELS.vllm, id: "house", root: "nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B" }, THREE],
      [{ ...MODELS.openai, id: "nvidia.nemotron-nano-3-30b" }, THREE],
    ];
    for (const [model, expected] of models) {
      const { endpoint, ask } = await connected(model);
      for (const request of [on, { ...on, tools }, {}, { tools }]) await all(ask(request));
      assert.deepEqual(
        endpoint.requests.map(({ temperature, top_p }) => [temperature, top_p]),
        expected,
      );
      await all(ask({ ...on, sampling: { temperature: 0.3, topP: 0.5 } }));
      assert.deepEqual([endpoint.requests.at(-1)?.temperature, endpoint.requests.at(-1)?.top_p], [0.3, 0.5]);
    }
  });

  it("asks for JSON by the schema", async () => {
    const { endpoint, ask } = await connected();
    const schema = { type: "object", properties: { a: { type: "string" } } };
    await all(ask({ responseSchema: schema }));
    assert.deepEqual(endpoint.requests[0]?.response_format, {
      type: "json_schema",
      json_schema: { name: "reply", schema, strict: true },
    });
  });

  it("omits what the endpoint refuses, from then on", async () => {
    const { endpoint, ask } = await connected();
    endpoint.chat = async ({ response, asked }) => {
      const { chat_template_kwargs, stream_options } = asked.body;
      if (chat_template_kwargs === undefined && stream_options === undefined)
        return sse(response, [text("Four."), finish("stop")]);
      const name = stream_options === undefined ? "chat_template_kwargs" : "stream_options";
      response.writeHead(400, { "content-type": "application/json" });
      response.end(
        JSON.stringify({ error: { message: `Unrecognized request argument supplied: ${name}`, param: null } }),
      );
    };
    assert.equal(textIn(await all(ask()), "answer"), "Four.");
    const before = endpoint.requests.length;
    await all(ask());
    assert.equal(endpoint.requests.length, before + 1);
  });

  it("is aborted at once, with the connection", async () => {
    const { endpoint, engine } = await connected();
    endpoint.chat = ({ response }) => endless(response, () => text("x"));
    const abort = new AbortController();
    const reply = engine.respond(REQUEST, abort.signal);
    const reason = new Error("enough");
    await assert.rejects(async () => {
      for await (const event of reply) if (event.type === "answer") abort.abort(reason);
    }, reason);
    await until(() => endpoint.closedEarly === 1);
    assert.equal(engine.status.type, "ready");
  });

  it("ends when the model is unloaded", async () => {
    const { endpoint, engine, ask } = await connected();
    endpoint.chat = ({ response }) => endless(response, () => text("x"));
    const reply = ask();
    const ended = assert.rejects(async () => {
      for await (const event of reply) if (event.type === "answer") await engine.unload();
    }, isNamed("noModel"));
    await ended;
    await until(() => endpoint.closedEarly === 1);
  });
});

describe("a remote thought", () => {
  afterEach(leave);

  it("is cut at the budget if the endpoint has none, and the turn continues with a closed thought", async () => {
    const { endpoint, ask } = await connected(MODELS.vllm);
    endpoint.chat = ({ response, nth }) =>
      nth === 0
        ? endless(response, (n) => delta({ reasoning_content: "hm " }, counted(n + 1)))
        : sse(response, [text("Four."), finish("stop"), usage(60, 2)]);
    // vLLM may have a budget. The first request shows whether it does.
    await all(ask({ ...THINK, maxTokens: 50 }));
    endpoint.chat = ({ response, nth }) =>
      nth === 2
        ? endless(response, (n) => delta({ reasoning_content: "hm " }, counted(n + 1)))
        : sse(response, [text("Four."), finish("stop"), usage(60, 2)]);
    const events = await all(ask({ ...THINK, maxTokens: 50 }));
    const { thoughtTokens, answerTokens } = endOf(events).usage;
    assert.ok(thoughtTokens >= 20 && thoughtTokens <= 52, `${thoughtTokens}`);
    assert.equal(answerTokens, 2);
    assert.equal(textIn(events, "answer"), "Four.");
    const budgets = endpoint.requests.map(({ thinking_token_budget }) => thinking_token_budget);
    assert.deepEqual(budgets, [20, undefined, undefined, undefined]);
    const [, , first, second] = endpoint.requests;
    assert.equal(first?.max_tokens, 50 + 20 + 32);
    assert.equal(second?.max_tokens, 50);
    const last = second?.messages?.at(-1);
    assert.equal(last?.role, "assistant");
    // Nano v2's template opens the thought itself.
    assert.match(last?.content ?? "", /^hm [\s\S]*hm \.\n<\/think>\n\n$/);
    assert.deepEqual([second?.continue_final_message, second?.add_generation_prompt], [true, false]);
    await until(() => endpoint.closedEarly === 2);
  });

  it("is left to a vLLM that respects its budget, and cut in one that refuses it", async () => {
    const { endpoint, ask } = await connected(MODELS.vllm);
    for (const nth of [0, 1]) {
      endpoint.chat = ({ response }) => sse(response, [reasoning("Hm."), text("Four."), finish("stop")]);
      assert.equal(textIn(await all(ask(THINK)), "answer"), "Four.");
      assert.equal(endpoint.requests[nth]?.thinking_token_budget, 20);
    }
    const message =
      "thinking_token_budget is set but reasoning_config is not configured. Please set --reasoning-parser";
    for (const status of [400, 500]) {
      const other = await connected(MODELS.vllm);
      other.endpoint.chat = ({ response, asked }) => {
        if (asked.body.thinking_token_budget !== undefined)
          return json(response, status, { error: { message, code: status } }, { "retry-after-ms": "1" });
        if (asked.body.messages?.at(-1)?.role === "assistant") return sse(response, [text("Four."), finish("stop")]);
        return endless(response, (n) => delta({ reasoning_content: "hm " }, counted(n + 1)));
      };
      for (const _ of [0, 1]) {
        const before = other.endpoint.requests.filter((body) => body.thinking_token_budget !== undefined).length;
        const events = await all(other.ask(THINK));
        const { thoughtTokens } = endOf(events).usage;
        assert.ok(thoughtTokens >= 20 && thoughtTokens <= 52, `${thoughtTokens}`);
        const tried = other.endpoint.requests.filter((body) => body.thinking_token_budget !== undefined).length;
        assert.equal(tried - before > 0, before === 0);
      }
    }
  });

  it("is also cut when it is text in its own tags", async () => {
    const { endpoint, ask } = await connected();
    endpoint.chat = async ({ response, nth }) => {
      if (nth > 0) return sse(response, [text("Four."), finish("stop")]);
      for (const piece of ["<thi", "nk>", "\nhm"]) await send(response, text(piece));
      return endless(response, () => text(" hm"));
    };
    const events = await all(ask(THINK));
    assert.equal(textIn(events, "answer"), "Four.");
    const content = endpoint.requests[1]?.messages?.at(-1)?.content ?? "";
    assert.match(content, /^<think>\nhm( hm)+\.\n<\/think>\n\n$/);
  });

  it("is replaced by a request without thinking if the turn cannot be continued", async () => {
    const { endpoint, ask } = await connected();
    endpoint.chat = async ({ response, asked, nth }) => {
      if (nth === 0) return endless(response, () => reasoning("hm "));
      if (asked.body.continue_final_message === undefined) return sse(response, [text("Four."), finish("stop")]);
      response.writeHead(422, { "content-type": "application/json" });
      response.end(
        JSON.stringify({
          detail: [
            { loc: ["body", "continue_final_message"], msg: "Extra inputs are not permitted", input: "temperature" },
          ],
        }),
      );
    };
    const events = await all(ask(THINK));
    assert.equal(textIn(events, "answer"), "Four.");
    const again = endpoint.requests.at(-1);
    assert.equal(again?.messages?.at(-1)?.role, "user");
    assert.deepEqual(again?.chat_template_kwargs, { enable_thinking: false });
  });

  it("is left to an endpoint that has a budget", async () => {
    const { endpoint, ask } = await connected(MODELS["llama-server"]);
    endpoint.chat = ({ response }) => sse(response, [reasoning("Hm."), text("Four."), finish("stop")]);
    await all(ask(THINK));
    const { reasoning_budget_tokens, reasoning_budget_message } = endpoint.requests[0] ?? {};
    assert.deepEqual([reasoning_budget_tokens, reasoning_budget_message], [20, ".\n"]);
    const router = await connected(MODELS.openrouter);
    await all(router.ask(THINK));
    await all(router.ask());
    assert.deepEqual(
      router.endpoint.requests.map(({ reasoning }) => reasoning),
      [{ max_tokens: 20 }, { enabled: false }],
    );
  });

  it("is also cut if the endpoint ignores its own budget", async () => {
    const { endpoint, ask } = await connected(MODELS["llama-server"]);
    endpoint.chat = ({ response, nth }) =>
      nth === 0 ? endless(response, () => reasoning("hm ")) : sse(response, [text("Four."), finish("stop")]);
    const events = await all(ask(THINK));
    assert.equal(textIn(events, "answer"), "Four.");
    assert.equal(endpoint.requests[1]?.continue_final_message, "content");
    assert.ok(endOf(events).usage.thoughtTokens < 20 + 16 + 40);
  });

  it("is closed and answered if the turn ends inside it", async () => {
    const { endpoint, ask } = await connected(MODELS["llama-server"]);
    endpoint.chat = ({ response, nth }) =>
      sse(response, nth === 0 ? [reasoning("Hm."), finish("stop")] : [text("Four."), finish("stop")]);
    const events = await all(ask(THINK));
    assert.deepEqual([textIn(events, "thought"), textIn(events, "answer")], ["Hm.", "Four."]);
    assert.equal(endpoint.requests[1]?.messages?.at(-1)?.reasoning_content, "Hm..\n");
    // Only once: a model that does not answer is not asked forever.
    endpoint.chat = ({ response }) => sse(response, [reasoning("Hm."), finish("stop")]);
    assert.equal(endOf(await all(ask(THINK))).stopReason, "stop");
  });

  it("is closed by answerNow", async () => {
    const { endpoint, ask } = await connected();
    endpoint.chat = ({ response, nth }) =>
      nth === 0 ? endless(response, () => reasoning("hm ")) : sse(response, [text("Four."), finish("stop")]);
    const reply = ask({ thinking: { mode: "on", budget: "unlimited" } });
    const events: ReplyEvent[] = [];
    for await (const event of reply) {
      if (event.type === "thought" && events.push(event) === 3) await reply.answerNow();
      if (event.type !== "thought") events.push(event);
    }
    assert.equal(textIn(events, "answer"), "Four.");
    assert.match(endpoint.requests[1]?.messages?.at(-1)?.content ?? "", /^<think>\nhm [\s\S]*<\/think>\n\n$/);
    await assert.rejects(reply.answerNow(), isNamed("notThinking"));
  });

  it("is ended by llama-server itself if it can, and otherwise by cutting the stream", async () => {
    for (const can of [true, false]) {
      const { endpoint, ask } = await connected(MODELS["llama-server"]);
      let onEnded = () => {};
      const ended = new Promise<void>((resolve) => {
        onEnded = resolve;
      });
      // tools/server/README.md of llama.cpp, "POST /v1/chat/completions/control".
      endpoint.others = ({ response, asked }) => {
        if (asked.path !== "/v1/chat/completions/control" || !can) return json(response, 404, {});
        assert.deepEqual(asked.body, { id: "chatcmpl-1", action: "reasoning_end", model: "nemotron" });
        onEnded();
        return json(response, 200, { success: true });
      };
      endpoint.chat = async ({ response, asked, nth }) => {
        if (nth === 0) assert.equal(asked.body.reasoning_control, true);
        if (nth === 0) await send(response, reasoning("hm "));
        if (can) await ended;
        else if (nth === 0) return endless(response, () => reasoning("hm "));
        return sse(response, [text("Four."), finish("stop")]);
      };
      const reply = ask({ thinking: { mode: "on", budget: "unlimited" } });
      const events: ReplyEvent[] = [];
      for await (const event of reply) {
        if (event.type === "thought" && events.length === 0) await reply.answerNow();
        events.push(event);
      }
      assert.equal(textIn(events, "answer"), "Four.");
      assert.equal(endpoint.requests.length, can ? 1 : 2);
    }
  });

  it("is also cut if an endpoint says that it ends the thought, but continues it", async () => {
    const { endpoint, ask } = await connected(MODELS["llama-server"]);
    endpoint.others = ({ response }) => json(response, 200, { success: true });
    endpoint.chat = ({ response, nth }) =>
      nth === 0 ? endless(response, () => reasoning("hm ")) : sse(response, [text("Four."), finish("stop")]);
    const reply = ask({ thinking: { mode: "on", budget: "unlimited" } });
    const events: ReplyEvent[] = [];
    for await (const event of reply) {
      if (event.type === "thought" && events.length === 0) await reply.answerNow();
      events.push(event);
    }
    assert.equal(textIn(events, "answer"), "Four.");
  });

  it("gets more tokens: the stream continues where it would have been cut", async () => {
    const { endpoint, ask } = await connected();
    endpoint.chat = ({ response, nth }) =>
      nth === 0
        ? endless(response, (n) => delta({ reasoning_content: "hm " }, counted(n + 1)))
        : sse(response, [text("Four."), finish("stop")]);
    const { budgets, events } = await extended(ask(THINK), 30);
    assert.deepEqual(budgets, [50]);
    const { thoughtTokens } = endOf(events).usage;
    assert.ok(thoughtTokens >= 50 && thoughtTokens <= 82, `${thoughtTokens}`);
    assert.equal(endpoint.requests.length, 2);
  });

  it("gets more tokens: an endpoint with a budget continues the open thought", async () => {
    const { endpoint, ask } = await connected(MODELS["llama-server"]);
    endpoint.chat = ({ response, nth }) =>
      nth === 0
        ? endless(response, () => reasoning("hm "))
        : sse(response, [reasoning("so."), text("Four."), finish("stop")]);
    const { events } = await extended(ask(THINK), 30);
    assert.match(textIn(events, "thought"), /^hm .*so\.$/);
    assert.equal(textIn(events, "answer"), "Four.");
    const [, second] = endpoint.requests;
    assert.equal(second?.continue_final_message, "reasoning_content");
    assert.match(String(second?.messages?.at(-1)?.reasoning_content), /^(hm )+$/);
    assert.ok(Number(second?.reasoning_budget_tokens) > 20);
  });
});

/** What vLLM reports with each piece when asked to. */
const counted = (tokens: number) => ({
  usage: { prompt_tokens: 40, completion_tokens: tokens, total_tokens: 40 + tokens },
});

async function extended(reply: ReturnType<Awaited<ReturnType<typeof connected>>["ask"]>, tokens: number) {
  const events: ReplyEvent[] = [];
  const budgets: (number | "unlimited")[] = [];
  for await (const event of reply) {
    if (events.push(event) === 3) budgets.push(await reply.addBudget(tokens));
  }
  return { events, budgets };
}

const isNamed = (name: string) => (error: unknown) => error instanceof EngineError && error.code === name;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
