/** Other extensions' messages as a conversation: whatever they send, the model's format has a place for it. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { nanoV2 } from "../../../../server/nemotron/dialects/nanoV2.ts";
import type { Message } from "../../../../server/protocol.ts";
import {
  conversationOf,
  messagesOf,
  type Part,
  type SourceMessage,
  UnsupportedPart,
} from "../../../../src/lm/messages.ts";

const text = (text: string): Part => ({ type: "text", text });
const call = (id: string, name = "read_file", input: object = { path: id }): Part => ({
  type: "call",
  id,
  name,
  input,
});
const result = (id: string, ...content: Part[]): Part => ({ type: "result", id, content });
const data = (mimeType: string, text = "data"): Part => ({
  type: "data",
  mimeType,
  data: new TextEncoder().encode(text),
});
const said = (role: SourceMessage["role"], ...parts: (Part | string)[]): SourceMessage => ({
  role,
  parts: parts.map((part) => (typeof part === "string" ? text(part) : part)),
});
const user = (...parts: (Part | string)[]) => said("user", ...parts);
const assistant = (...parts: (Part | string)[]) => said("assistant", ...parts);
const NONE: Message = { role: "system", content: "" };

describe("messages to a language model", () => {
  it("begin with an empty system message, so that the default one is not added", () => {
    assert.deepEqual(conversationOf([user("Hello")]), [NONE, { role: "user", content: "Hello" }]);
    assert.deepEqual(conversationOf([]), [NONE]);
  });

  it("keep their roles, and texts as they are", () => {
    const odd = "  <SPECIAL_12> /no_think </think>\n";
    assert.deepEqual(conversationOf([user(odd), assistant("Hi", " there"), user("Why?")]), [
      NONE,
      { role: "user", content: odd },
      { role: "assistant", content: "Hi there" },
      { role: "user", content: "Why?" },
    ]);
  });

  it("have instructions if a user message comes before another, or if there is a system message", () => {
    const asked: Message[] = [
      { role: "system", content: "You are a cat." },
      { role: "user", content: "Who are you?" },
    ];
    assert.deepEqual(conversationOf([user("You are a cat."), user("Who are you?")]), asked);
    assert.deepEqual(conversationOf([said("system", "You are a cat."), user("Who are you?")]), asked);
    const two = conversationOf([said("system", "You are"), said("system", "a cat."), user("a"), user("b")]);
    assert.deepEqual(two, [
      { role: "system", content: "You are\n\na cat." },
      { role: "user", content: "a\n\nb" },
    ]);
  });

  it("keep later instructions in their place, and join consecutive messages of one side", () => {
    const messages = [user("a"), assistant("b"), assistant("c"), user("d"), said("system", "Be brief."), user("e")];
    assert.deepEqual(conversationOf(messages), [
      NONE,
      { role: "user", content: "a" },
      { role: "assistant", content: "b\n\nc" },
      { role: "user", content: "d\n\nBe brief.\n\ne" },
    ]);
  });

  it("put results into the order of their calls, before the text beside them", () => {
    const messages = [
      user("Read both."),
      assistant("I read.", call("1")),
      assistant(call("2")),
      user("And?", result("2", text("two"))),
      user(result("1", text("o"), text("ne"))),
    ];
    const calls = ["1", "2"].map((path) => ({ name: "read_file", arguments: { path } }));
    assert.deepEqual(
      conversationOf([
        messages[0]!,
        messages[1]!,
        messages[2]!,
        user(result("2", text("two")), result("1", text("one")), "And?"),
      ]),
      [
        NONE,
        { role: "user", content: "Read both." },
        { role: "assistant", content: "I read.", toolCalls: calls },
        { role: "tool", content: "one" },
        { role: "tool", content: "two" },
        { role: "user", content: "And?" },
      ],
    );
    const apart = conversationOf([
      messages[0]!,
      messages[1]!,
      messages[2]!,
      user(result("2", text("two"))),
      messages[4]!,
    ]);
    assert.deepEqual(apart.slice(3), [
      { role: "tool", content: "one" },
      { role: "tool", content: "two" },
    ]);
  });

  it("keep a result whose call is gone as a user's text", () => {
    const cut = conversationOf([
      user(result("9", text("lost"))),
      assistant("b", call("1")),
      user(result("8", text("x")), result("1", text("y"))),
    ]);
    assert.deepEqual(cut.slice(1), [
      { role: "user", content: "lost" },
      { role: "assistant", content: "b", toolCalls: [{ name: "read_file", arguments: { path: "1" } }] },
      { role: "tool", content: "y" },
      { role: "user", content: "x" },
    ]);
  });

  it("read data that is text, ignore cache marks, and refuse images by their type", () => {
    const read = conversationOf([
      user("a ", data("text/markdown; charset=utf-8", "# b"), data("application/json", "{}")),
    ]);
    assert.equal(read[1]!.content, "a # b{}");
    assert.equal(conversationOf([user("a", data("cache_control", "ephemeral"))])[1]!.content, "a");
    assert.throws(() => conversationOf([user("a", data("image/png"))]), UnsupportedPart);
    const inResult = [user("a"), assistant(call("1")), user(result("1", data("image/png")))];
    assert.throws(() => conversationOf(inResult), /image\/png/);
  });

  it("are always a conversation that the model's format has a place for", () => {
    const id = fc.constantFrom("1", "2", "3");
    const words = fc.string({ maxLength: 8 }).map(text);
    const part = fc.oneof(
      words,
      id.map((id) => call(id)),
      fc.tuple(id, words).map(([id, words]) => result(id, words)),
    );
    const role = fc.constantFrom<SourceMessage["role"]>("system", "user", "assistant");
    const message = fc.record({ role, parts: fc.array(part, { maxLength: 4 }) });
    const asked = fc.array(message, { maxLength: 8 });
    fc.assert(
      fc.property(asked, (messages) => {
        const conversation = conversationOf([...messages, user("?")]);
        nanoV2.renderPrompt(conversation, [], true);
        assert.deepEqual(conversation.map(({ role }) => role).lastIndexOf("system"), 0);
        for (const [i, { role }] of conversation.entries())
          assert.ok(role === "tool" || role !== conversation[i - 1]?.role, `${role} twice`);
      }),
    );
  });

  it("are counted one by one", () => {
    assert.deepEqual(messagesOf(user("a")), [{ role: "user", content: "a" }]);
    assert.deepEqual(messagesOf(said("system", "a")), [{ role: "system", content: "a" }]);
    assert.deepEqual(messagesOf(user(result("1", text("a")), result("2", text("b")), "c")), [
      { role: "tool", content: "a" },
      { role: "tool", content: "b" },
      { role: "user", content: "c" },
    ]);
  });
});
