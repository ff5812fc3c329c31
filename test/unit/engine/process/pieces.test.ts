import assert from "node:assert/strict";
import fc from "fast-check";
import { cutIntoPieces } from "../../../../server/engine/process/tokens.ts";

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
  "word(word=1) ".repeat(2000),
  "\r",
  "\t//",
);
const text = fc.array(line, { maxLength: 80 }).map((lines) => lines.join("\n"));

describe("the pieces of a text", () => {
  it("add up to the text and are cut where no token crosses", () => {
    fc.assert(
      fc.property(text, (text) => {
        const pieces = cutIntoPieces(text);
        assert.equal(pieces.join(""), text);
        for (const [i, piece] of pieces.slice(1).entries()) {
          const before = pieces[i]!;
          if (before.endsWith("\n")) assert.ok(before.length > 512 && /^[^\s/]/.test(piece));
          else assert.ok(before.length >= 16_384 && /[a-z]$/.test(before) && /^(?: [a-z]|[0-9(=;,{[])/.test(piece));
        }
        // A piece is not cut any further, otherwise it would not be cached as one.
        for (const piece of pieces) assert.equal(cutIntoPieces(piece).length, 1);
      }),
    );
  });

  it("stay the same while the user types at the end, except for the last one", () => {
    fc.assert(
      fc.property(text, text, (known, typed) => {
        const before = cutIntoPieces(known).slice(0, -1);
        assert.deepEqual(cutIntoPieces(known + typed).slice(0, before.length), before);
      }),
    );
  });
});
