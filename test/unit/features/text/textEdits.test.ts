import assert from "node:assert/strict";
import fc from "fast-check";
import { TextDocument } from "vscode-languageserver-textdocument";
import { toTextEdits } from "../../../../server/features/text/textEdits.ts";
import { documentAndRange, documentOf, line, range } from "../support.ts";

const unix = (text: string) => text.replace(/\r\n/g, "\n");
/** A line can keep its trailing spaces. */
const comparable = (text: string) => unix(text).replace(/[^\S\n]+(?=\n)/g, "");
const newText = fc.array(line, { minLength: 1, maxLength: 12 }).map((lines) => lines.join("\n"));

describe("features: text edits", () => {
  it("give the new text, and change nothing outside the range", () => {
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

  const kept: [name: string, before: string, reply: string, after: string][] = [
    ["the spaces at its end", "a  \nb\t\nc", "a\nb\nd", "a  \nb\t\nd"],
    ["its no-break spaces", "10\u00a0km\nc", "10 km\nd", "10\u00a0km\nd"],
    ["its invisible characters", "x\u2060y\u00ad\u2028z\nc", "xyz\nd", "x\u2060y\u00ad\u2028z\nd"],
    ["its decomposed characters", "cafe\u0301\nc", "caf\u00e9\nd", "cafe\u0301\nd"],
  ];
  for (const [name, before, reply, after] of kept) {
    it(`leave a line ${name}, unless nothing else changes`, () => {
      const document = documentOf(before);
      const made = (text: string) => TextDocument.applyEdits(document, toTextEdits(document, range(0, 0, 9, 0), text));
      assert.equal(made(reply), after);
      assert.equal(made(reply.replace("d", "c")), reply.replace("d", "c"));
    });
  }

  it("accept new spaces at the end of a line", () => {
    const document = documentOf("a\nb");
    const edits = toTextEdits(document, range(0, 0, 1, 1), "a  \nc");
    assert.equal(TextDocument.applyEdits(document, edits), "a  \nc");
  });

  it("are empty for the same text, whatever its line endings", () => {
    fc.assert(
      fc.property(documentAndRange, ({ document, range }) => {
        assert.deepEqual(toTextEdits(document, range, document.getText(range)), []);
        assert.deepEqual(toTextEdits(document, range, unix(document.getText(range))), []);
      }),
    );
  });

  it("keep each kind of line ending when lines are replaced one by one", () => {
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
    ["an empty document", "", "a\nb", "a\nb", 1],
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

  it("are fast for large texts with nothing in common", () => {
    const text = (letter: string) => Array.from({ length: 4000 }, (_, i) => `${letter}${i}\n`).join("");
    const document = documentOf(text("a"));
    const edits = toTextEdits(document, range(0, 0, 9999, 0), text("b"));
    assert.equal(TextDocument.applyEdits(document, edits), text("b"));
    assert.equal(edits.length, 1);
  });

  it("look at each line only a few times when nothing is in common", () => {
    const lines = (sign: string) => Array.from({ length: 3000 }, (_, i) => sign + i).join("\n");
    const document = documentOf(lines("a"));
    const { normalize } = String.prototype;
    let steps = 0;
    String.prototype.normalize = function (form?: string) {
      steps++;
      return normalize.call(this, form);
    };
    try {
      assert.equal(toTextEdits(document, range(0, 0, 3000, 0), lines("b")).length, 1);
    } finally {
      String.prototype.normalize = normalize;
    }
    assert.ok(steps < 3000 * 5, String(steps));
  });

  it("take the line ending for a range in one line from the rest of the document", () => {
    const document = documentOf("a\r\nfoo(b)\r\nc\r\n");
    const edits = toTextEdits(document, range(1, 4, 1, 5), "b,\nd");
    assert.equal(TextDocument.applyEdits(document, edits), "a\r\nfoo(b,\r\nd)\r\nc\r\n");
  });
});
