/** What the guard finds beside declarations: sections, statements, targets, elements. And what it lets pass. */
import assert from "node:assert/strict";
import { harmOf } from "../../../../server/features/guard/guard.ts";
import { withoutSurroundings } from "../../../../server/features/guard/surroundings.ts";
import { linesOf } from "../../../../server/features/text/lines.ts";
import { selectionOf } from "../../../../server/features/text/selection.ts";
import { documentOf, grammars, linesRange, range } from "../support.ts";
import { type Case, harm, letsPass } from "./cases.ts";

const README =
  "# Shop\n\nA small shop.\n\n## Usage\n\nRun it with care.\n\n```sh\n# Not a heading\nshop\n```\n\n## Licence\n\nMIT\n";
const TABLES = "CREATE TABLE a (id int);\nCREATE TABLE b (id int);\nCREATE TABLE c (id int);\n";
const MAKE = "all: a b\n\na: a.c\n\tcc a.c\n\nb:\n\tcc b.c\n\n.PHONY: all\n";
const LINKS =
  '<nav>\n  <a href="/home">Home</a>\n  <a href="/blog">Blog</a>\n  <a href="/about">About us</a>\n</nav>\n';

describe("features: the guard, by parts of files", () => {
  const lost: [...Case, names: string[]][] = [
    ["sections", "markdown", README, "# Shop\n\nA small and good shop.\n", "improve it", ["Usage", "Licence"]],
    ["an underlined section", "markdown", "A\n=\n\nOne.\n\nB\n--\n\nTwo.\n", "A\n=\n\nOne, better.\n", "", ["B"]],
    [
      "a section of LaTeX",
      "latex",
      "\\section{A}\nOne.\n\n\\section{B}\nTwo.\n",
      "\\section{A}\nOne and more.\n",
      "",
      ["B"],
    ],
    ["tables", "sql", TABLES, "CREATE TABLE a (id bigint);\n", "improve it", ["b", "c"]],
    ["targets", "makefile", MAKE, "all: a b\n\na: a.c\n\tcc -O2 a.c\n", "improve it", ["b"]],
  ];
  for (const [name, languageId, before, after, asked, names] of lost)
    it(`names what is removed: ${name}`, async () =>
      assert.deepEqual((await harm(languageId, before, after, asked))?.lost, names));

  it("names what is repeated", async () => {
    const twice = README.replace(/(## Usage[\s\S]*)(?=## Licence)/, "$1$1");
    assert.deepEqual((await harm("markdown", README, twice))?.doubled, ["Usage"]);
  });

  it("names a block that contains itself", async () => {
    const before = "for row in rows:\n    check(row)\n    store(row)\n";
    const again = "    for row in rows:\n        store(row, 2)\n";
    assert.deepEqual((await harm("python", before, before.replace("    store(row)\n", again)))?.doubled, [
      '"for row in rows:"',
    ]);
    const other = again.replaceAll("row ", "item ").replace("(row", "(item");
    assert.equal((await harm("python", before, before.replace("    store(row)\n", other)))?.doubled.length ?? 0, 0);
  });

  it("recognises elements by their content", async () => {
    const after = '<nav>\n  <a href="/home" class="x">Home</a>\n</nav>\n';
    assert.equal((await harm("html", LINKS, after))?.lines.length, 2);
  });

  it("does not take a leftover comment for an intended deletion", async () => {
    const before = "export type A = {\n  a: string;\n  /** What it is at. */\n  doing: string;\n  done: string;\n};\n";
    const after = before.replace("  doing: string;\n  done: string;\n", "");
    const change = { languageId: "typescript", before, after, asked: "improve it", ranges: [{ first: 2, last: 4 }] };
    assert.deepEqual((await harmOf(change, grammars))?.lost, ["doing", "done"]);
  });

  const right: Case[] = [
    [
      "renamed sections",
      "markdown",
      README,
      README.replace("## Usage", "## How to use it").replace("# Shop", "# The shop").replace("Run it", "Start it"),
    ],
    ["a section to be removed", "markdown", README, README.replace(/## Licence[\s\S]*$/, ""), "remove the licence"],
    ["a text to be shortened", "markdown", README, "# Shop\n\nA small shop. Run it.\n", "shorten it"],
    [
      "headings that are alike",
      "markdown",
      "# 1\n\n## Fixed\n\nOne old bug.\n",
      "# 2\n\n## Fixed\n\nTwo other faults entirely.\n\n# 1\n\n## Fixed\n\nOne old bug.\n",
    ],
    ["a renamed view", "sql", "CREATE VIEW v AS SELECT 1;\n", "CREATE OR REPLACE VIEW w AS SELECT 1;\n"],
    [
      "elements in others",
      "html",
      LINKS.replaceAll("nav>", "div>"),
      LINKS.replace(/ {2}(<a.*)/g, "  <p>\n    $1\n  </p>"),
    ],
    [
      "a list on one line",
      "python",
      "f(\n    [\n        1,\n        2,\n        3,\n    ]\n)\n",
      "f(\n    [1, 2, 3]\n)\n",
    ],
    [
      "elements with other tags",
      "html",
      '<div>\n  <div><a href="/">Home</a></div>\n  <div><a href="/b">Blog</a></div>\n</div>\n',
      '<nav>\n  <p><a href="/">Home</a></p>\n  <p><a href="/b">Blog</a></p>\n</nav>\n',
    ],
    [
      "a constant that moves into a block",
      "javascript",
      "const a = load();\nuse(a);\n",
      "try {\n  const a = load();\n  use(a);\n} catch {\n  stop();\n}\n",
    ],
    [
      "a constructor whose fields are declared",
      "python",
      "class P:\n    def __init__(self, x, y):\n        self.x = x\n        self.y = y\n",
      "@dataclass\nclass P:\n    x: int\n    y: int\n",
    ],
  ];
  letsPass(right);
});

describe("features: a reply wider than a selection that it changes altogether", () => {
  it("loses the line above that opens the selection's block", () => {
    const file = "fun f(): Int {\n    return 1\n}\n";
    const selection = selectionOf(documentOf(file, "kotlin"), linesRange(documentOf(file), 2, 2));
    assert.equal(withoutSurroundings("fun f(): Int {\n    return two\n}", linesOf(file), selection), "    return two");
  });

  it("loses the lines around on both sides, when the line above alone is too common", () => {
    const file = "try:\n    x()\nexcept A:\n    pass\n";
    const selection = selectionOf(documentOf(file, "python"), linesRange(documentOf(file), 2, 2));
    assert.equal(withoutSurroundings("try:\n    y()\nexcept A:\n    pass", linesOf(file), selection), "    y()");
  });

  it("loses the heading above the selection", () => {
    const file = "# Shop\n\nOne two three.\n\n## Use\n";
    const selection = selectionOf(documentOf(file, "markdown"), linesRange(documentOf(file), 3, 3));
    assert.equal(withoutSurroundings("# Shop\n\nOne two four.", linesOf(file), selection), "One two four.");
  });

  it("loses the rest of a line of which a part is selected", () => {
    const file = "if x > 1:\n    y()\n";
    const selection = selectionOf(documentOf(file, "python"), range(0, 3, 0, 8));
    assert.equal(withoutSurroundings("if x >= 1:", linesOf(file), selection), "x >= 1");
  });

  it("loses the lines above and below, whatever is between them", () => {
    const file = "- one\n- two\n- three\n";
    const document = documentOf(file, "markdown");
    for (const selection of [range(1, 2, 1, 5), linesRange(document, 2, 2)].map((place) =>
      selectionOf(document, place),
    ))
      assert.match(withoutSurroundings("- one\n- deux\n- three", linesOf(file), selection), /^(?:- )?deux$/);
  });

  it("loses the line below, indented as in the file, when the reply begins at the margin", () => {
    const file = "def f(xs):\n    for x in xs:\n        a(x)\n    return b\n";
    const selection = selectionOf(documentOf(file, "python"), linesRange(documentOf(file), 3, 3));
    assert.equal(withoutSurroundings("a(x, 1)\n    return b", linesOf(file), selection), "a(x, 1)");
    const block = "if a(x):\n    return b";
    assert.equal(withoutSurroundings(block, linesOf(file), selection), block);
  });

  const closers: [file: string, reply: string, left: string][] = [
    ["f {\n  if a {\n    b()\n  }\n}\n", "    c()\n  }", "    c()"],
    ["f {\n  if a {\n    b()\n  }\n}\n", "c()\n}\n}", "c()"],
    ["f {\n  if a {\n    b()\n  }\n}\n", "if c {\n  d()\n}\n}", "if c {\n  d()\n}"],
    ["f {\n  if a {\n    b()\n  }\n}\n", "if c {\n  d()\n}", "if c {\n  d()\n}"],
    ["def f do\n  if a do\n    b\n  end\nend\n", "    c\n  end", "    c"],
    ["def f do\n  if a do\n    b\n  end\nend\n", "c\nend\nend", "c"],
    ["def f do\n  if a do\n    b\n  end\nend\n", "each |x|\n  c\nend\nend", "each |x|\n  c\nend"],
    ["def f do\n  if a do\n    b\n  end\nend\n", "each |x|\n  c\nend", "each |x|\n  c\nend"],
    ["<a>\n  <b>\n    <c />\n  </b>\n</a>\n", "<d>x</d>\n</b>", "<d>x</d>"],
    ["<a>\n  <b>\n    <c />\n  </b>\n</a>\n", "<c />\n<b>\n  <d>x</d>\n</b>", "<c />\n<b>\n  <d>x</d>\n</b>"],
    ["CREATE a (\n  -- A key.\n  b INT\n);\n", "  c TEXT\n);", "  c TEXT"],
  ];
  for (const [file, reply, left] of closers)
    it(`loses lines that close what it does not open: ${JSON.stringify(reply)}`, () => {
      const selection = selectionOf(documentOf(file), linesRange(documentOf(file), 3, 3));
      assert.equal(withoutSurroundings(reply, linesOf(file), selection), left);
    });

  const NAMESPACE = "namespace a {\n\nint one() { return 1; }\n\n}  // a\n";
  const CLASS = "class A\n{\n  int x;\n  int y;\n}\n";
  const containers: [name: string, file: string, line: number, reply: string, left: string][] = [
    ["a module", "module A\n  one\n  two\nend\n", 3, "module A\n  two 1\nend", "  two 1"],
    [
      "a namespace with the same indentation",
      NAMESPACE,
      3,
      "namespace a {\nint one() { return 2; }\n}",
      "int one() { return 2; }",
    ],
    ["a bracket on its own line", CLASS, 4, "class A\n{\n  long y;\n}", "  long y;"],
    [
      "elements",
      '<ul id="a">\n  <li>b</li>\n</ul>\n',
      2,
      '<ul id="a">\n  <li><i>b</i></li>\n</ul>',
      "  <li><i>b</i></li>",
    ],
    ["keys", "a:\n  b:\n    c: 1\n    d: 2\n", 4, "a:\n  b:\n    d: 3", "    d: 3"],
    ["the same lines in a new block", CLASS, 4, "class A\n{\n  int y;\n}", "class A\n{\n  int y;\n}"],
    [
      "elements that nest",
      "<div>\n  a\n  <p>b</p>\n</div>\n",
      3,
      "<div>\n  <b>b</b>\n</div>",
      "<div>\n  <b>b</b>\n</div>",
    ],
    ["a whole function", "f() {\n  a\n  b c\n}\n", 3, "f() {\n  b d\n}", "f() {\n  b d\n}"],
    ["other code", CLASS, 4, "class A\n{\n  z();\n}", "class A\n{\n  z();\n}"],
    ["two blocks", "a {\n  x: 1\n  y: 2\n}\n", 3, "a {\n  y: 3\n} b {\n  y: 4\n}", "a {\n  y: 3\n} b {\n  y: 4\n}"],
  ];
  for (const [name, file, line, reply, left] of containers)
    it(`loses or keeps the selection's container: ${name}`, () => {
      const selection = selectionOf(documentOf(file), linesRange(documentOf(file), line, line));
      assert.equal(withoutSurroundings(reply, linesOf(file), selection), left);
    });

  const inside: [name: string, file: string, line: number, reply: string][] = [
    ["a branch", "def f(x):\n    if x:\n        a()\n    return x\n", 2, "if x:\n    a()\nelse:\n    return x"],
    ["a loop", "def f(xs):\n    go(xs)\n    run(xs)\n", 2, "for x in xs:\n    go(x)\n    run(xs)"],
    ["a nested key", "a:\n  b: 1\n  on: true\n", 2, "b:\n  c: 1\n  on: true"],
    ["an element", "<div>\n  <p>a</p>\n  <p>c</p>\n</div>\n", 2, "<div>\n  <p>a</p>\n</div>"],
  ];
  for (const [name, file, line, reply] of inside)
    it(`keeps lines like those around inside ${name}`, () => {
      const document = documentOf(file);
      const selection = selectionOf(document, linesRange(document, line, line + (name === "a branch" ? 1 : 0)));
      assert.equal(withoutSurroundings(reply, linesOf(file), selection), reply);
    });

  const parts: [name: string, before: string, text: string, after: string, reply: string, taken: string][] = [
    ["the element around its text", "<h1>", "Hi", "</h1>", "<h1>Hello</h1>", "Hello"],
    ["an attribute's name and quotes", '<a href="', "/a", '">b</a>', 'href="/b"', "/b"],
    ["a name that begins with a colon", '<A :x="', "a", '" />', ':x="b"', "b"],
    ["quotes", "a = '", "b", "'", "'c'", "c"],
    ["no quotes within the reply", 'a = "', "b", '"', '"c" + "d"', '"c" + "d"'],
  ];
  for (const [name, before, text, after, reply, taken] of parts)
    it(`loses what is around a part of a line: ${name}`, () => {
      const line = `${before}${text}${after}`;
      const selection = selectionOf(documentOf(line), range(0, before.length, 0, before.length + text.length));
      assert.equal(withoutSurroundings(reply, [line], selection), taken);
    });

  const markers: [line: string, marker: string][] = [
    ["- one", "- "],
    ["- [ ] one", "- [ ] "],
    ["1. one", "1. "],
    ["## one", "## "],
    ["> one", "> "],
    ["// one", "// "],
    ["# one", "# "],
  ];
  for (const [line, marker] of markers)
    it(`loses what begins its line: ${marker}`, () => {
      const selection = selectionOf(documentOf(`${line}\n`, "markdown"), range(0, marker.length, 0, line.length));
      assert.equal(withoutSurroundings(`${marker}two`, [line, ""], selection), "two");
    });
});
