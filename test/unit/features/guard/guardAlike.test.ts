/** Several similar elements, surroundings that a reply repeats around a part, and rules that move into others. */
import assert from "node:assert/strict";
import { harmOf } from "../../../../server/features/guard/guard.ts";
import { withoutSurroundings } from "../../../../server/features/guard/surroundings.ts";
import { linesOf } from "../../../../server/features/text/lines.ts";
import { selectionOf } from "../../../../server/features/text/selection.ts";
import { documentOf, grammars, range } from "../support.ts";

const ROWS: Record<string, [above: string, below: string]> = {
  typescriptreact: ["function Row({ a }) {\n  return (\n    <tr>\n", "    </tr>\n  );\n}\n"],
  html: ["<table>\n  <tr>\n", "  </tr>\n</table>\n"],
  vue: ["<template>\n  <tr>\n", "  </tr>\n</template>\n"],
};
const cell = (languageId: string, value: string) =>
  `      <td>${languageId === "vue" ? `{{ ${value} }}` : `{${value}}`}</td>\n`;

describe("features: the guard, one of several similar elements", () => {
  type Row = [name: string, values: string[], asked: string, kind?: "lost" | "doubled", shown?: RegExp];
  const rows: Row[] = [
    ["reports a removed one", ["a.name", "a.city"], "improve it", "lost", /a\.age/],
    ["reports one that another replaces", ["a.name", "a.mail", "a.city"], "improve it", "lost", /a\.age/],
    ["reports a repeated one", ["a.name", "a.name", "a.city"], "improve it", "doubled", /a\.name/],
    [
      "reports a repetition of the one below in other words",
      ["a.name", "a.age", "a.city ?? 1", "a.city"],
      "improve it",
      "doubled",
      /a\.city/,
    ],
    [
      "reports a repetition of the one above in other words",
      ["a.name", "a.name || 1", "a.age + 1", "a.city"],
      "improve it",
      "doubled",
      /a\.name/,
    ],
    ["lets pass a change", ["a.name", "a.age + 1", "a.city"], "improve it"],
    ["lets pass formatting", ["a.name", "format(a.age)", "a.city"], "format the age"],
    ["lets pass a requested replacement", ["a.name", "a.mail", "a.city"], "show the mail instead of the age"],
    ["lets pass an added one", ["a.name", "a.age", "a.zip", "a.city"], "add the zip"],
  ];
  for (const languageId of Object.keys(ROWS))
    for (const [name, values, asked, kind, shown] of rows)
      it(`${name} in ${languageId}`, async () => {
        const [above, below] = ROWS[languageId]!;
        const text = (all: string[]) => above + all.map((value) => cell(languageId, value)).join("") + below;
        const [before, after] = [text(["a.name", "a.age", "a.city"]), text(values)];
        const harm = await harmOf({ languageId, before, after, asked }, grammars);
        if (kind) assert.match(harm?.[kind][0] ?? "", shown!);
        else assert.equal(harm, undefined);
      });

  it("does not take types for elements", async () => {
    const before =
      "const a = useState<Row>(b);\nconst c = new Map<string, Row>();\nexport const d = <T,>(e: T) => e;\n";
    const after = before.replace("useState<Row>", "useState<Item>").replace("string, Row", "string, Item");
    assert.equal(
      await harmOf({ languageId: "typescriptreact", before, after, asked: "use Item" }, grammars),
      undefined,
    );
  });
});

