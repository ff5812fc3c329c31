/** A diff in place of code, as models write it. */
import assert from "node:assert/strict";
import { withinSelection } from "../../../../server/features/passages/placeBlocks.ts";
import { isDiff, passagesOf } from "../../../../server/features/reading/diffs.ts";
import { linesOf } from "../../../../server/features/text/lines.ts";
import { selectionOf } from "../../../../server/features/text/selection.ts";
import { documentOf, linesRange } from "../support.ts";

const CODE = "function b() {\n  const x = 2;\n  return x;\n}";
const PASSAGE = { search: linesOf(CODE), replacement: linesOf(CODE.replace("2", "20")) };

describe("features: diffs in place of code", () => {
  const diffs: [name: string, diff: string][] = [
    ["in standard form", " function b() {\n-  const x = 2;\n+  const x = 20;\n   return x;\n }"],
    ["without the space before context lines", "function b() {\n-  const x = 2;\n+  const x = 20;\n  return x;\n}"],
    ["with a space behind each sign", "function b() {\n-   const x = 2;\n+   const x = 20;\n  return x;\n}"],
  ];
  for (const [name, diff] of diffs)
    it(`are read ${name}, whatever their language is called`, () => {
      assert.ok(isDiff(diff, "js", CODE));
      assert.deepEqual(passagesOf(diff, CODE), [PASSAGE]);
    });

  it("are not lists with these signs as bullets", () => {
    assert.ok(!isDiff("- one\n+ two\n- three", "markdown", "- one\n- three"));
    assert.ok(!isDiff("const a =\n  b\n  - c;", "js", "const a = b - c;"));
  });

  it("leave out the lines around the selection", () => {
    const text = `a();\n\n${CODE}\n\nc();\n`;
    const document = documentOf(text, "javascript");
    const selection = selectionOf(document, linesRange(document, 3, 6));
    const [above, below] = [
      ["a();", ""],
      ["", "c();"],
    ];
    const wide = (lines: string[]) => [...above, ...lines, ...below];
    const block = { search: wide(PASSAGE.search), replacement: wide(PASSAGE.replacement) };
    assert.deepEqual(withinSelection(block, linesOf(text), selection), PASSAGE);
    const other = { search: ["b();", ...PASSAGE.search], replacement: ["b();", ...PASSAGE.replacement] };
    assert.deepEqual(withinSelection(other, linesOf(text), selection), other);
  });
});
