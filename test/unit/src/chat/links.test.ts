import assert from "node:assert/strict";
import { lastName, lineIn, linksOf } from "../../../../src/chat/links.ts";
import { file, turn } from "./turns.ts";

describe("links from an answer to code", () => {
  const userContent = "File: src/cart.ts\n```ts\nclass Cart { put(name) { this.total = 1 } }\n```\n\nExplain.";

  it("are names that occur in what was asked about, and places in the attached files", () => {
    const answer =
      "`Cart.put(name)` changes `total`, see `cart.ts:12` and `src/cart.ts`, not `other.ts` or `missing`, `a + b`.";
    assert.deepEqual(linksOf(turn("q", answer, { sources: [file()], userContent })), [
      "Cart.put(name)",
      "total",
      "cart.ts:12",
      "src/cart.ts",
    ]);
  });

  it("are not there where nothing was attached", () => {
    assert.deepEqual(linksOf(turn("Cart", "`Cart`", { userContent })), []);
  });

  it("are not in code blocks", () => {
    const answer = "```ts\n`Cart`\n```".replaceAll("`Cart`", "Cart");
    assert.deepEqual(linksOf(turn("q", answer, { sources: [file()], userContent })), []);
  });

  it("name a line, or a name to search for", () => {
    const reference = { label: "cart.ts:3-9", detail: "src/cart.ts" };
    assert.equal(lineIn("cart.ts:12", reference), 12);
    assert.equal(lineIn("src/cart.ts:3-9", reference), 3);
    assert.equal(lineIn("cart.ts", reference), 0);
    assert.equal(lineIn("art.ts", reference), undefined);
    assert.equal(lastName("Cart.put(name)"), "put");
    assert.equal(lastName("total"), "total");
  });
});