describe("features: a part of a line whose surroundings the reply repeats", () => {
  const parts: [name: string, line: string, reply: string, left: string][] = [
    ["a link's text", "See [«the docs»](http://a.b/c) now.", "[the manual](http://a.b/c)", "the manual"],
    ["a link's target", "See [the docs](«http://a.b») now.", "[the docs](https://a.b)", "https://a.b"],
    ["an image's text", "![«a»](a.png)", "![A tree](a.png)", "A tree"],
    ["strong text", "This is **«good»** text.", "**better**", "better"],
    ["an element's text", '<p>See <a href="u">«it»</a>.</p>', '<a href="u">the docs</a>', "the docs"],
    ["an argument", 'log("a", «b», c);', 'log("a", b + 1, c);', "b + 1"],
    ["two marks of the reply's own", "This is **«good»** text.", "**good** and **new**", "**good** and **new**"],
    ["two calls", "x = f(«a»);", "f(a) + f(b)", "f(a) + f(b)"],
    ["brackets of the reply's own", "x = g(«a + b»);", "(a + b) * 2", "(a + b) * 2"],
  ];
  for (const [name, marked, reply, left] of parts)
    it(`loses or keeps them: ${name}`, () => {
      const [before, own] = marked.split(/[«»]/) as [string, string];
      const file = marked.replace(/[«»]/g, "");
      const where = range(0, before.length, 0, before.length + own.length);
      assert.equal(withoutSurroundings(reply, linesOf(file), selectionOf(documentOf(file, "markdown"), where)), left);
    });

  const nested: [languageId: string, before: string, after: string][] = [
    ["markdown", "See [the docs](http://a.b) now.\n", "See [[the manual](http://c.d)](http://a.b) now.\n"],
    ["markdown", "See [the docs](http://a.b) now.\n", "See [the docs]([the docs](https://a.b)) now.\n"],
    ["html", '<p><a href="u">it</a></p>\n', '<p><a href="u"><a href="v">it</a></a></p>\n'],
  ];
  for (const [languageId, before, after] of nested)
    it(`reports a link in a link in ${languageId}`, async () =>
      assert.ok((await harmOf({ languageId, before, after, asked: "improve it" }, grammars))?.doubled.length));
  it("lets pass an image in a link", async () => {
    const change = { languageId: "markdown", before: "[a](b)\n", after: "[![a](c.png)](b)\n", asked: "show the image" };
    assert.equal(await harmOf(change, grammars), undefined);
  });
});

describe("features: the guard, blocks that are opened again in other words", () => {
  const loop = (languageId: string, head: string, inner: string, end = "}") =>
    ({ languageId, head, inner, end, before: `${head}\n    check(x)\n    save(x)\n${end}\n` }) as const;
  const again = [
    loop("kotlin", "for (x in xs) {", "for (item in xs) {"),
    loop("swift", "for x in xs {", "for item in xs {"),
    loop("java", "for (var x : xs) {", "for (Item item : xs) {"),
    loop("python", "for x in xs:", "for item in xs:", ""),
    loop("typescript", "for (const x of xs) {", "for (const item of xs) {"),
    loop("typescript", "xs.forEach((x) => {", "xs.forEach((item) => {", "});"),
    loop("go", "for _, x := range xs {", "for _, item := range xs {"),
    loop("ruby", "xs.each do |x|", "xs.each do |item|", "end"),
    loop("kotlin", "while (a(x)) {", "while (a(x) && b) {"),
    loop("javascript", "if (x) {", "if (x && x.y) {"),
  ];
  for (const { languageId, head, inner, end, before } of again)
    it(`reports ${inner} inside ${head} in ${languageId}`, async () => {
      const name = inner.includes("item") ? "item" : "x";
      const after = `${head}\n    ${inner}\n        check(${name})\n        log(${name})\n        save(${name})\n${end === "" ? "" : `    ${end}\n`}${end}\n`;
      assert.deepEqual((await harmOf({ languageId, before, after, asked: "log each" }, grammars))?.doubled, [
        `"${inner}"`,
      ]);
    });

  const right: [languageId: string, before: string, after: string][] = [
    ["python", "for x in xs:\n    a(x)\n", "for x in xs:\n    for y in xs:\n        a(x, y)\n"],
    [
      "kotlin",
      "for (row in rows) {\n    a(row)\n}\n",
      "for (row in rows) {\n    for (cell in row) {\n        a(cell)\n    }\n}\n",
    ],
    ["javascript", "if (a) {\n  b(a);\n}\n", "if (a) {\n  if (a.c) {\n    b(a);\n  }\n}\n"],
  ];
  for (const [languageId, before, after] of right)
    it(`lets pass a block in another in ${languageId}`, async () =>
      assert.equal(await harmOf({ languageId, before, after, asked: "compare them all" }, grammars), undefined));
});

describe("features: the guard, rules in an at-rule", () => {
  const RULES = ".a{color:red}\n.b{color:blue}\n";
  for (const rule of ["@media print", "@supports (display: grid)", "@layer base"]) {
    const change = { languageId: "css", before: RULES, asked: "only there" };
    it(`lets pass ${rule}`, async () => {
      const after = `${rule} {\n  .a {\n    color: red;\n  }\n\n  .b {\n    color: blue;\n  }\n}\n`;
      assert.equal(await harmOf({ ...change, after }, grammars), undefined);
    });
    it(`reports a rule that is missing in ${rule}`, async () => {
      const after = `${rule} {\n  .a {\n    color: red;\n  }\n}\n`;
      assert.deepEqual((await harmOf({ ...change, after }, grammars))?.lost, [".b"]);
    });
  }
});
