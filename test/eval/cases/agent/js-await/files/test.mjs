import assert from "node:assert/strict";
import { retry } from "./lib/retry.js";

let calls = 0;
const result = await retry(async () => {
  if (++calls < 3) throw new Error("not yet");
  return calls;
});
assert.equal(result, 3);
console.log("passed");
