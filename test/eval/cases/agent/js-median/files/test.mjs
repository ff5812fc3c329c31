import assert from "node:assert/strict";
import { mean, median } from "./statistics.js";

assert.equal(mean([1, 2, 3]), 2);
assert.equal(median([1, 10, 2]), 2);
assert.equal(median([3, 1, 2, 10]), 2.5);
console.log("passed");
