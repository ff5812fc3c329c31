import assert from "node:assert/strict";
import fc from "fast-check";
import { callText, xmlCalls } from "../../../server/nemotron/dialects/nemotron3Tools.ts";
import type { Tool } from "../../../server/protocol.ts";
import { plainText, read } from "./replies.ts";

const types = (properties: Record<string, object>): Tool[] => [
  { name: "f", parameters: { type: "object", properties } },
];
const parse = (block: string, tools: Tool[] = []) => xmlCalls(tools).parse(block);

describe("nemotron-3: tool calls", () => {
  it("are read back from the prompt, given the tool's schema", () => {
    const key = fc.stringMatching(/^[a-z][a-z_0-9]{0,8}$/);
    const value = fc.oneof(
      fc.tuple(fc.constant("string"), plainText),
      fc.tuple(fc.constant("integer"), fc.integer()),
      fc.tuple(fc.constant("number"), fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 1e15 })),
      fc.tuple(fc.constant("boolean"), fc.boolean()),
      fc.tuple(fc.constant("object"), fc.dictionary(key, fc.jsonValue())),
      fc.tuple(fc.constant("array"), fc.array(fc.jsonValue())),
    );
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 4 }), (parameters) => {
        const entries = Object.entries(parameters);
        const args = Object.fromEntries(entries.map(([name, [, value]]) => [name, value]));
        fc.pre(!/<\/?(parameter|function)/.test(JSON.stringify(args)));
        const tools = types(Object.fromEntries(entries.map(([name, [type]]) => [name, { type }])));
        const calls = parse(callText({ name: "f", arguments: args }), tools);
        assert.deepEqual(calls, JSON.parse(JSON.stringify([{ name: "f", arguments: args }])));
      }),
    );
  });

  it("have text values for strings and for parameters that the schema does not know", () => {
    const block = "<function=f>\n<parameter=a>\n12\n</parameter>\n<parameter=b>\n12\n</parameter>\n</function>";
    assert.deepEqual(parse(block, types({ a: { type: "string" } })), [{ name: "f", arguments: { a: "12", b: "12" } }]);
    assert.deepEqual(parse(block, types({ b: { type: ["integer", "null"] } })), [
      { name: "f", arguments: { a: "12", b: 12 } },
    ]);
  });

  it("have text for a value that is nested too deeply to be passed on", () => {
    const deep = `${"[".repeat(6000)}${"]".repeat(6000)}`;
    const block = `<function=f><parameter=a>${deep}</parameter></function>`;
    assert.deepEqual(parse(block, types({ a: { type: "array" } })), [{ name: "f", arguments: { a: deep } }]);
  });

  it("have null and booleans as Python writes them, and unions", () => {
    const block =
      "<function=f><parameter=a>None</parameter><parameter=b>True</parameter><parameter=c>[1]</parameter></function>";
    const tools = types({
      a: { anyOf: [{ type: "string" }, { type: "null" }] },
      b: { type: "boolean" },
      c: { oneOf: [{ type: "array" }, { type: "number" }] },
    });
    assert.deepEqual(parse(block, tools), [{ name: "f", arguments: { a: null, b: true, c: [1] } }]);
  });

  it("keep the lines of a value, and the tags in it", () => {
    const code = "\n  if (a) {\n    // </parameter> or <function=x>\n  }\n";
    const block = `\n<function=write>\n<parameter=text>\n${code}\n</parameter>\n<parameter=path>\na.ts\n</parameter>\n</function>\n`;
    assert.deepEqual(parse(block), [{ name: "write", arguments: { text: code, path: "a.ts" } }]);
  });

  it("can be in JSON too", () => {
    assert.deepEqual(parse('\n{"name": "f", "arguments": {"a": 1}}\n'), [{ name: "f", arguments: { a: 1 } }]);
  });

  it("are refused as a whole if any part is not valid", () => {
    for (const block of [
      "",
      '{"name": "f",',
      "<function=f>",
      "<function=f>\n<parameter=a>\n1\n</function>",
      "<function=f>\n<parameter=a>\n1\n</parameter>\nand so on</function>",
      "<function=>\n</function>",
      "Hm. <function=f>\n</function>",
    ])
      assert.equal(parse(block), undefined, block);
  });

  it("are removed from a reply, block by block; invalid ones are reported", () => {
    const options = { thinking: true, tools: true, calls: xmlCalls([]) };
    const call = (name: string) => `<tool_call>\n<function=${name}>\n</function>\n</tool_call>`;
    assert.deepEqual(read(options, [`Hm.\n</think>\nLook:\n${call("a")}\n${call("b")}\n`]), [
      { type: "thought", text: "Hm." },
      { type: "answer", text: "Look:" },
      { type: "toolCall", toolCall: { name: "a", arguments: {} } },
      { type: "toolCall", toolCall: { name: "b", arguments: {} } },
    ]);
    assert.deepEqual(read({ ...options, thinking: false }, ["<tool_call>\nno call\n</tool_call>"]), [
      { type: "brokenCall", isCut: false },
    ]);
    // A call in another dialect is text here.
    const other = '<TOOLCALL>[{"name": "a"}]</TOOLCALL>';
    assert.deepEqual(read({ ...options, thinking: false }, [other]), [{ type: "answer", text: other }]);
  });

  it("are the same however the reply is cut", () => {
    const pieces = [
      "<tool_call>",
      "</tool_call>",
      "\n<function=f>\n",
      "</function>\n",
      "<parameter=a>\n1\n</parameter>\n",
      "<tool",
      "x",
      "</think>",
      "\n",
    ];
    const reply = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(reply, fc.boolean(), (reply, thinking) => {
        const options = { thinking, tools: true, calls: xmlCalls([]) };
        assert.deepEqual(read(options, reply.split("")), read(options, [reply]));
      }),
      { numRuns: 1000 },
    );
  });
});
