import assert from "node:assert/strict";
import { describeAge } from "project/age.js";

for (const age of [-1, -0.5]) assert.throws(() => describeAge(age), RangeError);
assert.deepEqual([0, 17, 18].map(describeAge), ["a minor", "a minor", "an adult"]);
