import assert from "node:assert/strict";
import { mean, median } from "project/statistics.js";

const numbers = [100, 9, 20];
assert.equal(median(numbers), 20);
assert.deepEqual(numbers, [100, 9, 20]);
assert.deepEqual([median([3, 1, 2, 10]), mean([1, 2, 3])], [2.5, 2]);
