import assert from "node:assert/strict";
import { ApiError } from "../../../server/http/exchange/errors.ts";
import { parseBody } from "../../../server/http/messages/body.ts";
import { requestOf } from "../../../server/http/messages/request.ts";

const request = (more: object) =>
  requestOf(parseBody({ max_tokens: 9, messages: [{ role: "user", content: "a" }], ...more }));
const messages = (...given: [role: string, content: unknown][]) =>
  request({ messages: given.map(([role, content]) => ({ role, content })) }).messages;
const use = (id: string) => ({ type: "tool_use", id, name: `tool_${id}`, input: { a: id } });
const result = (id: string, content?: unknown, more = {}) => ({
  type: "tool_result",
  tool_use_id: id,
  content,
  ...more,
});
const text = (text: string) => ({ type: "text", text });
const image = { type: "image", source: { type: "base64", data: "AA==" } };

describe("http: Anthropic's messages", () => {
  it("become the engine's, with results in the order of the calls and before other text", () => {
    assert.deepEqual(
      messages(
        ["user", [text("a"), text("b")]],
        ["assistant", [{ type: "thinking", thinking: "Hm." }, { type: "redacted_thinking", data: "x" }, text("c")]],
        ["assistant", [use("1"), use("2")]],
        ["user", [text("d"), result("2", [text("two"), text("more")])]],
        ["user", [result("1", "one", { is_error: true })]],
        ["system", "Reminder."],
        ["user", "e"],
      ),
      [
        { role: "user", content: "a\nb" },
        {
          role: "assistant",
          content: "c",
          toolCalls: [
            { name: "tool_1", arguments: { a: "1" } },
            { name: "tool_2", arguments: { a: "2" } },
          ],
        },
        { role: "tool", content: "Error: one" },
        { role: "tool", content: "two\nmore" },
        { role: "user", content: "d" },
        { role: "user", content: "<system>\nReminder.\n</system>" },
        { role: "user", content: "e" },
      ],
    );
  });

  it("put a system message among calls and results behind the results", () => {
    const called = [
      { role: "user", content: "a" },
      {
        role: "assistant",
        content: "",
        toolCalls: [
          { name: "tool_1", arguments: { a: "1" } },
          { name: "tool_2", arguments: { a: "2" } },
        ],
      },
      { role: "tool", content: "one" },
      { role: "tool", content: "two" },
    ];
    const both = ["assistant", [use("1"), use("2")]] as [string, unknown];
    const reminder = "<system>\nReminder.\n</system>";
    assert.deepEqual(
      messages(["user", "a"], both, ["system", "Reminder."], ["user", [result("1", "one"), result("2", "two")]]),
      [...called, { role: "user", content: reminder }],
    );
    assert.deepEqual(
      messages(
        ["user", "a"],
        both,
        ["user", [result("1", "one")]],
        ["system", "Reminder."],
        ["user", [result("2", "two"), text("b")]],
      ),
      [...called, { role: "user", content: `${reminder}\nb` }],
    );
    assert.throws(() => messages(["user", "a"], both, ["system", "Reminder."]), /must be followed by its result/);
  });

  it("say in words what the model cannot read", () => {
    const said = "[A part of the type image was here. This model reads text alone.]";
    assert.deepEqual(messages(["user", [image]]), [{ role: "user", content: said }]);
    const [, , answered] = messages(["user", "a"], ["assistant", [use("1")]], ["user", [result("1", [image])]]);
    assert.deepEqual(answered, { role: "tool", content: said });
    const document = { type: "document", source: { type: "text", data: "Chapter 1" } };
    assert.equal(messages(["user", [document]])[0]!.content, "Chapter 1");
    assert.equal(messages(["user", "a"], ["assistant", [use("1")]], ["user", [result("1")]])[2]!.content, "");
  });

  it("keep out of the system prompt what changes with each request, and nothing else", () => {
    const system = (given: unknown) => request({ system: given }).messages[0]!.content;
    const billing = "x-anthropic-billing-header: cc_version=2.1; cch=00af3;";
    assert.equal(system([text(billing), text("Be kind.")]), "Be kind.");
    assert.equal(system(`${billing}\nBe kind.`), "Be kind.");
    assert.equal(system("A\n  Today's date: 2026-12-01\nB\nCurrent time is 12:00.\nC"), "A\nB\nC");
    assert.equal(system("Never guess today's date: ask."), "Never guess today's date: ask.");
    assert.equal(request({ system: [text(billing)] }).messages[0]!.role, "user");
  });

  it("have their thinking, sampling, and form", () => {
    const thinking = (given: unknown, effort?: string) =>
      request({ thinking: given, output_config: { effort } }).thinking;
    assert.deepEqual(thinking(undefined), { mode: "off" });
    assert.deepEqual(thinking({ type: "disabled" }), { mode: "off" });
    assert.deepEqual(thinking({ type: "enabled", budget_tokens: 1500 }), { mode: "on", budget: 1500 });
    assert.deepEqual(thinking({ type: "enabled", budget_tokens: 0 }), { mode: "off" });
    assert.deepEqual(thinking({ type: "adaptive" }), { mode: "on", budget: 2048 });
    assert.deepEqual(thinking({ type: "adaptive" }, "low"), { mode: "on", budget: 512 });
    assert.deepEqual(thinking({ type: "adaptive" }, "constructor"), { mode: "on", budget: 2048 });
    const schema = { type: "object" };
    const { responseSchema, maxReplyTokens, sampling } = request({
      output_config: { format: { type: "json_schema", schema } },
      stop_sequences: ["x"],
      top_k: 5,
    });
    assert.deepEqual([responseSchema, maxReplyTokens, sampling!.stop, sampling!.topK], [schema, 9, ["x"], 5]);
    const tools = [
      { name: "a", input_schema: schema },
      { type: "custom", name: "b" },
      { type: "bash_20250124", name: "c" },
    ];
    const formed = request({ tools, tool_choice: { type: "any", disable_parallel_tool_use: true } });
    assert.deepEqual(formed.tools, [{ name: "a", parameters: schema }, { name: "b" }]);
    assert.deepEqual([formed.toolChoice, formed.singleCall], ["required", true]);
  });

  it("are refused with the parameter at fault", () => {
    for (const [content, param] of [
      [[use("1"), use("1"), { type: "tool_use", id: "2", name: "x", input: [] }], "messages[1].content[2].input"],
      [[{ type: "tool_use", name: "x", input: {} }], "messages[1].content[0].id"],
      [[{ type: "text" }], "messages[1].content[0].text"],
    ] as const)
      assert.throws(
        () => messages(["user", "a"], ["assistant", content], ["user", "b"]),
        (error: ApiError) => error instanceof ApiError && error.param === param,
      );
  });
});
