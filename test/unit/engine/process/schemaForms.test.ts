import assert from "node:assert/strict";
import { EngineError } from "../../../../server/engine/engine.ts";
import { supportedSchema } from "../../../../server/engine/process/schemaForms.ts";

describe("engine: schemas", () => {
  it("keeps what grammars support", () => {
    const schema = {
      type: "object",
      properties: { a: { type: "string", maxLength: 3 }, b: { enum: [1, 2] }, c: { const: "x" } },
      additionalProperties: false,
    };
    assert.deepEqual(supportedSchema(schema), schema);
  });

  it("rewrites forms that the library would read as null or as anything", () => {
    const any = {
      oneOf: [
        { type: "object", additionalProperties: true },
        { type: "array" },
        { type: ["string", "number", "boolean", "null"] },
      ],
    };
    for (const [given, expected] of [
      [{}, any],
      [{ description: "whatever" }, any],
      [{ anyOf: [{ type: "null" }, { type: "string" }] }, { oneOf: [{ type: "null" }, { type: "string" }] }],
      [
        { type: ["array", "null"], items: { type: "null" } },
        { oneOf: [{ type: "array", items: { type: "null" } }, { type: "null" }] },
      ],
      [{ allOf: [{ type: "string" }], description: "x" }, { type: "string" }],
      [{ type: "object" }, { type: "object", properties: {}, additionalProperties: true }],
      [{ properties: { a: true } }, { type: "object", properties: { a: any }, additionalProperties: false }],
      [{ items: { type: "integer", minimum: 3 } }, { type: "array", items: { type: "integer" } }],
      [{ type: "string", pattern: "^a", format: "email" }, { type: "string" }],
      [
        { type: "string", format: "date" },
        { type: "string", format: "date" },
      ],
      [
        { $ref: "#/definitions/N", definitions: { N: { type: "null" } } },
        { $ref: "#/$defs/N", $defs: { N: { type: "null" } } },
      ],
    ])
      assert.deepEqual(supportedSchema(given), expected, JSON.stringify(given));
  });

  it("refuses what cannot be enforced, and names the place", () => {
    let deep: object = { type: "null" };
    for (let i = 0; i < 100; i++) deep = { type: "array", items: deep };
    for (const [given, what] of [
      [[], /must be an object/],
      [{ type: "nothing" }, /the schema has the unknown type "nothing"/],
      [{ type: "object", properties: { a: { not: {} } } }, /a uses "not"/],
      [{ type: "object", properties: { a: { items: { $ref: "#/$defs/b" } } } }, /a\.items refers to "#\/\$defs\/b"/],
      [{ $ref: "https://example.com/schema" }, /not in \$defs/],
      [{ anyOf: [] }, /anyOf .* not empty/],
      [{ enum: [] }, /enum .* not empty/],
      [{ allOf: [{}, {}] }, /more than one/],
      [{ type: "string", maxLength: 1e6 }, /maxLength of the schema must be a whole number up to 2000/],
      [{ type: "array", minItems: -1 }, /minItems/],
      [deep, /nested too deeply/],
      [{ enum: ["x".repeat(200_000)] }, /too large/],
    ] as const)
      assert.throws(
        () => supportedSchema(given),
        (error) => error instanceof EngineError && error.code === "badSchema" && what.test(error.message),
        String(what),
      );
  });
});
