import assert from "node:assert/strict";
import { join } from "project/join.js";

assert.deepEqual([join(["a", "", "b"]), join(["a", "b"], "-"), join(["a", "b"], "")], ["a, b", "a-b", "ab"]);
