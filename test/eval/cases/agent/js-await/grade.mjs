import assert from "node:assert/strict";
import { retry } from "project/lib/retry.js";

let calls = 0;
const failing = (until) => async () => {
  if (++calls < until) throw new Error(`failed ${calls}`);
  return calls;
};
assert.equal(await retry(failing(3)), 3);
calls = 0;
await assert.rejects(retry(failing(9), 4), /failed 4/);
assert.equal(calls, 4);
