import assert from "node:assert/strict";
import fc from "fast-check";
import { indentCode } from "../../../../src/edit/indentCode.ts";

describe("code that is inserted from the chat", () => {
  const CODE = "if (a) {\n  b();\n\n}";
  const cases: [
    name: string,
    code: string,
    before: string,
    replaced: string | undefined,
    unit: string,
    text: string,
  ][] = [
    ["at the margin", CODE, "", undefined, "  ", CODE],
    ["in an indented line", CODE, "    ", undefined, "  ", "if (a) {\n      b();\n\n    }"],
    ["behind code", CODE, "  x = ", undefined, "  ", "if (a) {\n    b();\n\n  }"],
    ["in place of whole lines", CODE, "", "    c();\n    d();", "  ", "    if (a) {\n      b();\n\n    }"],
    ["in place of a line from its code on", CODE, "\t", "c();", "\t", "if (a) {\n\t\tb();\n\n\t}"],
    ["from deeper in the answer", "    a\n      b", "  ", undefined, "  ", "a\n    b"],
    ["in four spaces for two", CODE, "", undefined, "    ", "if (a) {\n    b();\n\n}"],
    ["in spaces for tabs", "a:\n\tb:\n\t\tc", "  ", undefined, "  ", "a:\n    b:\n      c"],
    ["aligned by single spaces", "f(a,\n  b,\n   c)", "", undefined, "\t", "f(a,\n  b,\n   c)"],
    ["with Windows' line endings", "a\r\nb", "  ", undefined, "  ", "a\n  b"],
    ["blank", "\n", "  ", undefined, "  ", "\n"],
  ];
  for (const [name, code, before, replaced, unit, text] of cases)
    it(name, () => assert.equal(indentCode(code, { before, replaced, unit }), text));

  it("keeps its lines, whatever is around it", () => {
    const line = fc.constantFrom("a", "  b", "\tc", "", "    d");
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), fc.constantFrom("", "  ", "\t", "x = "), (lines, before) => {
        const text = indentCode(lines.join("\n"), { before, unit: "  " });
        assert.deepEqual(
          text.split("\n").map((line) => line.trim()),
          lines.map((line) => line.trim()),
        );
      }),
    );
  });
});
