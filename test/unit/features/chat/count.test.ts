import assert from "node:assert/strict";
import { ErrorCodes } from "vscode-languageserver";
import { chat } from "../../../../server/features/chat/chat.ts";
import { count } from "../../../../server/features/chat/count.ts";
import type { ContextItem, Message } from "../../../../server/protocol.ts";
import { countTokens, documentOf, documentsOf, FOLDER, signal, world } from "../support.ts";

const user = (content: string): Message => ({ role: "user", content });
const document = documentOf("a();\n");

describe("features: count", () => {
  it("counts what chat sends: the whole prompt, each message, each context item", async () => {
    const { deps, responded } = world(documentsOf(document));
    const context: ContextItem[] = [
      { type: "file", uri: document.uri },
      { type: "diagnostics", uri: document.uri, diagnostics: [] },
      { type: "text", title: "Log", text: "word ".repeat(10_000) },
    ];
    const params = {
      messages: [user("Hi"), { role: "assistant", content: "Hello, you." } as const, user("Why?")],
      context,
    };
    const counted = await count(params, deps, signal);
    await chat(params, deps, signal, () => {});
    assert.deepEqual(responded.length, 1, "counting asks for no reply");
    assert.equal(counted.promptTokens, await deps.engine.countPrompt(responded[0]!));
    assert.equal(counted.contextTokens, 1000);
    assert.deepEqual(counted.messages, await countTokens(["Hi", "Hello, you.", "Why?"]));
    const [file, problems, log] = counted.context;
    assert.deepEqual(file, { tokens: Math.ceil("File: cart.ts\n```typescript\na();\n```\n\n".length / 4), cut: false });
    assert.deepEqual(problems, { tokens: 0, cut: false });
    assert.ok(log!.cut && log!.tokens > 400 && log!.tokens < 500, JSON.stringify(log));
  });

  it("says that an item without room is cut, with no tokens", async () => {
    const { deps } = world(documentsOf());
    const context = Array.from(
      { length: 200 },
      (_, i): ContextItem => ({ type: "text", title: `T${i}`, text: "x ".repeat(99) }),
    );
    const { context: counted } = await count({ messages: [user("")], context }, deps, signal);
    assert.equal(counted.length, 200);
    assert.deepEqual(counted.at(-1), { tokens: 0, cut: true });
  });

  it("counts a tool's calls with the message that made them", async () => {
    const { deps } = world(documentsOf());
    const call: Message = {
      role: "assistant",
      content: "",
      toolCalls: [{ name: "read_file", arguments: { path: "a.ts" } }],
    };
    const { messages } = await count({ messages: [user("Read."), call, { role: "tool", content: "1" }] }, deps, signal);
    assert.ok(messages[1]! > 10, `${messages}`);
  });

  it("throws when chat could not send the messages either", async () => {
    const { deps } = world(documentsOf());
    const context: ContextItem[] = [{ type: "file", uri: `${FOLDER}/none.ts` }];
    await assert.rejects(count({ messages: [user("?")], context }, deps, signal), { code: "unreadable" });
    const orphan = { messages: [{ role: "tool", content: "1" } as const], context };
    await assert.rejects(count(orphan, deps, signal), { code: ErrorCodes.InvalidParams });
  });
});
