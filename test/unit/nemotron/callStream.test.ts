import assert from "node:assert/strict";
import fc from "fast-check";
import type { CallFormat } from "../../../server/nemotron/dialect.ts";
import { callText, xmlCalls } from "../../../server/nemotron/dialects/nemotron3Tools.ts";
import { JSON_CALLS } from "../../../server/nemotron/jsonTools.ts";
import { pythonJson } from "../../../server/nemotron/pythonJson.ts";
import { toolCall } from "./conversations.ts";
import { cut } from "./replies.ts";

const places = fc.array(fc.nat(), { maxLength: 12 });

/** The calls that a block's parts add up to, each with the text of its arguments. */
function streamed(format: CallFormat, pieces: string[]): { name: string; text: string }[] {
  const stream = format.stream();
  const calls: { name: string; text: string }[] = [];
  for (const { index, name, text } of [...pieces.flatMap((piece) => stream.push(piece)), ...stream.end()]) {
    if (name !== undefined) {
      assert.equal(index, calls.length);
      calls.push({ name, text });
    } else calls[index]!.text += text;
  }
  return calls;
}

const read = (calls: { name: string; text: string }[]) =>
  calls.map(({ name, text }) => ({ name, arguments: JSON.parse(text) }));

function assertSame(format: CallFormat, block: string, places: number[]): void {
  const whole = format.parse(block);
  assert.ok(whole, block);
  assert.deepEqual(read(streamed(format, [block])), whole);
  assert.deepEqual(read(streamed(format, cut(block, places))), whole);
  assert.deepEqual(read(streamed(format, block.split(""))), whole);
}

describe("nemotron: calls while they are being written", () => {
  it("add up to the block's calls, in JSON, however the text is cut", () => {
    fc.assert(
      fc.property(fc.array(toolCall), places, (calls, places) => assertSame(JSON_CALLS, pythonJson(calls), places)),
    );
    for (const block of [
      '{"name": "a", "arguments": {"b": {"c": [1, "}]\\""]}}}',
      '[{"arguments": {"b": 1}, "name": "a"}, {"name": "b"}]',
      String.raw`[{"name": "a\"\u00e4", "arguments": "{\"b\": \"\\n\"}"}]`,
      '[{"id": {"name": "x", "arguments": {}}, "name": "a", "arguments": {}, "more": [{"name": "y"}]}]',
      '\n[ {"name" : "a" ,\n"arguments" : { } } ]\n',
      "[]",
    ])
      assertSame(JSON_CALLS, block, [3, 9]);
  });

  it("add up to the block's calls, in the Nemotron 3 format", () => {
    const properties = { text: { type: "string" }, count: { type: "integer" }, maybe: { type: ["string", "null"] } };
    const format = xmlCalls([{ name: "f", parameters: { type: "object", properties } }]);
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom(
        "\n",
        "\n\na\n",
        "\r\nb\r\n",
        "</parameter>",
        "a </parameter>\n<parameter",
        "None",
        "</function>",
      ),
    );
    const args = fc.record({ text: value, count: fc.integer(), maybe: value, other: value }, { requiredKeys: [] });
    fc.assert(
      fc.property(args, places, (args, places) => {
        const block = callText({ name: "f", arguments: args });
        fc.pre(format.parse(block) !== undefined);
        assertSame(format, block, places);
      }),
      { numRuns: 2000 },
    );
    assertSame(format, '[{"name": "f", "arguments": {"text": "<function=x>"}}]', [4]);
    assertSame(format, "<function=f></function>", [4]);
  });

  it("come early: the name before the arguments, and a long text piece by piece", () => {
    for (const [format, begin] of [
      [JSON_CALLS, '[{"name": "f", "arguments": {"text": "'],
      [xmlCalls([]), "\n<function=f>\n<parameter=text>\n"],
    ] as const) {
      const stream = format.stream();
      assert.equal(stream.push(begin)[0]?.name, "f");
      for (const word of ["one ", "two ", "three "]) assert.deepEqual(stream.push(word), [{ index: 0, text: word }]);
    }
  });

  it("never throw, whatever the model writes", () => {
    const anything = fc.array(
      fc.oneof(
        fc.string(),
        fc.constantFrom(
          '{"name": "a"',
          '"arguments": {',
          "[",
          "]",
          "}",
          "<function=f>",
          "<parameter=a>",
          "</parameter>",
        ),
      ),
    );
    fc.assert(
      fc.property(anything, (pieces) => {
        for (const format of [JSON_CALLS, xmlCalls([])]) {
          const stream = format.stream();
          for (const piece of pieces) stream.push(piece);
          stream.end();
        }
      }),
    );
  });
});
