import assert from "node:assert/strict";
import fc from "fast-check";
import { TextDocument } from "vscode-languageserver-textdocument";
import { toTextEdits } from "../../../server/features/textEdits.ts";
import { documentAndRange, documentOf, line, range } from "./support.ts";

const unix = (text: string) => text.replace(/\r\n/g, "\n");
/** A blank line in the middle may keep its own spaces. */
const comparable = (text: string) => unix(text).replace(/(?<=\n)[^\S\n]+(?=\n)/g, "");
const newText = fc.array(line, { minLength: 1, maxLength: 12 }).map((lines) => lines.join("\n"));

describe("features: text edits", () => {
  it("give the new text, and nothing outside the range changes", () => {
    fc.assert(
      fc.property(documentAndRange, newText, ({ document, range }, text) => {
        const edits = toTextEdits(document, range, text);
        const result = TextDocument.applyEdits(document, edits);
        const [start, end] = [document.offsetAt(range.start), document.offsetAt(range.end)];
        const whole = document.getText();
        assert.equal(result.slice(0, start), whole.slice(0, start));
        assert.equal(result.slice(result.length - (whole.length - end)), whole.slice(end));
        const replaced = result.slice(start, result.length - (whole.length - end));
        assert.equal(comparable(`x\n${replaced}\nx`), comparable(`x\n${text}\nx`));
        for (const edit of edits) {
          assert.ok(document.offsetAt(edit.range.start) >= start && document.offsetAt(edit.range.end) <= end);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("are none for the same text, whatever its line endings", () => {
    fc.assert(
      fc.property(documentAndRange, ({ document, range }) => {
        assert.deepEqual(toTextEdits(document, range, document.getText(range)), []);
        assert.deepEqual(toTextEdits(document, range, unix(document.getText(range))), []);
      }),
    );
  });

  it("keep each kind of line ending where lines are replaced one by one", () => {
    const letters = fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.constantFrom("\n", "\r\n")), { minLength: 1 });
    fc.assert(
      fc.property(letters, (lines) => {
        const document = documentOf(lines.join("").replaceAll(",", ""));
        const replaced = document.getText().replaceAll("b", "B");
        const edits = toTextEdits(document, range(0, 0, lines.length, 0), unix(replaced));
        assert.equal(TextDocument.applyEdits(document, edits), replaced);
      }),
    );
  });

  const cases: [name: string, before: string, text: string, after: string, edits: number][] = [
    ["one line of many", "a\nb\nc\n", "a\nB\nc\n", "a\nB\nc\n", 1],
    ["lines far apart", "a\nb\nc\nd\ne", "A\nb\nc\nd\nE", "A\nb\nc\nd\nE", 2],
    ["a new line in a CRLF file", "a\r\nb\r\n", "a\nx\nb\n", "a\r\nx\r\nb\r\n", 1],
    ["a new first line in a CRLF file", "a\r\nb", "x\na\nb", "x\r\na\r\nb", 1],
    ["a new last line without a final newline", "a\r\nb", "a\nb\nc", "a\r\nb\r\nc", 1],
    ["the last line removed", "a\r\nb", "a", "a", 1],
    ["one line that becomes two, with no ending to copy", "a", "a\nb", "a\nb", 1],
    ["all of it removed", "a\nb\n", "", "", 1],
    ["something out of nothing", "", "a\nb", "a\nb", 1],
    ["spaces in a blank line", "a\n   \nb", "a\n\nb", "a\n   \nb", 0],
  ];
  for (const [name, before, text, after, count] of cases) {
    it(`change ${name}`, () => {
      const document = documentOf(before);
      const edits = toTextEdits(document, range(0, 0, 99, 0), text);
      assert.equal(TextDocument.applyEdits(document, edits), after);
      assert.equal(edits.length, count);
    });
  }

  it("do not take long for large texts with nothing in common", () => {
    const text = (letter: string) => Array.from({ length: 4000 }, (_, i) => `${letter}${i}\n`).join("");
    const document = documentOf(text("a"));
    const edits = toTextEdits(document, range(0, 0, 9999, 0), text("b"));
    assert.equal(TextDocument.applyEdits(document, edits), text("b"));
    assert.equal(edits.length, 1);
  });

  it("take the ending for a line in a one-line range from the rest of the document", () => {
    const document = documentOf("a\r\nfoo(b)\r\nc\r\n");
    const edits = toTextEdits(document, range(1, 4, 1, 5), "b,\nd");
    assert.equal(TextDocument.applyEdits(document, edits), "a\r\nfoo(b,\r\nd)\r\nc\r\n");
  });
});
