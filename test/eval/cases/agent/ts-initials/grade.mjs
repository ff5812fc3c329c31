import assert from "node:assert/strict";
import { initials } from "project/src/avatar.ts";

const of = (name) => initials({ id: 1, name });
assert.deepEqual([of(undefined), of(""), of("  "), of("Ada"), of("ada lovelace"), of("a b c")], ["?", "?", "?", "A", "AL", "AB"]);
