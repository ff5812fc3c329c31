import assert from "node:assert/strict";
import { lastName, lineIn, linksOf, linkTarget } from "../../../../src/chat/links.ts";
import { file, turn } from "./turns.ts";

describe("links from an answer to code", () => {
  const userContent = "File: src/cart.ts\n```ts\nclass Cart { put(name) { this.total = 1 } }\n```\n\nExplain.";

  it("are names that occur in the question's context, and places in the attached files", () => {
    const answer =
      "`Cart.put(name)` changes `total`, see `cart.ts:12` and `src/cart.ts`, not `other.ts` or `missing`, `a + b`.";
    assert.deepEqual(linksOf(turn("q", answer, { sources: [file()], userContent })), [
      "Cart.put(name)",
      "total",
      "cart.ts:12",
      "src/cart.ts",
    ]);
  });

  it("do not exist when nothing was attached", () => {
    assert.deepEqual(linksOf(turn("Cart", "`Cart`", { userContent })), []);
  });

  it("are not in code blocks", () => {
    const answer = "```ts\n`Cart`\n```".replaceAll("`Cart`", "Cart");
    assert.deepEqual(linksOf(turn("q", answer, { sources: [file()], userContent })), []);
  });

  it("to the web are shown as a browser reads them; other addresses are not links", () => {
    const target = {
      "https://example.com/a?b=c d": "https://example.com/a?b=c%20d",
      "https://ex\u0430mple.com/": "https://xn--exmple-4nf.com/",
      "https://example.com/\u202egpj.exe": "https://example.com/%E2%80%AEgpj.exe",
      "https://example.com@evil.example/": "https://example.com@evil.example/",
      "https:\\\\evil.example\n": "https://evil.example/",
      "mailto:a@b.c": "mailto:a@b.c",
    };
    for (const [href, shown] of Object.entries(target)) assert.equal(linkTarget(href), shown);
    const others = [
      ...["command:workbench.action.terminal.new", "vscode://x.y/run", "vscode-insiders:x", "javascript:alert(1)"],
      ...[
        "file:///etc/passwd",
        "data:text/html,x",
        "//evil.example/x",
        "x",
        "",
        "JAVASCRIPT:x",
        " command:x",
        "https://",
      ],
    ];
    for (const href of others) assert.equal(linkTarget(href), undefined, href);
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
