import assert from "node:assert/strict";
import { visible } from "../../../../server/protocol.ts";
import { plain } from "../../../../src/problems.ts";

describe("what is shown of names from outside", () => {
  it("is one line, without what cannot be seen or turns the text around", () => {
    assert.equal(visible("a\r\n\tb\u0085c\u2028d"), "a   b\ufffdc d");
    assert.equal(
      visible("\u202e\u2066\u200f\u061cexe.ts\u0000\u001b[31m"),
      "\ufffd\ufffd\ufffd\ufffdexe.ts\ufffd\ufffd[31m",
    );
    assert.equal(visible("año 漢字 عربي 👩‍💻 $(x) <b>"), "año 漢字 عربي 👩‍💻 $(x) <b>");
  });

  it("is as long as it may be", () => {
    assert.equal(visible("abcdef", 4), "abc…");
    assert.equal(visible("abcd", 4), "abcd");
  });

  it("makes no link of a notification, and no second line", () => {
    assert.equal(plain("[x](command:workbench.action.quit)\n\u202ey"), "[x] (command:workbench.action.quit) \ufffdy");
  });
});
