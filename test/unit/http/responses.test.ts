import assert from "node:assert/strict";
import { ApiError } from "../../../server/http/exchange/errors.ts";
import { itemsOf, parseBody } from "../../../server/http/responses/body.ts";
import { requestOf } from "../../../server/http/responses/request.ts";
import { ResponseStore } from "../../../server/http/responses/store.ts";

function request(given: object) {
  const body = parseBody({ input: "a", ...given });
  return requestOf(body, itemsOf(body));
}
const user = (content: unknown) => ({ role: "user", content });
const call = (id: string, args = "{}") => ({ type: "function_call", call_id: id, name: `f_${id}`, arguments: args });
const output = (id: string, output: unknown = id) => ({ type: "function_call_output", call_id: id, output });

describe("http: OpenAI's Responses", () => {
  it("become the engine's messages: turns of texts and calls, results in the order of the calls", () => {
    const input = [
      { role: "developer", content: [{ type: "input_text", text: "Rules." }] },
      user([
        { type: "input_text", text: "a" },
        { type: "input_image", image_url: "data:," },
      ]),
      { type: "reasoning", summary: [], encrypted_content: "x" },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "b" }] },
      call("1"),
      { type: "custom_tool_call", call_id: "2", name: "patch", input: "*** Begin" },
      { type: "custom_tool_call_output", call_id: "2", output: [{ type: "input_text", text: "two" }] },
      output("1", "one"),
      call("3", '{"cut": '),
      output("3", "Error"),
      { role: "system", content: "Reminder." },
      user("c"),
    ];
    assert.deepEqual(request({ input, instructions: "Be kind." }).messages, [
      { role: "system", content: "Be kind.\n\nRules." },
      { role: "user", content: "a\n[A part of the type input_image was here. This model reads text alone.]" },
      {
        role: "assistant",
        content: "b",
        toolCalls: [
          { name: "f_1", arguments: {} },
          { name: "patch", arguments: { input: "*** Begin" } },
        ],
      },
      { role: "tool", content: "one" },
      { role: "tool", content: "two" },
      { role: "assistant", content: "", toolCalls: [{ name: "f_3", arguments: { input: '{"cut": ' } }] },
      { role: "tool", content: "Error" },
      { role: "user", content: "<system>\nReminder.\n</system>" },
      { role: "user", content: "c" },
    ]);
  });

  it("put a system message among calls and results behind the results", () => {
    const { messages } = request({
      input: [
        user("a"),
        call("1"),
        { role: "system", content: "b" },
        call("2"),
        output("1"),
        { role: "developer", content: "d" },
        output("2"),
        user("c"),
      ],
    });
    assert.deepEqual(
      messages.map(({ role, content }) => [role, content]),
      [
        ["user", "a"],
        ["assistant", ""],
        ["tool", "1"],
        ["tool", "2"],
        ["user", "<system>\nb\n</system>"],
        ["user", "<system>\nd\n</system>"],
        ["user", "c"],
      ],
    );
    assert.throws(() => request({ input: [user("a"), call("1"), { role: "system", content: "b" }] }), ApiError);
  });

  it("have tools that can be called here, and a budget by their effort", () => {
    const grammar = { type: "grammar", syntax: "lark", definition: "start: /.+/" };
    const { tools } = request({
      tools: [{ type: "custom", name: "patch", description: "Patches.", format: grammar }, { type: "web_search" }],
    });
    const parameters = { type: "object", properties: { input: { type: "string" } }, required: ["input"] };
    assert.deepEqual(tools, [{ name: "patch", description: "Patches.\n\nstart: /.+/", parameters }]);
    assert.deepEqual(request({}).thinking, { mode: "on", budget: 2048 });
    assert.deepEqual(request({ reasoning: { effort: "none" } }).thinking, { mode: "off" });
    assert.deepEqual(request({ reasoning: { effort: "xhigh" } }).thinking, { mode: "on", budget: "unlimited" });
    assert.throws(() => request({ tool_choice: { type: "file_search" } }), ApiError);
    assert.throws(() => request({ tools: [{ type: "function" }] }), ApiError);
  });

  it("are kept for their client alone, and the oldest make room", () => {
    const store = new ResponseStore();
    store.set("large", "me", [user("x".repeat(20 * 1024 ** 2))]);
    store.set("a", "me", [user("a")]);
    assert.deepEqual(store.get("a", "me"), [user("a")]);
    assert.equal(store.get("a", "you"), undefined);
    store.set("larger", "me", [user("x".repeat(20 * 1024 ** 2))]);
    assert.equal(store.get("large", "me"), undefined);
    assert.ok(store.get("a", "me") && store.get("larger", "me"));
    for (let i = 0; i < 128; i++) store.set(`${i}`, "me", []);
    assert.equal(store.get("a", "me"), undefined);
    assert.ok(store.get("127", "me"));
  });
});
