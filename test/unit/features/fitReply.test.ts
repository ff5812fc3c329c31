import assert from "node:assert/strict";
import fc from "fast-check";
import { TextDocument } from "vscode-languageserver-textdocument";
import { fitReply } from "../../../server/features/fitReply.ts";
import { convertIndentation, indentationUnit } from "../../../server/features/indentation.ts";
import { linesOf } from "../../../server/features/lines.ts";
import { selectionOf } from "../../../server/features/selection.ts";
import { toTextEdits } from "../../../server/features/textEdits.ts";
import { documentAndRange, documentOf, range } from "./support.ts";

/** What an edit makes of a document when the model replies with this code. */
function edited(text: string, [line, character, endLine, endCharacter]: number[], code: string): string {
  const document = documentOf(text);
  const selection = selectionOf(document, range(line!, character!, endLine!, endCharacter!));
  const fitted = fitReply(code, selection, indentationUnit(linesOf(text)));
  return TextDocument.applyEdits(document, toTextEdits(document, selection.range, fitted));
}

const TABS = "class A {\n\tput(x) {\n\t\tif (x) {\n\t\t\treturn 1;\n\t\t}\n\t}\n}\n";
const SPACES = "class A {\n    put(x) {\n        return 1;\n    }\n}\n";
const DOCUMENTED = SPACES.replace("    put", "    /**\n     * Two.\n     */\n    put").replace("1", "2");
const PUT = "put(x) {\n  return 2;\n}";

describe("features: fitting a reply", () => {
  it("changes nothing when the model gives back what it was shown", () => {
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

  it("does not mind how deep the whole reply is indented", () => {
    const code = fc.array(fc.constantFrom("a {", "  b;", "    c;", "", "}"), { minLength: 1 });
    fc.assert(
      fc.property(code, fc.constantFrom("  ", "\t", "        "), (lines, by) => {
        const deeper = lines.map((line) => (line === "" ? line : by + line)).join("\n");
        assert.equal(edited(SPACES, [1, 0, 3, 5], deeper), edited(SPACES, [1, 0, 3, 5], lines.join("\n")));
      }),
    );
  });

  const cases: [name: string, text: string, range: number[], code: string, after: string][] = [
    ["two spaces become four", SPACES, [1, 0, 3, 5], PUT, SPACES.replace("1", "2")],
    ["two spaces become tabs", TABS, [1, 0, 5, 2], PUT, "class A {\n\tput(x) {\n\t\treturn 2;\n\t}\n}\n"],
    ["tabs become four spaces", SPACES, [1, 0, 3, 5], PUT.replace("  ", "\t"), SPACES.replace("1", "2")],
    ["a selection that starts behind the indentation", SPACES, [1, 4, 3, 5], PUT, SPACES.replace("1", "2")],
    ["a selection that starts in the indentation", SPACES, [1, 2, 3, 5], PUT, SPACES.replace("1", "2")],
    ["a selection with its final newline", SPACES, [1, 0, 4, 0], PUT, SPACES.replace("1", "2")],
    ["a reply with blank lines around it", SPACES, [1, 0, 4, 0], `\n${PUT}\n\n`, SPACES.replace("1", "2")],
    ["blank lines around the selection", "\n\na\n\n\nb", [0, 0, 5, 0], "A", "\n\nA\n\n\nb"],
    ["a part of a line", "  f(a, b);\n", [0, 4, 0, 8], "b, a", "  f(b, a);\n"],
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
    ["nothing deletes the selection", "a\nb\nc\n", [1, 0, 2, 0], "", "a\nc\n"],
    ["code on a blank line", "{\n    \n}", [1, 0, 1, 4], "a;\nb;", "{\n    a;\n    b;\n}"],
  ];
  for (const [name, text, range, code, after] of cases) {
    it(name, () => assert.equal(edited(text, range, code), after));
  }

  it("leaves the indentation alone where the reply kept that of the selection", () => {
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
