import assert from "node:assert/strict";
import fc from "fast-check";
import { TextDocument } from "vscode-languageserver-textdocument";
import { passageFinder } from "../../../../server/features/passages/findPassage.ts";
import { placeBlocks } from "../../../../server/features/passages/placeBlocks.ts";
import type { RefusalReason } from "../../../../server/features/passages/refusals.ts";
import { type EditBlock, markersFor, parseBlocks } from "../../../../server/features/text/blocks.ts";
import { indentationUnit } from "../../../../server/features/text/indentation.ts";
import { linesOf } from "../../../../server/features/text/lines.ts";
import { selectionOf } from "../../../../server/features/text/selection.ts";
import { toTextEdits } from "../../../../server/features/text/textEdits.ts";
import { documentAndRange, documentOf, ending, line, range } from "../support.ts";

const PLAIN = markersFor("");
const written = ({ search, replacement }: EditBlock, { search: from, separator, replace } = PLAIN) => [
  from,
  ...search,
  separator,
  ...replacement,
  replace,
];
const block = (search: string, replacement: string): EditBlock => ({
  search: search === "" ? [] : search.split("\n"),
  replacement: replacement === "" ? [] : replacement.split("\n"),
});

/** Places the blocks in the range. Returns the document's text afterwards, and the edits. */
function edited(document: TextDocument, where: Parameters<typeof selectionOf>[1], blocks: EditBlock[]) {
  const selection = selectionOf(document, where);
  const unit = indentationUnit(linesOf(document.getText()));
  const { newText, placed, refused } = placeBlocks(blocks, selection, unit);
  const edits = toTextEdits(document, selection.range, newText);
  return { text: TextDocument.applyEdits(document, edits), edits, placed, refused };
}

describe("features: blocks of a reply", () => {
  it("are found among prose and fences, several in one fence or each in its own", () => {
    const [a, b] = [block("a", "b\n```\nc"), block("x\ny", "")];
    const reply = ["Sure:", "```ts", ...written(a), "```", "and", "```", ...written(b), "```", "Done. <<<<<<< SEARCH"];
    assert.deepEqual(parseBlocks(reply, PLAIN), { blocks: [a, b], malformed: [], open: false });
  });

  it("are read back as they were written, whatever the code is", () => {
    const lines = fc.array(fc.oneof(line, fc.constantFrom("<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE", "```")));
    const blocks = fc.array(fc.record({ search: lines, replacement: lines }, { noNullPrototype: true }), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(blocks, (blocks) => {
        const markers = markersFor(blocks.flatMap(({ search, replacement }) => [...search, ...replacement]).join("\n"));
        const reply = blocks.flatMap((block) => ["```", ...written(block, markers), "```"]);
        assert.deepEqual(parseBlocks(reply, markers), { blocks, malformed: [], open: false });
      }),
    );
  });

  it("are distinguished from malformed ones", () => {
    const { search, separator, replace } = PLAIN;
    const cases: [lines: string[], blocks: number, malformed: number, open: boolean][] = [
      [[search, "a", replace], 0, 1, false],
      [[search, "a", separator, "b", separator, "c", replace], 0, 1, false],
      [[search, "a", search, "a", separator, "b", replace], 1, 1, false],
      [[search, "a", separator, "b"], 0, 0, true],
      [[search, "a"], 0, 0, true],
      [[separator, replace, "a"], 0, 0, false],
      [[` ${search}`, "a", separator, "b", replace], 0, 0, false],
    ];
    for (const [lines, blocks, malformed, open] of cases) {
      const parsed = parseBlocks(lines, PLAIN);
      assert.deepEqual(
        [parsed.blocks.length, parsed.malformed.length, parsed.open],
        [blocks, malformed, open],
        `${lines}`,
      );
    }
  });
});

