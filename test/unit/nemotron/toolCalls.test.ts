import assert from "node:assert/strict";
import fc from "fast-check";
import { pythonJson } from "../../../server/nemotron/pythonJson.ts";
import { parseToolCalls } from "../../../server/nemotron/toolCalls.ts";
import { toolCall } from "./conversations.ts";

describe("nemotron: tool calls", () => {
  it("are read back from the prompt", () => {
    fc.assert(
      fc.property(fc.array(toolCall), (calls) => {
        assert.deepEqual(parseToolCalls(pythonJson(calls)), JSON.parse(JSON.stringify(calls)));
      }),
    );
  });

  it("can be one call without brackets, with arguments as a string of JSON, or without arguments", () => {
    assert.deepEqual(parseToolCalls('{"name": "a", "arguments": {"b": {"c": [1]}}}'), [
      { name: "a", arguments: { b: { c: [1] } } },
    ]);
    assert.deepEqual(parseToolCalls(String.raw`[{"name": "a", "arguments": "{\"b\": 1}"}]`), [
      { name: "a", arguments: { b: 1 } },
    ]);
    assert.deepEqual(parseToolCalls('\n[{"name": "a"}]\n'), [{ name: "a", arguments: {} }]);
    assert.deepEqual(parseToolCalls("[]"), []);
  });

  it("are refused as a whole if any part is not valid", () => {
    for (const text of [
      "",
      "null",
      "3",
      '"a"',
      "[null]",
      "[[]]",
      "{}",
      '[{"name": 1, "arguments": {}}]',
      '[{"name": "", "arguments": {}}]',
      '[{"name": "a", "arguments": []}]',
      '[{"name": "a", "arguments": null}]',
      '[{"name": "a", "arguments": "no"}]',
      `[{"name": "a", "arguments": {"b": ${"[".repeat(64)}${"]".repeat(64)}}}]`,
      '[{"name": "a", "arguments": "[1]"}]',
      '[{"name": "a", "arguments": {}}, 1]',
      '[{"name": "a", "arguments": {}}',
      '{{"name": "a"}}',
    ]) {
      assert.equal(parseToolCalls(text), undefined, text);
    }
  });

  it("can have odd keys, which are data", () => {
    const [call] = parseToolCalls('[{"name": "a", "arguments": {"__proto__": {"x": 1}, "constructor": 2}}]') ?? [];
    assert.deepEqual(Object.keys(call?.arguments ?? {}), ["__proto__", "constructor"]);
    assert.equal(({} as Record<string, unknown>).x, undefined);
    // A name from the prototype does not count.
    assert.equal(parseToolCalls('{"__proto__": {"name": "a"}}'), undefined);
  });

  it("never make the parser throw", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void parseToolCalls(text)));
    fc.assert(fc.property(fc.json(), (text) => void parseToolCalls(text)));
    parseToolCalls("[".repeat(1_000_000));
    parseToolCalls(`{"name":"a","arguments":${'{"b":'.repeat(100_000)}1${"}".repeat(100_000)}}`);
  });
});
