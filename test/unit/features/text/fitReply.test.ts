import assert from "node:assert/strict";
import fc from "fast-check";
import { TextDocument } from "vscode-languageserver-textdocument";
import { fitReply } from "../../../../server/features/text/fitReply.ts";
import { convertIndentation, indentationUnit } from "../../../../server/features/text/indentation.ts";
import { linesOf } from "../../../../server/features/text/lines.ts";
import { selectionOf } from "../../../../server/features/text/selection.ts";
import { toTextEdits } from "../../../../server/features/text/textEdits.ts";
import { documentAndRange, documentOf, range } from "../support.ts";

/** The document after an edit for which the model replies with this code. */
function edited(text: string, [line, character, endLine, endCharacter]: number[], code: string, language = ""): string {
  const document = documentOf(text);
  const selection = selectionOf(document, range(line!, character!, endLine!, endCharacter!));
  const fitted = fitReply(code, selection, indentationUnit(linesOf(text)), language);
  return TextDocument.applyEdits(document, toTextEdits(document, selection.range, fitted));
}

const TABS = "class A {\n\tput(x) {\n\t\tif (x) {\n\t\t\treturn 1;\n\t\t}\n\t}\n}\n";
const SPACES = "class A {\n    put(x) {\n        return 1;\n    }\n}\n";
const DOCUMENTED = SPACES.replace("    put", "    /**\n     * Two.\n     */\n    put").replace("1", "2");
const LOOP = "def f():\n    for a in x:\n        b()\n        c()\n";
const IFDEF = "f() {\n  if (x) {\n    a();\n#ifdef B\n    b();\n#endif\n  }\n}\n";
const RAW = 'f() {\n  if (x) {\n    auto s = R"(\na\n  b\n)";\n  }\n}\n';
const PRE = "<div>\n  <div>\n    <pre>\na\n  b</pre>\n    <p>c</p>\n  </div>\n</div>\n";
const PUT = "put(x) {\n  return 2;\n}";

