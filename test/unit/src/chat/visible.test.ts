import assert from "node:assert/strict";
import { sanitizeDisplayText } from "../../../../server/shared/displayText.ts";
import { escapeNotification } from "../../../../src/errors/problems.ts";

describe("a name from outside, as it is shown", () => {
  it("is one line, without characters that are invisible or change the text's direction", () => {
    assert.equal(sanitizeDisplayText("a\r\n\tb\u0085c\u2028d"), "a   b\ufffdc d");
    assert.equal(
      sanitizeDisplayText("\u202e\u2066\u200f\u061cexe.ts\u0000\u001b[31m"),
      "\ufffd\ufffd\ufffd\ufffdexe.ts\ufffd\ufffd[31m",
    );
    assert.equal(sanitizeDisplayText("año 漢字 عربي 👩‍💻 $(x) <b>"), "año 漢字 عربي 👩‍💻 $(x) <b>");
  });

  it("is cut at the maximum length", () => {
    assert.equal(sanitizeDisplayText("abcdef", 4), "abc…");
    assert.equal(sanitizeDisplayText("abcd", 4), "abcd");
  });

  it("adds no link and no second line to a notification", () => {
    assert.equal(
      escapeNotification("[x](command:workbench.action.quit)\n\u202ey"),
      "[x] (command:workbench.action.quit) \ufffdy",
    );
  });
});
