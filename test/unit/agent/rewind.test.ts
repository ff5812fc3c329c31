/** Replies that cannot be carried out, and what is possible instead. */
import assert from "node:assert/strict";
import { callKey, type Fault, faultOf, type JudgeContext } from "../../../server/agent/judge.ts";
import { possibleCalls } from "../../../server/agent/possible.ts";
import { windowsIn } from "../../../server/agent/tools/shown.ts";
import { toolsFor } from "../../../server/agent/tools/tools.ts";
import type { ToolCall } from "../../../server/protocol.ts";
import { projectOf } from "./support.ts";

const call = (name: string, args: ToolCall["arguments"]): ToolCall => ({ name, arguments: args });
const SHOWN = windowsIn("File: a.ts\n1| one\n2| two\n3| three");

describe("a reply that cannot be carried out", () => {
  let context: JudgeContext;
  before(async () => {
    const { workspace } = await projectOf({ "a.ts": "one\ntwo\nthree\n", "b.ts": "x\n" });
    const made = new Set([callKey(call("run", { command: "make" })), callKey(call("read", { path: "a.ts", line: 1 }))]);
    context = { tools: toolsFor(workspace), workspace, shown: SHOWN, made: () => made };
  });
  const reason = async (name: string, args: ToolCall["arguments"]) =>
    (await faultOf({ text: "", calls: [call(name, args)] }, context))?.reason;

  it("has its reason", async () => {
    assert.equal(await reason("delete", {}), "unknownTool");
    assert.equal(await reason("read", {}), "badArguments");
    assert.equal(await reason("read", { path: "a.ts", extra: 1 }), "badArguments");
    assert.equal(await reason("read", { path: "a.ts", line: "one" }), "badArguments");
    assert.equal(await reason("read", { line: 1, path: "a.ts" }), "repeated");
    assert.equal(await reason("run", { command: "make" }), "repeated");
    assert.equal(await reason("create", { path: "a.ts", text: "" }), "exists");
    assert.equal(await reason("edit", { path: "a.ts", from: "4| four", to: "4| four", text: "" }), "notShown");
    assert.equal(await reason("edit", { path: "b.ts", from: "1| x", to: "1| x", text: "" }), "notShown");
    assert.deepEqual(await faultOf({ text: " ", calls: [] }, context), { reason: "empty" });
  });

  it("is not confused with one that can be carried out", async () => {
    assert.equal(await faultOf({ text: "Done.", calls: [] }, context), undefined);
    assert.equal(await reason("edit", { path: "./a.ts", from: "1| one", to: "2| two", text: "" }), undefined);
    assert.equal(await reason("create", { path: "c.ts", text: "" }), undefined);
    assert.equal(await reason("read", { path: "a.ts" }), undefined);
    // The tool itself reports this error.
    assert.equal(await reason("create", { path: "../c.ts", text: "" }), undefined);
  });

  const tools = toolsFor({ run: async () => ({}) });
  const instead = (fault: Fault, windows = SHOWN) => {
    const { calls, orText } = possibleCalls(fault, tools, windows);
    const named = calls.map(
      ({ name, parameters }) => [name, (parameters as { properties: object }).properties] as const,
    );
    return { calls: Object.fromEntries(named), orText };
  };

  it("leaves edits of shown lines possible", () => {
    const { calls, orText } = instead({ reason: "notShown", call: call("edit", { path: "b.ts" }) });
    const lines = { enum: ["1| one", "2| two", "3| three"] };
    assert.deepEqual(Object.keys(calls), ["read", "search", "edit", "create", "run"]);
    assert.deepEqual(calls.edit, { path: { enum: ["a.ts"] }, from: lines, to: lines, text: { type: "string" } });
    assert.deepEqual(calls.read, { path: { enum: ["a.ts"] } });
    assert.equal(orText, false);
    const long = windowsIn(["File: b.ts", ...Array.from({ length: 500 }, (_, i) => `${i + 1}| x`)].join("\n"));
    const { edit } = instead({ reason: "notShown" }, long).calls as { edit: { from: { enum: string[] } } };
    assert.ok(edit.from.enum.length <= 120);
  });

  it("leaves neither the same call nor impossible ones", () => {
    const none = instead({ reason: "unknownTool" }, []).calls;
    assert.deepEqual(Object.keys(none), ["read", "search", "create", "run"]);
    const again = instead({ reason: "repeated", call: call("run", { command: "make" }) });
    assert.deepEqual([Object.keys(again.calls), again.orText], [["read", "search", "edit", "create"], true]);
    const read = instead({ reason: "repeated", call: call("read", { path: "a.ts" }) });
    assert.deepEqual(Object.keys(read.calls), ["search", "edit", "create", "run"]);
    const made = instead({ reason: "exists", call: call("create", { path: "a.ts", text: "" }) });
    assert.deepEqual(Object.keys(made.calls), ["read", "search", "edit", "run"]);
  });
});
