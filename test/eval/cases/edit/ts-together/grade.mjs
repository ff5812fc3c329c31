import assert from "node:assert/strict";
import { loadAll } from "project/load.ts";

let running = 0;
let most = 0;
const load = async (name) => {
  most = Math.max(most, ++running);
  await new Promise((resolve) => setTimeout(resolve, name === "a" ? 20 : 5));
  running--;
  return name.toUpperCase();
};
assert.deepEqual(await loadAll(["a", "b", "c"], load), ["A", "B", "C"]);
assert.equal(most, 3);
