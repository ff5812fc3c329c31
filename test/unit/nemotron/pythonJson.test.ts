import assert from "node:assert/strict";
import fc from "fast-check";
import { pythonJson } from "../../../server/nemotron/pythonJson.ts";

describe("nemotron: JSON as Python writes it", () => {
  it("has the same value as the JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
        assert.deepEqual(JSON.parse(pythonJson(value)), JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("has a space after commas and colons, and does not escape characters", () => {
    assert.equal(pythonJson({ a: [1, 2.5, null], "ü🙂": { b: true } }), '{"a": [1, 2.5, null], "ü🙂": {"b": true}}');
    assert.equal(pythonJson([[], {}]), "[[], {}]");
  });

  it("changes nothing inside strings", () => {
    assert.equal(
      pythonJson({ s: '{"a":1,"b":[2,3]}\n\u0001\u007f' }),
      String.raw`{"s": "{\"a\":1,\"b\":[2,3]}\n\u0001`.concat('\u007f"}'),
    );
  });

  it("treats odd keys as data, and leaves out undefined values", () => {
    assert.equal(pythonJson(JSON.parse('{"__proto__":{"x":1}}')), '{"__proto__": {"x": 1}}');
    assert.equal(pythonJson({ a: undefined, b: 1 }), '{"b": 1}');
    assert.equal(pythonJson([undefined]), "[null]");
  });
});
