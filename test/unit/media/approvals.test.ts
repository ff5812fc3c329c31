import assert from "node:assert/strict";
import { withVisibleControls } from "../../../media/page/approvals.ts";

describe("what the agent asks", () => {
  it("shows invisible characters as escapes, and leaves all others as they are", () => {
    const text = "npm test -- --grep='é 日本 😀'\n\tls";
    assert.equal(withVisibleControls(text), text);
    assert.equal(withVisibleControls("a\u202eb\u0000c\u200bd\r\u2028"), "a\\u{202e}b\\u{0}c\\u{200b}d\\u{d}\\u{2028}");
  });
});
