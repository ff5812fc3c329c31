import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import {
  type ChatResult,
  type CountResult,
  type CountTokensResult,
  ErrorCode,
  type Message,
  Method,
  type PrepareResult,
} from "../../server/protocol.ts";
import { Client, rejection } from "../support/client.ts";
import { held, WITH_PACE } from "../support/pace.ts";

const user = (content: string): Message => ({ role: "user", content });
/** Tokens that open a reply: `<think>` and a line break, or both tags without a thought; at most five of the toy's. */
const OPENING = { min: 1, max: 8 };

describe("nemotron/countTokens", () => {
  let client: Client;
  before(async () => {
    client = await Client.toy();
  });
  after(() => client.stop());

  const countTokens = (params: object) => client.request<CountTokensResult>(Method.countTokens, params);
  const count = (messages: Message[]) => client.request<CountResult>(Method.count, { messages });
  const system: Message = { role: "system", content: "" };
  const done: Message = { role: "assistant", content: "Done." };

  it("counts each text on its own", async () => {
    const { texts, messages } = await countTokens({ texts: ["", "Hello", "Hello Hello", "<SPECIAL_12>"] });
    assert.deepEqual([texts[0], texts[2]! > texts[1]!, messages], [0, true, 0]);
    assert.ok(texts[3]! > 1, "a special token in the text counts as text");
  });

  it("counts messages so that the counts add up to the prompt", async () => {
    const turns: Message[][] = [
      [user("  Read both, please.\n")],
      [{ role: "assistant", content: "I read.", toolCalls: [{ name: "read_file", arguments: { path: "a.ts" } }] }],
      [
        { role: "tool", content: "const a = 1;" },
        { role: "tool", content: "const b = 2;" },
      ],
      [{ role: "assistant", content: "Both are short." }],
      [user("Thanks!")],
    ];
    const counted = await Promise.all(turns.map(async (messages) => (await countTokens({ messages })).messages));
    const [whole, frame] = [await count([system, ...turns.flat(), done]), await count([system, done])];
    assert.equal(
      counted.reduce((sum, tokens) => sum + tokens),
      whole.promptTokens - frame.promptTokens,
    );
    const instructions: Message = { role: "system", content: "Be brief." };
    const [asked, empty] = [await count([instructions, user("a")]), await count([system, user("a")])];
    assert.equal((await countTokens({ messages: [instructions] })).messages, asked.promptTokens - empty.promptTokens);
  });

  it("refuses invalid parameters", async () => {
    const tool: Message = { role: "tool", content: "1" };
    for (const params of [
      { texts: [1] },
      { texts: "a" },
      { messages: [{ role: "user" }] },
      { messages: [user("a"), tool] },
    ])
      assert.equal((await rejection(countTokens(params))).code, -32602, JSON.stringify(params));
  });
});

