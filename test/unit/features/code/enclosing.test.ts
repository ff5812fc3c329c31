import assert from "node:assert/strict";
import fc from "fast-check";
import type { Position, TextDocument } from "vscode-languageserver-textdocument";
import { enclosingRange } from "../../../../server/features/code/enclosing.ts";
import { outlineOf } from "../../../../server/features/code/outline.ts";
import { documentAndRange, documentOf, grammars } from "../support.ts";

const rangeAt = async (document: TextDocument, position: Position) =>
  enclosingRange(await outlineOf(grammars, document.languageId, document.getText()), document, position);

describe("features: the symbol around a position", () => {
  // The cursor is at |. The symbol goes from the line of « to the line of », or is the cursor's line.
  const cases: [name: string, language: string, text: string][] = [
    ["a function", "typescript", "a();\n«function f() {\n  |x();\n}»\nb();"],
    ["the line of the declaration", "typescript", "«function f() {|\n  x();\n}»"],
    ["the closing line", "typescript", "«function f() {\n  x();\n|}»"],
    ["a method", "typescript", "class A {\n«  f(): void {\n    |x();\n  }»\n\n  g() {}\n}"],
    ["a private method", "typescript", "class A {\n«  #f() {\n    |x();\n  }»\n}"],
    ["a generator", "typescript", "class A {\n«  *f() {\n    |x();\n  }»\n}"],
    ["a class's field", "typescript", "«class A {\n  |x = 1;\n  f() {\n  }\n}»"],
    ["an arrow function", "typescript", "«export const f = async (a: string) => {\n  |x();\n};»"],
    ["a handler in a function", "typescript", "«function f() {\n  list.forEach((x) => {\n    |y(x);\n  });\n}»"],
    ["a branch", "typescript", "«function f() {\n  if (a) {\n    b();\n  } else {\n    |c();\n  }\n}»"],
    ["parameters on lines of their own", "typescript", "«function f(\n  a: string,\n): void {\n  |x();\n}»"],
    ["a method with such parameters", "typescript", "class A {\n«  f(\n    a: string,\n  ) {\n    |x();\n  }»\n}"],
    ["a call with arguments on lines of their own", "typescript", "f(\n  |a,\n  b,\n);"],
    ["comments and decorators above", "typescript", "«/**\n * Says |x.\n */\n@once\nfunction f() {\n  x();\n}»"],
    ["a comment that stands further out", "typescript", "«function f() {\n  x();\n// y();\n  |z();\n}»"],
    ["nothing around", "typescript", "a();\n|b();\n"],
    ["a blank line in a function", "typescript", "«function f() {\n  x();\n|\n  y();\n}»"],
    ["a blank line between functions", "typescript", "function f() {\n  x();\n}\n|\nfunction g() {\n}"],
    [
      "a method in Python",
      "python",
      "class A:\n«    @once\n    def f(self):\n        |x()\n\n        y()»\n\n    def g(self):\n        pass",
    ],
    ["Python's long parameters", "python", "«def f(\n    a,\n):\n    |x()»\n\ny()"],
    ["braces on their own lines", "csharp", "class A\n{\n«    public void F(int a)\n    {\n        |X();\n    }»\n}"],
    ["a method in Java", "java", "class A {\n«    public List<String> f(int a) throws E {\n        |x();\n    }»\n}"],
    ["C with directives", "c", "«static int f(int a) {\n  x();\n#ifdef B\n  |y();\n#endif\n}»"],
    ["a method in Go", "go", "«func (a *A) F() error {\n\t|x()\n}»"],
    ["Rust", "rust", "impl A {\n«    #[inline]\n    pub(crate) fn f(&self) -> B {\n        |x\n    }»\n}"],
    ["Ruby", "ruby", "class A\n«  def f\n    |x\n  end»\nend"],
    ["a shell function", "shellscript", "«f() {\n  |x\n}»"],
    ["a rule by id", "css", "«#a {\n  |g: h;\n}»"],
    ["a rule", "css", "a { b: c }\n«.d .e {\n  |g: h;\n}»"],
  ];
  for (const [name, language, marked] of cases) {
    it(`finds ${name}`, async () => {
      const document = documentOf(marked.replace(/[«»|]/g, ""), language);
      const cursor = document.positionAt(marked.replace(/[«»]/g, "").indexOf("|"));
      const lines = marked.split("\n");
      const first = lines.findIndex((line) => line.includes(marked.includes("«") ? "«" : "|"));
      const last = lines.findIndex((line) => line.includes(marked.includes("»") ? "»" : "|"));
      const end = { line: last, character: document.getText().split("\n")[last]!.length };
      assert.deepEqual(await rangeAt(document, cursor), { start: { line: first, character: 0 }, end });
    });
  }

  it("is only the line when the symbol is very long", async () => {
    const document = documentOf(`class A {\n${"  x = 1;\n".repeat(500)}}`);
    const line = { line: 250, character: 3 };
    assert.deepEqual(await rangeAt(document, line), {
      start: { ...line, character: 0 },
      end: { ...line, character: 8 },
    });
  });

  it("contains the position in any text", async () => {
    await fc.assert(
      fc.asyncProperty(documentAndRange, async ({ document, range: { start } }) => {
        const found = await rangeAt(document, start);
        assert.ok(found.start.line <= start.line && found.end.line >= start.line);
      }),
    );
  });
});
