import assert from "node:assert/strict";
import { describe } from "project/size.ts";

assert.deepEqual(["", "a", "ab"].map(describe), ["0 characters", "1 character", "2 characters"]);
