/** Calls in parts: what of them need not be sampled, and their grammar. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { CallGuide, commonStart, replyForms } from "../../../../server/engine/process/callForm.ts";
import { anyOf, callGrammar } from "../../../../server/engine/process/callGrammar.ts";
import { JSON_CALLS } from "../../../../server/nemotron/jsonTools.ts";
import { pythonJson } from "../../../../server/nemotron/pythonJson.ts";
import type { Tool } from "../../../../server/protocol.ts";

const tool = (name: string, properties: Record<string, object>): Tool => ({
  name,
  parameters: { type: "object", properties, additionalProperties: false },
});
const LINES = { enum: ["1| one", "2| two", '20| "twenty"', "21| x"] };
const edit = tool("edit", { path: { enum: ["a.ts"] }, from: LINES, text: { type: "string", description: "new" } });
const read = tool("read", { path: { enum: ["src/a.ts", "src/b.ts"] } });
const guideFor = (calls: Tool[], { single = true, orText = false } = {}) =>
  new CallGuide(replyForms(JSON_CALLS, { calls, single, orText }));

describe("the form of a call", () => {
  it("leaves to the model only what it can choose", () => {
    const guide = guideFor([edit, read]);
    assert.equal(guide.advance(), '<TOOLCALL>[{"name": "');
    guide.push("ed");
    assert.equal(guide.advance(), 'it", "arguments": {"path": "a.ts", "from": "');
    guide.push("2");
    assert.equal(guide.advance(), "");
    guide.push("0|");
    assert.equal(guide.advance(), ' \\"twenty\\"", "text": "');
    for (const piece of ["say \\", '"hi\\', "\\ ", "\\u0041"]) {
      guide.push(piece);
      assert.equal(guide.advance(), "");
    }
    assert.equal(guide.isDone, false);
    guide.push('"');
    assert.equal(guide.advance(), "}}]</TOOLCALL>");
    assert.equal(guide.isDone, true);
  });

  it("takes what comes after a choice in the same token", () => {
    const guide = guideFor([tool("set", { on: { enum: [true, false] }, name: { type: "string" } })]);
    assert.equal(guide.advance(), '<TOOLCALL>[{"name": "set", "arguments": {"on": ');
    guide.push('true, "na');
    assert.equal(guide.advance(), 'me": "');
    guide.push('x"}');
    assert.equal(guide.advance(), "}]</TOOLCALL>");
  });

  it("leaves a text instead of a call, further calls and other values to the grammar", () => {
    const either = guideFor([read], { orText: true });
    assert.equal(either.advance(), "");
    either.push("<");
    assert.match(either.advance(), /^TOOLCALL>/);
    const text = guideFor([read], { orText: true });
    text.push("No");
    assert.deepEqual([text.advance(), text.isDone], ["", false]);
    const many = guideFor([tool("a", { x: { const: 1 } })], { single: false });
    assert.equal(many.advance(), '<TOOLCALL>[{"name": "a", "arguments": {"x": 1}}');
    assert.deepEqual([many.advance(), many.isDone], ["", false]);
    const value = guideFor([tool("a", { x: { type: "integer" }, y: { const: 1 } })]);
    value.advance();
    value.push('12, "y"');
    assert.equal(value.advance(), "");
    // One of these numbers begins another.
    const numbers = guideFor([tool("a", { x: { enum: [1, 12] } })]);
    assert.match(numbers.advance(), /"x": $/);
    numbers.push("1");
    assert.equal(numbers.advance(), "");
  });

  it("forces nothing but the call itself, however the text is cut", () => {
    const string = fc.string({ unit: "binary", maxLength: 12 });
    const properties = fc.array(
      fc.tuple(fc.uniqueArray(string, { minLength: 1, maxLength: 6 }), fc.boolean(), fc.nat()),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(properties, fc.infiniteStream(fc.integer({ min: 1, max: 5 })), (chosen, cuts) => {
        const schema = chosen.map(([options, isFree]) => (isFree ? { type: "string" } : { enum: options }));
        const values = chosen.map(([options, , i]) => options[i % options.length]!);
        const named = <T>(list: T[]) => Object.fromEntries(list.map((one, i) => [`p${i}`, one]));
        const guide = guideFor([tool("a", named(schema)), tool("b", {})]);
        const call = `<TOOLCALL>[${pythonJson({ name: "a", arguments: named(values) })}]</TOOLCALL>`;
        let written = guide.advance();
        while (!guide.isDone && written.length < call.length) {
          assert.ok(call.startsWith(written));
          const piece = call.slice(written.length, written.length + cuts.next().value!);
          guide.push(piece);
          written += piece + guide.advance();
        }
        assert.deepEqual([written, guide.isDone], [call, true]);
      }),
    );
  });

  it("has a grammar in which equal parts share a rule, and texts their beginning", async () => {
    const both = tool("edit", { from: LINES, to: LINES, size: { type: "integer" } });
    const forms = replyForms(JSON_CALLS, { calls: [both], single: false, orText: true });
    const grammar = await callGrammar(forms, async () => 'json ::= digit+ "json"\ndigit ::= [a-z0-9"]');
    assert.equal(grammar.match(/twenty/g)?.length, 1);
    assert.match(grammar, /^root ::= "<TOOLCALL>\[.* \| prose$/m);
    assert.match(grammar, /^part-1-json ::= part-1-digit\+ "json"\npart-1-digit ::= \[a-z0-9"\]$/m);
    assert.equal(anyOf(["12| a", "13| b", "2"]), '("1" ("2| a" | "3| b") | "2")');
    assert.equal(anyOf(['a"\\', "a\nb"]), '"a" ("\\"\\\\" | "\\nb")');
  });

  it("cuts no character in two", () => {
    assert.equal(commonStart(["a😀", "a😁"]), "a");
    assert.equal(commonStart(["ab", "ab"]), "ab");
    assert.equal(commonStart([]), "");
  });
});
