import assert from "node:assert/strict";
import { clamp } from "project/clamp.ts";

assert.deepEqual([clamp(5, 1, 3), clamp(5, 3, 1), clamp(0, 3, 1), clamp(2, 3, 1), clamp(2, 1, 3)], [3, 3, 1, 2, 2]);
