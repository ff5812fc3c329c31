/** Passages between markers that differ from the requested ones. */
import assert from "node:assert/strict";
import { hasMarkers, hasStrayMarker, parseLoosely } from "../../../../server/features/reading/looseBlocks.ts";

describe("features: passages between other markers", () => {
  for (const [search, separator, replace] of [
    ["<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE"],
    ["<<<<< old", "=====", ">>>>> new"],
    ["------- SEARCH", "=======", "+++++++ REPLACE"],
  ] as const)
    it(`are read: ${search}`, () => {
      const lines = ["```", search, "a", separator, "b", replace, "```"];
      assert.ok(hasMarkers(lines, ["a"]));
      assert.deepEqual(parseLoosely(lines, false).blocks, [{ search: ["a"], replacement: ["b"] }]);
    });

  it("are not found in a text about such lines, or in a heading", () => {
    assert.ok(!hasMarkers(["<<<<<<< SEARCH", "======="], ["<<<<<<< SEARCH"]));
    assert.ok(!hasMarkers(["Search", "======", "------- search"], []));
    assert.ok(!hasStrayMarker(["+++++++ REPLACE"], ["+++++++ REPLACE"]));
    assert.ok(hasStrayMarker(["+++++++ REPLACE"], []));
  });
});
