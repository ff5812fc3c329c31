/** Comments that stand for omitted code, and comments that do not. */
import assert from "node:assert/strict";
import { elisionsIn, isElision } from "../../../../server/features/code/elisions.ts";

const BODY = [
  "function order(cart) {",
  "  check(cart);",
  "  const tax = 1;",
  "  save(cart, tax);",
  "  return tax;",
  "}",
];
const KNOWN = new Set(BODY.map((line) => line.trim()));

describe("features: lines that stand for omitted code", () => {
  const ELISIONS = [
    "// ... existing code ...",
    "// rest of the code remains the same",
    "/* unchanged */",
    "// (same as before)",
    "// [omitted]",
    "// --- snip ---",
    "# rest of the function",
    "<!-- existing content -->",
    "{/* rest of the markup */}",
    "-- remaining columns",
    "pass  # ... existing code ...",
    "...",
    "[…]",
    "<existing code>",
    "// Rest der Funktion bleibt unverändert",
    "// le reste du code",
    "// el resto del código sigue igual",
    "// il resto rimane invariato",
    "// 以下、既存のコード",
    "// 以下同じ",
    "// Hier bleibt der Code gleich",
    "// no other changes",
    "// no changes needed below",
    "// as above",
  ];
  for (const line of ELISIONS) it(line, () => assert.equal(isElision(`  ${line}`, "typescript", KNOWN), true));

  const OWN = [
    "// Ignore the other properties",
    "// Handle the remaining items here",
    "// existing users have no code yet",
    "// keep the original value",
    "// the rest is null",
    "// ...args are passed on",
    "// Loading...",
    "// previous state",
    "const rest = 1; // unchanged",
    "return other;",
    "",
  ];
  for (const line of OWN)
    it(`exclude ${line || "a blank line"}`, () => assert.equal(isElision(line, "typescript", KNOWN), false));

  it("exclude a comment that the file has itself", () => {
    assert.equal(isElision("// ... existing code ...", "typescript", new Set(["// ... existing code ..."])), false);
  });

  it("exclude three dots in Python, which are a body, unless code is missing there", () => {
    const before = ["def order(cart):", "    check(cart)", "    save(cart)", "    return 1"];
    assert.deepEqual(elisionsIn(["def order(cart):", "    check(cart)", "    ..."], before, "python"), new Set([2]));
    assert.deepEqual(
      elisionsIn(["def total(cart):", "    ..."], ["def total(cart):", "    pass"], "python"),
      new Set(),
    );
  });

  it("include three dots beside other statements of Python, which are no body", () => {
    const before = ["def order(cart):", "    check(cart)", "    save(cart)", "    return 1"];
    const lines = ["def order(cart):", "    check(cart)", "    ...", "    return 2"];
    assert.deepEqual(elisionsIn(lines, before, "python"), new Set([2]));
    const stubs = [
      "class A:",
      "    x: int",
      "",
      "    def f(self):",
      '        """Does."""',
      "        ...",
      "",
      "    y: int",
    ];
    assert.deepEqual(elisionsIn(stubs, ["class A:", "    pass"], "python"), new Set());
  });

  it("include a comment that says what belongs here, even when code follows it", () => {
    const lines = [...BODY.slice(0, 1), "  // Keep the existing steps here", "  return 2;", "}"];
    assert.deepEqual(elisionsIn(lines, BODY, "javascript"), new Set([1]));
    for (const own of ["// Keeps the existing order", "// Handle the remaining items here"])
      assert.deepEqual(elisionsIn(lines.with(1, `  ${own}`), BODY, "javascript"), new Set());
  });

  it("include an ambiguous comment where code is gone and only the comment is new", () => {
    const with_ = (comment: string, ...rest: string[]) => [...BODY.slice(0, 2), `  ${comment}`, ...rest, "}"];
    assert.deepEqual(elisionsIn(with_("// the other steps follow"), BODY, "javascript"), new Set([2]));
    assert.deepEqual(elisionsIn(with_("// the other steps follow", "  return 2;"), BODY, "javascript"), new Set());
  });

  it("exclude a heading when nothing is missing", () => {
    const lines = [...BODY.slice(0, 2), "  // other steps", ...BODY.slice(2)];
    assert.deepEqual(elisionsIn(lines, BODY, "javascript"), new Set());
  });

  it("take bounded time, however long a line is", () => {
    const read = (line: string) => {
      const original = RegExp.prototype.exec;
      let characters = 0;
      RegExp.prototype.exec = function (text: string) {
        characters += text.length;
        return original.call(this, text);
      };
      try {
        isElision(line, "javascript", KNOWN);
        elisionsIn([line], BODY, "javascript");
      } finally {
        RegExp.prototype.exec = original;
      }
      return characters;
    };
    for (const filling of [" ", "other ", "*", "."])
      for (const length of [1_000, 120_000]) assert.ok(read(`// ${filling.repeat(length)}x`) < 5_000);
  });
});