describe("features: fitting a reply", () => {
  it("changes nothing when the model returns what it was shown", () => {
    fc.assert(
      fc.property(documentAndRange, ({ document, range }) => {
        const selection = selectionOf(document, range);
        if (selection.text.trim() === "") return;
        const fitted = fitReply(selection.text, selection, indentationUnit(linesOf(document.getText())));
        assert.deepEqual(toTextEdits(document, range, fitted), []);
      }),
      { numRuns: 2000 },
    );
  });

  it("accepts any indentation of the whole reply", () => {
    const code = fc.array(fc.constantFrom("a {", "  b;", "    c;", "", "}")).map((lines) => ["a {", ...lines]);
    fc.assert(
      fc.property(code, fc.constantFrom("  ", "\t", "        "), (lines, by) => {
        const deeper = lines.map((line) => (line === "" ? line : by + line)).join("\n");
        assert.equal(edited(SPACES, [1, 0, 3, 5], deeper), edited(SPACES, [1, 0, 3, 5], lines.join("\n")));
      }),
    );
  });

  const cases: [name: string, text: string, range: number[], code: string, after: string][] = [
    [
      "one line continues on others",
      "const a = f();\n",
      [0, 0, 0, 14],
      "const a = f()\n  .then(b);",
      "const a = f()\n  .then(b);\n",
    ],
    ["an item gets items of its own", "- a\n- b\n", [1, 0, 1, 3], "- b\n  - x", "- a\n- b\n  - x\n"],
    ["recipes in an empty file", "", [0, 0, 0, 0], "all: a\n\techo a\n\techo b", "all: a\n\techo a\n\techo b"],
    ["a chain in a block", "f {\n  a = b;\n}\n", [1, 2, 1, 8], "a = b\n  .c();", "f {\n  a = b\n    .c();\n}\n"],
    ["two spaces become four", SPACES, [1, 0, 3, 5], PUT, SPACES.replace("1", "2")],
    ["two spaces become tabs", TABS, [1, 0, 5, 2], PUT, "class A {\n\tput(x) {\n\t\treturn 2;\n\t}\n}\n"],
    ["tabs become four spaces", SPACES, [1, 0, 3, 5], PUT.replace("  ", "\t"), SPACES.replace("1", "2")],
    ["a selection that starts behind the indentation", SPACES, [1, 4, 3, 5], PUT, SPACES.replace("1", "2")],
    ["a selection that starts in the indentation", SPACES, [1, 2, 3, 5], PUT, SPACES.replace("1", "2")],
    ["a selection with its final newline", SPACES, [1, 0, 4, 0], PUT, SPACES.replace("1", "2")],
    ["a reply with blank lines around it", SPACES, [1, 0, 4, 0], `\n${PUT}\n\n`, SPACES.replace("1", "2")],
    ["blank lines around the selection", "\n\na\n\n\nb", [0, 0, 5, 0], "A", "\n\nA\n\n\nb"],
    ["a part of a line", "  f(a, b);\n", [0, 4, 0, 8], "b, a", "  f(b, a);\n"],
    [
      "a part of a line, as in the file",
      "f {\n  a = f(b);\n}\n",
      [1, 6, 1, 10],
      "f(\n    b,\n  )",
      "f {\n  a = f(\n    b,\n  );\n}\n",
    ],
    ["a part of a line with its spaces", "f( a );", [0, 2, 0, 5], "b", "f( b );"],
    [
      "a part of a line that becomes several",
      "  f(a);\n",
      [0, 4, 0, 5],
      "x => {\n  y;\n}",
      "  f(x => {\n    y;\n  });\n",
    ],
    ["the stars of a comment", SPACES, [1, 0, 3, 5], `/**\n * Two.\n */\n${PUT}`, DOCUMENTED],
    ["CRLF", SPACES.replaceAll("\n", "\r\n"), [1, 0, 3, 5], PUT, SPACES.replace("1", "2").replaceAll("\n", "\r\n")],
    [
      "two spaces, in a reply with four in which a known line is deeper",
      "f() {\n  if (a) {\n    b();\n  }\n}\n",
      [1, 0, 3, 3],
      "if (a) {\n    b();\n    if (c) {\n        d();\n    }\n}",
      "f() {\n  if (a) {\n    b();\n    if (c) {\n      d();\n    }\n  }\n}\n",
    ],
    [
      "whole elements below one that lost its indentation",
      "<t>\n  <p>a</p>\n  <p>b</p>\n  <p>c</p>\n</t>\n",
      [1, 0, 3, 10],
      "<p>a</p>\n  <p>B</p>\n  <p>c</p>",
      "<t>\n  <p>a</p>\n  <p>B</p>\n  <p>c</p>\n</t>\n",
    ],
    ["nothing deletes the selection", "a\nb\nc\n", [1, 0, 2, 0], "", "a\nc\n"],
    [
      "the file's indentation, in code that leaves the block",
      LOOP,
      [2, 0, 3, 11],
      "        if b:\n            c()\n    return d",
      LOOP.replace("b()\n        c()", "if b:\n            c()\n    return d"),
    ],
    [
      "the file's indentation, in code that leaves the block for the margin",
      LOOP,
      [2, 0, 3, 11],
      "        b()\n        c()\n\ndef e():\n    pass",
      `${LOOP}\ndef e():\n    pass\n`,
    ],
    ["one level up, to the margin", "f:\n  a\n  b\n", [1, 0, 2, 3], "  a\nc", "f:\n  a\nc\n"],
    ["one level up and nothing else", "- a\n  - b\n  - c\n", [1, 0, 2, 5], "  - b\n- c", "- a\n  - b\n- c\n"],
    [
      "a first line as in the file, others as they were shown",
      LOOP,
      [2, 0, 3, 11],
      "        b()\nc(1)",
      LOOP.replace("c()", "c(1)"),
    ],
    ["a first line as in the file, known others as shown", "f:\n  a\n  b\n", [1, 0, 2, 3], "  c\nb", "f:\n  c\n  b\n"],
    [
      "a first line at the margin, and a block that ends",
      LOOP,
      [2, 0, 3, 11],
      "if b:\n            d()\n        c()",
      LOOP.replace("b()", "if b:\n            d()"),
    ],
    [
      "a first line at the margin, and steps of eight",
      LOOP,
      [2, 0, 3, 11],
      "if b:\n        d()\n        c()",
      LOOP.replace("b()\n        c()", "if b:\n            d()\n            c()"),
    ],
    ["code on an empty line", "{\n  a;\n\n  c;\n}", [2, 0, 2, 0], "b;", "{\n  a;\n  b;\n  c;\n}"],
    ["code on an empty line, where a block ends", LOOP, [4, 0, 4, 0], "    d()", `${LOOP}    d()`],
    ["code on an empty line, of the block above", LOOP, [4, 0, 4, 0], "        d()", `${LOOP}        d()`],
    ["code on an empty line above a bracket", "{\n  a;\n\n}", [2, 0, 2, 0], "b;", "{\n  a;\n  b;\n}"],
    ["code on the only line of a block", "f {\n  g {\n\n  }\n}", [2, 0, 2, 0], "a", "f {\n  g {\n    a\n  }\n}"],
    ["code on an empty line between blocks", "a:\n  b\n\nc:\n", [2, 0, 2, 0], "d:\n  e", "a:\n  b\nd:\n  e\nc:\n"],
    ["code on a blank line", "{\n    \n}", [1, 0, 1, 4], "a;\nb;", "{\n    a;\n    b;\n}"],
  ];
  for (const [name, text, range, code, after] of cases) {
    it(name, () => assert.equal(edited(text, range, code), after));
  }

  const free: [name: string, language: string, text: string, last: number, code: string, from: string, to: string][] = [
    ["the preprocessor's lines", "c", IFDEF, 5, "  a(1);\n#ifdef B\n  b();\n#endif", "a()", "a(1)"],
    ["the preprocessor's lines, of code at the margin", "c", IFDEF, 5, "a(1);\n#ifdef B\nb();\n#endif", "a()", "a(1)"],
    ["a raw string", "cpp", RAW, 5, 'const auto s = R"(\na\n  b\n)";', "auto", "const auto"],
    ["text with line breaks", "html", PRE, 5, "<pre>\na\n  b</pre>\n<p>d</p>", ">c", ">d"],
  ];
  for (const [name, language, text, last, code, from, to] of free)
    it(`does not indent ${name}`, () => {
      const end = linesOf(text)[last]!.length;
      assert.equal(edited(text, [2, 0, last, end], code, language), text.replace(from, to));
    });

  it("leaves the indentation alone if the reply kept the selection's", () => {
    const text = "a:\n    b\n    c\nx = {\n  one: 1,\n  two: 2,\n};\n";
    assert.equal(edited(text, [3, 0, 6, 2], "x = {\n  one: 1,\n  two: 3,\n};"), text.replace("2,", "3,"));
  });
});

describe("features: indentation", () => {
  const cases: [lines: string[], unit: string | undefined][] = [
    [["a", "  b", "    c", "  d"], "  "],
    [["a", "    b", "        c"], "    "],
    [["a", "\tb", "\t\tc"], "\t"],
    [["/**", " * a", " */", "a"], undefined],
    [["a", "b"], undefined],
    [[], undefined],
  ];
  for (const [lines, unit] of cases) {
    it(`finds ${JSON.stringify(unit)} in ${JSON.stringify(lines)}`, () => assert.equal(indentationUnit(lines), unit));
  }

  it("converts whole levels and keeps the rest", () => {
    assert.equal(convertIndentation("     a", "  ", "\t"), "\t\t a");
    assert.equal(convertIndentation("\t\t  a", "\t", "    "), "          a");
    assert.equal(convertIndentation("a", "\t", "    "), "a");
  });
});
