import assert from "node:assert/strict";
import fc from "fast-check";
import { parseBody } from "../../../server/http/chat/body.ts";
import { conversationOf } from "../../../server/http/chat/conversation.ts";
import { ApiError } from "../../../server/http/exchange/errors.ts";
import { llamaNemotron15 } from "../../../server/nemotron/dialects/llamaNemotron.ts";
import { nanoV2 } from "../../../server/nemotron/dialects/nanoV2.ts";
import { nemotron3 } from "../../../server/nemotron/dialects/nemotron3.ts";

const conversation = (messages: object[]) => conversationOf(parseBody({ messages }).messages);
const user = (content: unknown) => ({ role: "user", content });
const assistant = (content: unknown, more = {}) => ({ role: "assistant", content, ...more });
const call = (id: string, args = "{}") => ({ id, type: "function", function: { name: `tool_${id}`, arguments: args } });
const result = (id: string, content = id) => ({ role: "tool", tool_call_id: id, content });

/** A list that counts how often it is read. */
function counted<T extends object>(list: T[]) {
  let reads = 0;
  const proxy = new Proxy(list, {
    get: (target, key, receiver) => {
      reads++;
      return Reflect.get(target, key, receiver);
    },
  });
  return { list: proxy, reads: () => reads };
}

/** An object in JSON with this many nested lists and objects. */
const nested = (depth: number) => `{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;

describe("http: messages", () => {
  it("joins system and developer messages, and removes the thinking switch", () => {
    const { messages, thinking } = conversation([
      { role: "system", content: "Be brief. /no_think" },
      { role: "developer", content: [{ type: "text", text: "Be kind." }] },
      user("Hello"),
    ]);
    assert.deepEqual(messages, [
      { role: "system", content: "Be brief. \n\nBe kind." },
      { role: "user", content: "Hello" },
    ]);
    assert.equal(thinking, false);
  });

  it("leaves out a system message that is only the switch", () => {
    assert.deepEqual(conversation([{ role: "system", content: "/think" }, user("a")]), {
      messages: [{ role: "user", content: "a" }],
      thinking: true,
    });
  });

  it("obeys the last switch, and only switches that are whole words", () => {
    const thinking = (content: string) => conversation([{ role: "system", content }, user("a")]).thinking;
    assert.equal(thinking("/think\n/no_think"), false);
    assert.equal(thinking("/no_think then /think"), true);
    for (const text of ["src/think.ts", "</think>", "/thinking", "a/no_think", "/no_think."])
      assert.equal(thinking(text), undefined, text);
  });

  it("never changes what users say", () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom("/think", "/no_think", "<think>", "</think>"), (text, word) => {
        const said = `${text} ${word} ${text}`;
        const { messages, thinking } = conversation([user(said)]);
        assert.deepEqual([messages[0]?.content, thinking], [said, undefined]);
      }),
    );
  });

  it("drops past thoughts, in their own field or in the text, and nothing else", () => {
    const past = (message: object) => conversation([user("a"), message, user("b")]).messages[1]?.content;
    assert.equal(past(assistant("Yes", { reasoning_content: "Hm" })), "Yes");
    assert.equal(past(assistant("<think>\nHm\n</think>\n\nYes")), "Yes");
    assert.equal(past(assistant("\n<think></think>Yes")), "Yes");
    assert.equal(past(assistant("<think>Hm, and no end")), "");
    assert.equal(past(assistant("The tag `</think>` ends it")), "The tag `</think>` ends it");
    assert.equal(past(assistant("It begins with <think> and </think>")), "It begins with <think> and </think>");
  });

  it("puts tool results into the order of the calls", () => {
    const { messages } = conversation([
      user("a"),
      assistant(null, { tool_calls: [call("x", '{"n": 1}'), call("y", "")] }),
      result("y"),
      result("x"),
    ]);
    assert.deepEqual(messages.slice(1), [
      {
        role: "assistant",
        content: "",
        toolCalls: [
          { name: "tool_x", arguments: { n: 1 } },
          { name: "tool_y", arguments: {} },
        ],
      },
      { role: "tool", content: "x" },
      { role: "tool", content: "y" },
    ]);
  });

  it("walks a history a few times and no more, however long it is", () => {
    const COUNT = 2000;
    const turns = (turn: (i: number) => object[]) => Array.from({ length: COUNT }, (_, i) => turn(i)).flat();
    const calls = Array.from({ length: COUNT }, (_, i) => call(`${i}`));
    for (const messages of [
      turns(() => [user("a"), assistant("b")]),
      turns((i) => [user("a"), assistant(null, { tool_calls: [call(`${i}`)] }), result(`${i}`)]),
      [user("a"), assistant(null, { tool_calls: calls }), ...calls.map(({ id }) => result(id)).reverse()],
      turns(() => [{ role: "system", content: "a" }]),
    ]) {
      const { messages: given } = parseBody({ messages: [...messages, user("b")] });
      const walked = counted(given);
      const said = conversationOf(walked.list).messages;
      assert.ok(walked.reads() < 20 * given.length, `${walked.reads()} reads of ${given.length} messages`);
      for (const { renderPrompt } of [nanoV2, nemotron3, llamaNemotron15]) {
        const rendered = counted(said);
        renderPrompt(rendered.list, [], true);
        assert.ok(rendered.reads() < 20 * given.length, `${rendered.reads()} reads of ${said.length} messages`);
      }
    }
  });

  it("names the message and the field that is at fault", () => {
    const calls = { tool_calls: [call("x")] };
    for (const [messages, param] of [
      [[user("a"), assistant(null, calls), result("z")], "messages[2].tool_call_id"],
      [[user("a"), assistant(null, calls), user("b")], "messages[1].tool_calls"],
      [[user("a"), assistant(null, calls), result("x"), result("x")], "messages[3].tool_call_id"],
      [
        [user("a"), assistant(null, { tool_calls: [call("x", "[1]")] }), result("x")],
        "messages[1].tool_calls[0].function.arguments",
      ],
      [
        [user("a"), assistant(null, { tool_calls: [call("x", nested(65))] }), result("x")],
        "messages[1].tool_calls[0].function.arguments",
      ],
      [[result("x")], "messages[0].role"],
      [[user([{ type: "input_audio" }])], "messages[0].content[0].type"],
      [[user([{ type: "text" }])], "messages[0].content[0].text"],
      [[user("a"), { role: "system", content: "b" }, user("c")], "messages[1].role"],
      [[{ role: "system", content: "b" }], "messages[0].role"],
      [[user(7)], "messages[0].content"],
    ] as const)
      assert.throws(
        () => conversation([...messages]),
        (error) => error instanceof ApiError && error.status === 400 && error.param === param,
        param,
      );
  });
});