describe("nemotron/count", () => {
  let client: Client;
  before(async () => {
    client = await Client.toy([], { env: WITH_PACE });
    await client.ready();
  });
  after(() => client.stop());

  const count = (params: object) => client.request<CountResult>(Method.count, params);

  it("counts exactly the prompt of the chat, without the opening of its reply", async () => {
    const code = Array.from({ length: 300 }, (_, i) => `const value${i} = ${i};`).join("\n");
    const log = "many words ".repeat(6000);
    const tools = [{ name: "read_file", description: "Read a file", parameters: { type: "object" } }];
    const call: Message = { role: "assistant", content: "", toolCalls: [{ name: "read_file", arguments: {} }] };
    const cases = [
      { messages: [user("Hello")] },
      { messages: [user("  Hello\n")], context: [{ type: "text" as const, title: "Code", text: code }] },
      { messages: [user("Hello")], context: [{ type: "text" as const, title: "Log", text: log }] },
      { messages: [user("Hello"), { role: "assistant" as const, content: " Hi. " }, user("Thanks!")] },
      { messages: [{ role: "system" as const, content: "Be brief." }, user("Hello")] },
      { messages: [user("Read it."), call, { role: "tool" as const, content: "1" }], tools },
    ];
    const openings = new Set<number>();
    for (const params of cases) {
      const { promptTokens, contextTokens } = await count(params);
      const { usage } = await client.chat({ ...params, thinking: { mode: "off" }, maxTokens: 1 });
      openings.add(usage.promptTokens - promptTokens);
      assert.equal(contextTokens, 8192);
    }
    const [opening = 0, ...others] = openings;
    assert.deepEqual(others, [], "the difference is the same for all");
    assert.ok(opening >= OPENING.min && opening <= OPENING.max, `${opening}`);
  });

  it("stays exact for a conversation with the model's own replies", async () => {
    const messages = [user("Count to thirty.")];
    const { answer } = await client.chat({ messages, thinking: { mode: "on", budget: 64 } });
    const next = [...messages, { role: "assistant" as const, content: answer }, user("Thanks!")];
    const before = await count({ messages: next });
    const { usage } = await client.chat({ messages: next, thinking: { mode: "off" }, maxTokens: 1 });
    const bare = await count({ messages });
    const { usage: again } = await client.chat({ messages, thinking: { mode: "off" }, maxTokens: 1 });
    assert.equal(usage.promptTokens - before.promptTokens, again.promptTokens - bare.promptTokens);
  });

  it("reports which context items are cut, and which are empty", async () => {
    const uri = pathToFileURL("test/samples/cart.ts").href;
    const context = [
      { type: "file", uri },
      { type: "diagnostics", uri, diagnostics: [] },
      { type: "text", title: "Log", text: "many words ".repeat(6000) },
    ];
    const { context: counted, messages, promptTokens } = await count({ messages: [user("Hello")], context });
    const [file, problems, log] = counted as [
      CountResult["context"][0],
      CountResult["context"][0],
      CountResult["context"][0],
    ];
    assert.ok(!file.cut && file.tokens > 200, JSON.stringify(file));
    assert.deepEqual(problems, { tokens: 0, cut: false });
    assert.ok(log.cut && log.tokens > 2000 && file.tokens + log.tokens <= 4096, JSON.stringify(log));
    assert.equal(messages.length, 1);
    assert.ok(messages[0]! >= 1 && messages[0]! <= 8, `${messages}`);
    // Framing and the system prompt are the rest.
    assert.ok(promptTokens > file.tokens + log.tokens + messages[0]!);
  });

  it("reports how much a prompt is over the limit, instead of refusing it", async () => {
    const { promptTokens, contextTokens } = await count({ messages: [user("many words ".repeat(8000))] });
    assert.ok(promptTokens > 8192 && contextTokens === 8192);
  });

  it("counts an empty draft, alone or at the end", async () => {
    const empty = await count({ messages: [user("")] });
    assert.deepEqual([empty.messages, empty.context], [[0], []]);
    const longer = await count({ messages: [user("Hello"), { role: "assistant", content: "Hi." }, user("")] });
    assert.equal(longer.messages[2], 0);
    assert.ok(longer.promptTokens > empty.promptTokens);
    const waiting = await count({ messages: [user("Hello"), { role: "assistant", content: "Hi." }] });
    assert.ok(waiting.promptTokens < longer.promptTokens);
  });

  it("answers while a reply is generated or a long prompt is read", async () => {
    const long = user(`${"word ".repeat(1200)}\n\nThink for a long time.`);
    await held({ pid: client.enginePid()! }, async (pace) => {
      let over = false;
      let onThought = () => {};
      const thought = new Promise<void>((resolve) => {
        onThought = resolve;
      });
      const begun = client.begun<ChatResult>(
        Method.chat,
        { messages: [long], thinking: { mode: "on" } },
        ({ type }) => {
          if (type === "thought") onThought();
          return type === "reading";
        },
      );
      const chat = await pace.stepUntil(begun);
      const ended = rejection(chat.result).finally(() => {
        over = true;
      });
      assert.ok((await count({ messages: [user("Hello")] })).promptTokens > 0);
      assert.ok(!chat.events.some(({ type }) => type === "thought"), "counting waited for the reading");
      await pace.stepUntil(thought);
      for (let typed = 0; typed < 5; typed++) await count({ messages: [user("Hello".slice(0, typed))] });
      assert.equal(over, false, "it waited for the reply");
      chat.cancel();
      await pace.received("cancel");
      await pace.release();
      await ended;
    });
  });

  it("reads and saves nothing", async () => {
    const text = "a text that nothing has read before\n".repeat(40);
    const params = { messages: [user("Hello")], context: [{ type: "text" as const, title: "T", text }] };
    const { promptTokens } = await count(params);
    const { readTokens } = await client.request<PrepareResult>(Method.prepare, params);
    assert.ok(readTokens > promptTokens / 2, `${readTokens} of ${promptTokens}`);
  });

  it("can be cancelled, and refuses what a chat would refuse", async () => {
    const context = [{ type: "text", title: "Log", text: "many words ".repeat(60_000) }];
    const counting = client.stream<CountResult>(Method.count, { messages: [user("Hello")], context });
    counting.cancel();
    assert.equal((await rejection(counting.result)).code, -32800);
    const outside = { messages: [user("Hello")], context: [{ type: "file", uri: "file:///etc/hostname" }] };
    assert.equal((await rejection(count(outside))).code, ErrorCode.unreadable);
    assert.equal((await rejection(count({ messages: [] }))).code, -32602);
    const unsound = { messages: [user("Hello"), { role: "system", content: "x" }, user("")] };
    assert.equal((await rejection(count(unsound))).code, -32602);
  });

  it("fails with a named error without a model, and waits for a model that is loading", async () => {
    const unloaded = await Client.start();
    try {
      const asked = () => unloaded.request<CountResult>(Method.count, { messages: [user("Hello")] });
      const { code, data } = await rejection(asked());
      assert.deepEqual([code, data?.name], [ErrorCode.noModel, "noModel"]);
      const { path } = (client.status as { model: { path: string } }).model;
      const loading = unloaded.request(Method.load, { model: path, gpu: "off" });
      assert.ok((await asked()).promptTokens > 0);
      await loading;
    } finally {
      await unloaded.stop();
    }
  });
});
