import assert from "node:assert/strict";
import { backTo } from "../../../../src/agent/backTo.ts";
import { applyChanges } from "../../../../src/editor/hunks.ts";

const EARLIER = "a\nb\nc\nd\ne\n";
const LAST = "a\nB\nc\nd\nE\nf\n";

function back(present: string): { text: string; isWhole: boolean } {
  const [changes, isWhole] = backTo(EARLIER, LAST, present);
  return { text: applyChanges(present, changes).text, isWhole };
}

describe("the way back to an earlier text", () => {
  it("is exact where nothing was changed since", () => assert.deepEqual(back(LAST), { text: EARLIER, isWhole: true }));

  it("leaves what the user has written elsewhere", () =>
    assert.deepEqual(back("mine\na\nB\nc\nd\nE\nf\n"), { text: `mine\n${EARLIER}`, isWhole: true }));

  it("leaves the lines that the user has changed, and says so", () =>
    assert.deepEqual(back("a\nB mine\nc\nd\nE\nf\n"), { text: "a\nB mine\nc\nd\ne\n", isWhole: false }));

  it("changes nothing that is so already", () => {
    assert.deepEqual(backTo(EARLIER, EARLIER, "other\n"), [[], true]);
  });
});
