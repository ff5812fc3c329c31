import assert from "node:assert/strict";
import { outlineOf, outlineOfPart } from "../../../../server/features/code/outline.ts";
import type { Declaration } from "../../../../server/features/code/outlineTypes.ts";
import { grammars } from "../support.ts";

/** `name first-last`, 1-based, with its children in brackets. */
const written = (declarations: readonly Declaration[]): string =>
  declarations
    .map(({ name, first, last, children }) => {
      const inside = children.length > 0 ? ` [${written(children)}]` : "";
      return `${name} ${first + 1}-${last + 1}${inside}`;
    })
    .join(", ");

const TEXTS: [languageId: string, lines: string[], outline: string][] = [
  [
    "typescript",
    [
      'import { a } from "b";',
      "/** A class. */",
      "@Injectable()",
      "export class Cart<T> extends Base {",
      "  private items: T[] = [];",
      "  static #count = 0;",
      "  get size() { return 1; }",
      "",
      "  // Puts.",
      "  put(item: T): void {",
      "    const x = 1;",
      "  }",
      "}",
      "export const twice = (n: number) => {",
      "  const inner = () => 2;",
      "  let y = 3;",
      "  function named() {}",
      "  return n * 2;",
      "};",
      "function over(a: string): void;",
      "function over(a: number): void;",
      "function over(a: unknown) {}",
      "export type T = { a: number };",
      "interface I {",
      "  a(): void;",
      "}",
      "enum E { A }",
      "const a = 1, b = 2;",
      "export default function main() {}",
      'describe("x", () => {',
      "  const y = 1;",
      "  function helper() {}",
      "});",
    ],
    'Cart 2-13 [items 5-5, #count 6-6, get size 7-7, put 9-12], twice 14-19 [inner 15-15, named 17-17], over 20-22, T 23-23, I 24-26 [a 25-25], E 27-27, a, b 28-28, main 29-29, "x" 30-33 [y 31-31, helper 32-32]',
  ],
  [
    "python",
    [
      "import a",
      "LIMIT = 1",
      "",
      "# Puts.",
      "@app.route(",
      '    "/x"',
      ")",
      "def f(a):",
      "    b = 1",
      "    def g():",
      "        pass",
      "    return b",
      "",
      "class A(B):",
      '    """Doc."""',
      "    x: int = 1",
      "",
      "    @property",
      "    def p(self):",
      "        return 1",
    ],
    "LIMIT 2-2, f 5-12 [g 10-11], A 14-20 [x 16-16, p 18-20]",
  ],
  [
    "go",
    [
      "package a",
      "",
      "// Cart holds.",
      "type Cart struct {",
      "\tn int",
      "}",
      "",
      "func (c *Cart) Put(x int) {",
      "}",
      "func total() int {",
      "\tx := 1",
      "\treturn x",
      "}",
      "const (",
      "\tA = 1",
      "\tB = 2",
      ")",
      "var c = 1",
    ],
    "Cart 3-6, Cart.Put 8-9, total 10-13, A, B 14-17, c 18-18",
  ],
  [
    "rust",
    [
      "use a;",
      "#[derive(Debug)]",
      "struct A { x: u8 }",
      "impl A {",
      "    /// Doc.",
      "    fn f(&self) {",
      "    }",
      "}",
      "impl Show for A {",
      "}",
      "const N: u8 = 1;",
    ],
    "A 2-3, A 4-8 [f 5-7], Show for A 9-10, N 11-11",
  ],
  [
    "java",
    ["package a;", "class A {", "  private int n = 1;", "  @Override", "  public void f() {", "  }", "  A() {}", "}"],
    "A 2-8 [n 3-3, f 4-6, A 7-7]",
  ],
  [
    "cpp",
    [
      "#include <a>",
      "namespace n {",
      "int f(int a) {",
      "  return a;",
      "}",
      "class A {",
      "  void g() {}",
      "};",
      "}",
      "template <class T>",
      "T h(T t) {",
      "  return t;",
      "}",
      "void A::put() {",
      "}",
    ],
    "n 2-9 [f 3-5, A 6-8 [g 7-7]], h 10-13, A::put 14-15",
  ],
  [
    "csharp",
    [
      "using A;",
      "namespace N {",
      "  class A {",
      "    [Test]",
      "    public int F() => 1;",
      "    int x = 1;",
      "    public int P { get; set; }",
      "  }",
      "}",
    ],
    "N 2-9 [A 3-8 [F 4-5, x 6-6, P 7-7]]",
  ],
  [
    "php",
    ["<?php", "function f() {", "}", "class A {", "  private $x = 1;", "  public function g() {", "  }", "}"],
    "f 2-3, A 4-8 [$x 5-5, g 6-7]",
  ],
  [
    "ruby",
    ["class A", "  X = 1", "  def f(a)", "    a", "  end", "  def self.g", "  end", "end"],
    "A 1-8 [X 2-2, f 3-5, g 6-7]",
  ],
  ["shellscript", ["# Doc.", "f() {", "  local a=1", "}", "function g {", "  echo", "}"], "f 1-4, g 5-7"],
  [
    "powershell",
    ["function Get-A {", "  1", "}", "class B {", "  [int] F() { return 1 }", "}"],
    "Get-A 1-3, B 4-6 [F 5-5]",
  ],
  [
    "css",
    ["a, b {", "  color: red;", "}", "@media print {", "  c {", "  }", "}"],
    "a, b 1-3, @media print 4-7 [c 5-6]",
  ],
  [
    "kotlin",
    ["class A {", "    fun f(x: Int): Int {", "        return x", "    }", "}", "fun g() {", "}"],
    "A 1-5 [f 2-4], g 6-7",
  ],
];

describe("features: outlines", () => {
  for (const [languageId, lines, outline] of TEXTS) {
    it(`describe ${languageId}`, async () => {
      assert.equal(written((await outlineOf(grammars, languageId, lines.join("\n"))).declarations), outline);
    });
  }

  it("recognise methods without their class", async () => {
    const parts: [languageId: string, text: string, outline: string][] = [
      ["typescript", "isEven(n: number) {\n  return n % 2 === 0;\n}\n\nprivate x = 1;", "isEven 1-3, x 5-5"],
      ["javascript", "async put(a) {\n}", "put 1-2"],
      ["java", "public int f() {\n  return 1;\n}", "f 1-3"],
      ["csharp", "public int F() {\n  return 1;\n}", "F 1-3"],
      ["php", "public function f() {\n  return 1;\n}", "f 1-3"],
      ["php", "function f() {\n  return 1;\n}", "f 1-3"],
      ["typescript", "function f() {\n}", "f 1-2"],
    ];
    for (const [languageId, text, outline] of parts)
      assert.equal(written((await outlineOfPart(grammars, languageId, text)).declarations), outline, text);
  });

  it("leave out declarations that share a line with a sibling", async () => {
    const text = "function a() {} function b() {}\nfunction c() {}\n";
    assert.equal(written((await outlineOf(grammars, "javascript", text)).declarations), "c 2-2");
  });
});