describe("features: placing blocks", () => {
  const FILE = "class A {\n\tput(x) {\n\t\tif (x) {\n\t\t\treturn 1;\n\t\t}\n\t}\n}\n";
  const whole = range(0, 0, 8, 0);
  const inner = range(1, 0, 6, 0);

  const cases: [name: string, where: typeof whole, blocks: EditBlock[], after: string][] = [
    ["one passage", whole, [block("\t\t\treturn 1;", "\t\t\treturn 2;")], FILE.replace("1", "2")],
    [
      "a passage shown without its indentation",
      inner,
      [block("\t\treturn 1;", "\t\treturn 2;")],
      FILE.replace("1", "2"),
    ],
    [
      "several, in any order",
      whole,
      [block("}", "};"), block("class A {", "class B {")],
      FILE.replace("A", "B").replace(/}\n$/, "};\n"),
    ],
    ["spaces become tabs", inner, [block("\t\treturn 1;", "        return 2;")], FILE.replace("1", "2")],
    [
      "spaces in all of it become tabs",
      whole,
      [block("  put(x) {\n    if (x) {\n      return 1;", "  put(x) {\n    if (x) {\n      again();\n      return 2;")],
      FILE.replace("return 1", "again();\n\t\t\treturn 2"),
    ],
    ["a removed passage", inner, [block("\tif (x) {\n\t\treturn 1;\n\t}", "")], "class A {\n\tput(x) {\n\t}\n}\n"],
    [
      "a selection that begins behind its indentation",
      range(1, 1, 5, 2),
      [block("put(x) {", "put(y) {")],
      FILE.replace("put(x)", "put(y)"),
    ],
    ["a passage without its indentation", inner, [block("return 1;", "return 2;")], FILE.replace("1", "2")],
    [
      "a passage with blank lines around it",
      whole,
      [block("\n\t\t\treturn 1;\n", "\n\t\t\treturn 2;\n")],
      FILE.replace("1", "2"),
    ],
    ["a part of a line", inner, [block("return 1", "return 2")], FILE.replace("1", "2")],
    ["the whole file", whole, [block(FILE.trimEnd(), "x")], "x\n"],
  ];
  for (const [name, where, blocks, after] of cases) {
    it(name, () => {
      for (const eol of ["\n", "\r\n"]) {
        const document = documentOf(FILE.replaceAll("\n", eol));
        const { text, refused } = edited(document, where, blocks);
        assert.equal(text, after.replaceAll("\n", eol));
        assert.deepEqual(refused, []);
      }
    });
  }

  it("ignores white space at the ends of lines, and leaves it in place", () => {
    const document = documentOf("a  \nb\t\nc\n");
    assert.equal(edited(document, range(0, 0, 3, 0), [block("a\nb\nc", "a\nb\nd")]).text, "a  \nb\t\nd\n");
  });

  it("converts the tabs of a passage to the file's spaces", () => {
    const document = documentOf("class A {\n    f() {\n        return 1;\n    }\n}\n");
    const { text } = edited(document, range(0, 0, 5, 0), [block("\tf() {\n\t\treturn 1;", "\tf() {\n\t\treturn 2;")]);
    assert.equal(text, document.getText().replace("1", "2"));
  });

  it("reads each line of the code a few times, however many passages there are", () => {
    const shown = Array.from({ length: 500 }, (_, i) => `line ${i}`);
    const { trim } = String.prototype;
    let trims = 0;
    String.prototype.trim = function () {
      trims++;
      return trim.call(this);
    };
    try {
      const find = passageFinder(shown);
      for (const line of shown)
        assert.deepEqual(find([`  ${line}`]), {
          from: shown.indexOf(line),
          to: shown.indexOf(line) + 1,
          trimmed: false,
        });
    } finally {
      String.prototype.trim = trim;
    }
    assert.ok(trims < shown.length * 10, String(trims));
  });

  const refusals: [name: string, blocks: EditBlock[], why: RefusalReason][] = [
    ["a passage that is not there", [block("return 3;", "x")], "missing"],
    ["half a line", [block("\t\t\treturn", "x")], "missing"],
    ["a passage that is there twice", [block("a", "b")], "repeated"],
    ["nothing", [block("", "b")], "unnamed"],
    ["blank lines", [block("\n ", "b")], "unnamed"],
  ];
  for (const [name, blocks, why] of refusals) {
    it(`refuses ${name}`, () => {
      const document = documentOf(`${FILE}a\na\n`);
      const { text, placed, refused } = edited(document, range(0, 0, 10, 0), blocks);
      assert.equal(text, document.getText());
      assert.deepEqual([placed, refused.map(({ why }) => why)], [0, [why]]);
    });
  }

  it("refuses the second of two overlapping blocks, and blocks outside the selection", () => {
    const document = documentOf("a\nb\nc\nd\n");
    const { text, refused } = edited(document, range(0, 0, 3, 0), [
      block("a\nb", "x"),
      block("b\nc", "y"),
      block("d", "z"),
    ]);
    assert.equal(text, "x\nc\nd\n");
    assert.deepEqual(refused, [
      { passage: "b", why: "overlapping" },
      { passage: "d", why: "missing" },
    ]);
  });

  it("drops blocks that change nothing, and duplicates", () => {
    const document = documentOf("a\nb\n");
    const { text, placed, refused } = edited(document, range(0, 0, 2, 0), [
      block("a", "a "),
      block("b", "c"),
      block("b", "c"),
    ]);
    assert.deepEqual([text, placed, refused], ["a\nc\n", 1, []]);
  });

  const anyBlock = fc.record({
    search: fc.array(line, { maxLength: 3 }),
    replacement: fc.array(line, { maxLength: 3 }),
  });

  it("changes nothing outside the range, and only the places of the passages", () => {
    fc.assert(
      fc.property(documentAndRange, fc.array(anyBlock, { maxLength: 4 }), ({ document, range }, blocks) => {
        const text = document.getText();
        const result = edited(document, range, blocks);
        const [head, tail] = [text.slice(0, document.offsetAt(range.start)), text.slice(document.offsetAt(range.end))];
        assert.ok(result.text.startsWith(head) && result.text.endsWith(tail));
        assert.ok(result.text.length >= head.length + tail.length);
        const shown = linesOf(selectionOf(document, range).text).map((line) => line.trimEnd());
        const times = ({ search }: EditBlock) =>
          search.every((line) => shown.some((other) => other.includes(line.trim()))) ? 1 : 0;
        const placeable = blocks.filter((block) => block.search.some((line) => line.trim() !== "") && times(block) > 0);
        assert.ok(result.placed <= placeable.length);
        if (placeable.length === 0) assert.equal(result.text, text);
      }),
      { numRuns: 2000 },
    );
  });

  it("equals a change made by hand, if all lines differ", () => {
    const file = fc.record({
      count: fc.integer({ min: 1, max: 30 }),
      eol: ending,
      by: fc.constantFrom("", "  ", "\t"),
    });
    const change = fc.record({
      at: fc.nat(29),
      length: fc.integer({ min: 1, max: 3 }),
      lines: fc.array(fc.constantFrom("new", "@deeper", ""), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(file, change, ({ count, eol, by }, { at, length, lines }) => {
        const shown = Array.from({ length: count }, (_, i) => `line ${i}`);
        const from = at % count;
        const to = Math.min(count, from + length);
        const replacement = lines.every((line) => line === "") ? [] : lines.map((line) => line.replace("@", by));
        const document = documentOf(`before${eol}${shown.map((line) => by + line + eol).join("")}after`);
        const { text, placed } = edited(document, range(1, 0, 1 + count, 0), [
          { search: shown.slice(from, to), replacement },
        ]);
        const now = shown.toSpliced(from, to - from, ...replacement);
        assert.equal(text, `before${eol}${now.map((line) => (line === "" ? "" : by + line) + eol).join("")}after`);
        assert.equal(placed, 1);
      }),
      { numRuns: 500 },
    );
  });
});
