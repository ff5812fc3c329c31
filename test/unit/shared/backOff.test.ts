import assert from "node:assert/strict";
import { BackOff } from "../../../server/shared/backOff.ts";

describe("a process that is restarted when it dies", () => {
  it("waits longer after each death that follows soon, and is given up after five in a row", () => {
    const backOff = new BackOff();
    const pauses = [0, 50_000, 100_000, 150_000, 200_000].map((at) => backOff.died(at));
    assert.deepEqual(pauses, [500, 1000, 2000, 4000, undefined]);
    assert.equal(backOff.deaths, 5);
  });

  it("begins with the shortest wait again after a minute of life, and after a reset", () => {
    const backOff = new BackOff();
    for (const at of [0, 1, 2]) backOff.died(at);
    assert.equal(backOff.died(60_002), 500);
    assert.equal(backOff.died(60_003), 1000);
    backOff.reset();
    assert.equal(backOff.died(60_004), 500);
  });
});
