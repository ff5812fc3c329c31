import assert from "node:assert/strict";
import { ErrorCodes } from "vscode-languageserver";
import { chat } from "../../../../server/features/chat/chat.ts";
import { prepare } from "../../../../server/features/chat/prepare.ts";
import { SYSTEM_PROMPT } from "../../../../server/features/text/prompts.ts";
import type { ChatParams, Message, ReplyProgress } from "../../../../server/protocol.ts";
import { documentOf, documentsOf, END, signal, USAGE, world } from "../support.ts";

const document = documentOf("a();\n");
const context: ChatParams["context"] = [{ type: "file", uri: document.uri }];
const BLOCK = "File: cart.ts\n```typescript\na();\n```";
const user = (content: string): Message => ({ role: "user", content });
const silent = () => {};

describe("features: chat", () => {
  it("puts the system prompt first and the context before the question", async () => {
    const { deps, responded } = world(documentsOf(document));
    const { userContent } = await chat({ messages: [user("Why?")], context }, deps, signal, silent);
    assert.equal(userContent, `${BLOCK}\n\nWhy?`);
    const [request] = responded;
    assert.deepEqual(request!.messages, [{ role: "system", content: SYSTEM_PROMPT }, user(userContent)]);
    assert.equal(request!.stableChars, `${BLOCK}\n\n`.length);
    assert.deepEqual(request!.thinking, { mode: "on", budget: 1024 });
    assert.equal(request!.priority, "chat");
    assert.equal(request!.kind, "followUp");
  });

  it("leaves out the oldest messages of a long conversation for clients that ask for that, and reports how many", async () => {
    const { deps, responded } = world(documentsOf());
    const long = (content: string): Message[] => [user(content.repeat(400)), { role: "assistant", content }];
    // The context of these tests has 1000 tokens.
    const messages = [...long("a"), ...long("bbb"), ...long("ccccc"), user("Why?")];
    const reported: ReplyProgress[] = [];
    await chat({ messages, compact: true }, deps, signal, (progress) => reported.push(progress));
    const [prompt] = reported;
    assert.ok(prompt?.type === "prompt" && prompt.dropped !== undefined && prompt.dropped >= 2);
    assert.deepEqual(responded[0]!.messages.slice(1), messages.slice(prompt.dropped));
    await chat({ messages }, deps, signal, silent);
    assert.equal(responded[1]!.messages.length, messages.length + 1);
  });

  it("leaves the client's system message and question unchanged if there is no context", async () => {
    const { deps, responded } = world(documentsOf());
    const messages: Message[] = [
      { role: "system", content: "Be brief." },
      user("Hi"),
      { role: "assistant", content: "Ho" },
      user(" Why?"),
    ];
    const { userContent } = await chat({ messages }, deps, signal, silent);
    assert.deepEqual(responded[0]!.messages, messages);
    assert.equal(responded[0]!.stableChars, undefined);
    assert.equal(userContent, " Why?");
  });

  it("collects and reports the reply", async () => {
    const toolCall = { name: "f", arguments: {} };
    const events = [
      { type: "reading" as const, read: 1, total: 2 },
      { type: "thought" as const, text: "H", tokens: 1 },
      { type: "thought" as const, text: "m", tokens: 2 },
      { type: "answer" as const, text: "Yes", tokens: 1 },
      { type: "answer" as const, text: ".", tokens: 2 },
      { type: "toolCall" as const, toolCall },
    ];
    const { deps } = world(documentsOf(), [...events, END]);
    const reported: unknown[] = [];
    const result = await chat({ messages: [user("?")] }, deps, signal, (progress) => reported.push(progress));
    assert.deepEqual(reported, [{ type: "prompt", userContent: "?" }, ...events]);
    const collected = { answer: "Yes.", thought: "Hm", toolCalls: [toolCall], stopReason: "stop", usage: USAGE };
    assert.deepEqual(result, { ...collected, userContent: "?" });
  });

  it("keeps the context in its place while tools are called", async () => {
    const { deps, responded } = world(documentsOf(document));
    const call: Message = { role: "assistant", content: "", toolCalls: [{ name: "f", arguments: {} }] };
    const messages = [user("Why?"), call, { role: "tool", content: "1" } as const];
    const { userContent } = await chat({ messages, context }, deps, signal, silent);
    assert.equal(userContent, `${BLOCK}\n\nWhy?`);
    assert.deepEqual(responded[0]!.messages.slice(1), [user(userContent), ...messages.slice(1)]);
    assert.equal(responded[0]!.stableChars, undefined);
  });

  it("turns thinking off for a budget of 0, and fills in the budget", async () => {
    const { deps, responded } = world(documentsOf());
    for (const thinking of [
      { mode: "on", budget: 0 },
      { mode: "off" },
      { mode: "on" },
      { mode: "on", budget: "unlimited" },
    ] as const)
      await chat({ messages: [user("?")], thinking }, deps, signal, silent);
    assert.deepEqual(
      responded.map(({ thinking }) => thinking),
      [{ mode: "off" }, { mode: "off" }, { mode: "on", budget: 1024 }, { mode: "on", budget: "unlimited" }],
    );
  });

  it("fits the context into half of the loaded context", async () => {
    const { deps } = world(documentsOf());
    const text = "word ".repeat(10_000);
    const params = { messages: [user("?")], context: [{ type: "text" as const, title: "T", text }] };
    const { userContent } = await chat(params, deps, signal, silent);
    assert.ok(userContent.length <= 500 * 4 && userContent.length > 450 * 4, `${userContent.length}`);
  });

  const invalid: [name: string, params: ChatParams][] = [
    ["an answer as the last message", { messages: [user("?"), { role: "assistant", content: "!" }] }],
    ["no messages", { messages: [] }],
    ["a system message further down", { messages: [user("?"), { role: "system", content: "" }, user("?")] }],
    ["tools with a schema", { messages: [user("?")], tools: [{ name: "f" }], responseSchema: {} }],
    ["context without a question", { messages: [{ role: "tool", content: "1" }], context }],
    ["an unknown kind of context", { messages: [user("?")], context: [{ type: "x" } as never] }],
  ];
  for (const [name, params] of invalid) {
    it(`refuses ${name}`, async () => {
      const { deps, responded } = world(documentsOf(document));
      await assert.rejects(chat(params, deps, signal, silent), { code: ErrorCodes.InvalidParams });
      assert.deepEqual(responded, []);
    });
  }
});

describe("features: prepare", () => {
  const earlier: Message[] = [user("Hi"), { role: "assistant", content: "Ho" }];

  for (const typed of ["", "Wh", "Why is"]) {
    it(`reads the beginning of what chat sends, with "${typed}" typed`, async () => {
      const { deps, responded, prepared } = world(documentsOf(document));
      const result = await prepare({ messages: [...earlier, user(typed)], context }, deps, signal);
      await chat({ messages: [...earlier, user("Why is it so?")], context }, deps, signal, silent);
      const [ahead, sent] = [prepared[0]!, responded[0]!];
      assert.deepEqual(result, { readTokens: 1, interrupted: false });
      assert.deepEqual(ahead.messages.slice(0, -1), sent.messages.slice(0, -1));
      assert.ok(sent.messages.at(-1)!.content.startsWith(ahead.messages.at(-1)!.content));
      assert.equal(ahead.stableChars, sent.stableChars);
    });
  }

  it("reads a conversation that waits for the user", async () => {
    const { deps, prepared } = world(documentsOf());
    await prepare({ messages: earlier }, deps, signal);
    assert.deepEqual(prepared[0]!.messages, [{ role: "system", content: SYSTEM_PROMPT }, ...earlier]);
  });
});
