import assert from "node:assert/strict";
import fc from "fast-check";
import { cutIntoPieces } from "../../../server/engine/tokens.ts";

const line = fc.constantFrom(
  "",
  " ",
  "}",
  "  x();",
  "/ y",
  "é",
  "中文",
  "😀",
  "a".repeat(700),
  "word ".repeat(30),
  "\r",
  "\t//",
);
const text = fc.array(line, { maxLength: 80 }).map((lines) => lines.join("\n"));

describe("texts in pieces", () => {
  it("are the text, cut where no token reaches across", () => {
    fc.assert(
      fc.property(text, (text) => {
        const pieces = cutIntoPieces(text);
        assert.equal(pieces.join(""), text);
        for (const piece of pieces.slice(0, -1)) assert.ok(piece.length > 512 && piece.endsWith("\n"));
        for (const piece of pieces.slice(1)) assert.match(piece, /^[^\s/]/);
        // A piece is not cut any further, or it would not be remembered as one.
        for (const piece of pieces) assert.equal(cutIntoPieces(piece).length, 1);
      }),
    );
  });

  it("are the same ones while something is typed at the end, but for the last", () => {
    fc.assert(
      fc.property(text, text, (known, typed) => {
        const before = cutIntoPieces(known).slice(0, -1);
        assert.deepEqual(cutIntoPieces(known + typed).slice(0, before.length), before);
      }),
    );
  });
});
