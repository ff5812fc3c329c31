import assert from "node:assert/strict";
import { pageCount, pageOf } from "project/src/pages.ts";
import { report } from "project/src/report.ts";

assert.deepEqual([0, 1, 5, 10, 11].map((items) => pageCount(items, 5)), [0, 1, 1, 2, 3]);
assert.deepEqual(pageOf([1, 2, 3], 1, 2), [3]);
assert.equal(report(["a", "b", "c", "d", "e", "f"]), "a, b, c, d, e\nf");
