import assert from "node:assert/strict";
import { MAX_QUOTED_CHARS, quotedWords } from "../../../server/shared/displayText.ts";

describe("quoted words in an error", () => {
  it("are on one line, and are cut", () => {
    assert.equal(quotedWords(" no\n  such\tmodel "), "no such model");
    assert.equal(quotedWords("a".repeat(1000)).length, MAX_QUOTED_CHARS);
  });

  it("hide a secret, even where the cut goes through it", () => {
    const secret = "hf_verySecretToken";
    assert.equal(quotedWords(`Invalid token ${secret}.`, secret), "Invalid token ….");
    for (let before = MAX_QUOTED_CHARS - secret.length; before <= MAX_QUOTED_CHARS; before++)
      assert.ok(!quotedWords(`${"a".repeat(before)}${secret}`, secret).includes("hf"), String(before));
  });
});
