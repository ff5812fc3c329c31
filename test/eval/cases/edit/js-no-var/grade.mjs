import assert from "node:assert/strict";
import { count } from "project/count.js";

assert.deepEqual(count(["a", "b", "a"]), { a: 2, b: 1 });
