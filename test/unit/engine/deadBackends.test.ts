/** When a backend is given up, and how often the engine is started again. */
import assert from "node:assert/strict";
import { DeadBackends, failuresFor } from "../../../server/engine/deadBackends.ts";
import { Restarts } from "../../../server/engine/restarts.ts";

const abort = { reason: "SIGABRT: GGML_ASSERT" };

describe("backends that end the engine", () => {
  it("while it loads are given up at once, for that model", () => {
    const dead = new DeadBackends();
    assert.equal(dead.diedLoading("a", "cuda", abort), true);
    assert.equal(dead.diedLoading("a", "vulkan", abort), true);
    assert.equal(dead.diedLoading("a", "cpu", abort), false);
    assert.equal(dead.diedLoading("a", undefined, abort), false);
    assert.deepEqual(
      dead.of("a").map(({ backend }) => backend),
      ["cuda", "vulkan"],
    );
    assert.match(dead.of("a")[0]!.reason, /cuda is not used: .*SIGABRT: GGML_ASSERT/);
    assert.deepEqual(dead.of("b"), []);
    dead.forget("a");
    assert.deepEqual(dead.of("a"), []);
  });

  it("at work are given up when it happens twice within a minute with the same model", () => {
    const dead = new DeadBackends();
    assert.equal(dead.diedWorking("a", "vulkan", abort, 0), false);
    assert.equal(dead.diedWorking("b", "vulkan", abort, 1000), false);
    assert.equal(dead.diedWorking("a", "cuda", abort, 2000), false);
    assert.equal(dead.diedWorking("a", "vulkan", abort, 61_000), false);
    assert.equal(dead.diedWorking("a", "vulkan", abort, 120_000), true);
    assert.deepEqual(
      dead.of("a").map(({ backend }) => backend),
      ["vulkan"],
    );
  });

  it("are told of in their order, where they would have been used", () => {
    const failures = [
      { backend: "vulkan" as const, reason: "It died." },
      { backend: "cuda" as const, reason: "It is missing." },
    ];
    const named = (gpu: "auto" | "off" | "cuda" | "vulkan" | undefined) =>
      failuresFor(gpu, failures).map(({ backend }) => backend);
    assert.deepEqual([named("auto"), named(undefined), named("cuda")], Array(3).fill(["cuda", "vulkan"]));
    assert.deepEqual([named("vulkan"), named("off")], [["vulkan"], []]);
  });

  it("are not blamed for who is killed or stopped from outside, nor is the CPU for anything", () => {
    const dead = new DeadBackends();
    const stopped = { reason: "it no longer answered", stopped: true };
    assert.equal(dead.diedLoading("a", "vulkan", stopped), false);
    for (let now = 0; now < 5; now++) {
      assert.equal(dead.diedWorking("a", "vulkan", stopped, now), false);
      assert.equal(dead.diedWorking("a", "vulkan", { reason: "SIGKILL", killed: true }, now), false);
      assert.equal(dead.diedWorking("a", "cpu", abort, now), false);
    }
    assert.deepEqual(dead.of("a"), []);
  });
});

describe("a backend that hangs", () => {
  it("has ended the engine by itself", () => {
    const dead = new DeadBackends();
    const hung = { reason: "it no longer answered", killed: false, stopped: false };
    assert.equal(dead.diedLoading("a", "cuda", hung), true);
    assert.equal(dead.diedWorking("a", "vulkan", hung, 0), false);
    assert.equal(dead.diedWorking("a", "vulkan", hung, 1000), true);
  });
});

describe("the engine's restarts", () => {
  it("wait longer with each death that follows soon, and end", () => {
    const restarts = new Restarts();
    const pauses = [100_000, 110_000, 120_000, 130_000, 140_000].map((now) => restarts.died(now));
    assert.deepEqual(pauses, [500, 1000, 2000, 4000, undefined]);
    assert.equal(restarts.deaths, 5);
  });

  it("begin anew after a quiet minute, and when something has changed", () => {
    const restarts = new Restarts();
    assert.deepEqual([restarts.died(100_000), restarts.died(100_001), restarts.died(160_001)], [500, 1000, 500]);
    restarts.died(160_002);
    restarts.reset();
    assert.equal(restarts.died(160_003), 500);
  });
});
