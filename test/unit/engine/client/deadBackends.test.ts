/** When a backend is given up, and how often the engine is started again. */
import assert from "node:assert/strict";
import { DeadBackends } from "../../../../server/engine/client/deadBackends.ts";
import { failuresFor } from "../../../../server/engine/gpu/backendOrder.ts";

const abort = { reason: "SIGABRT: GGML_ASSERT" };

describe("backends that end the engine", () => {
  it("are given up at once for that model when they do it while loading", () => {
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

  it("are given up when they do it at work twice within a minute with the same model", () => {
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

  it("are listed in their order, if they would have been used", () => {
    const failures = [
      { backend: "vulkan" as const, reason: "It died." },
      { backend: "cuda" as const, reason: "It is missing." },
    ];
    const named = (gpu: "auto" | "off" | "cuda" | "vulkan" | undefined) =>
      failuresFor(gpu, failures).map(({ backend }) => backend);
    assert.deepEqual([named("auto"), named(undefined), named("cuda")], Array(3).fill(["cuda", "vulkan"]));
    assert.deepEqual([named("vulkan"), named("off")], [["vulkan"], []]);
  });

  it("are not blamed when someone kills or stops the process; the CPU is never blamed", () => {
    const dead = new DeadBackends();
    const stopped = { reason: "it stopped responding", stopped: true };
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
  it("is blamed for the end of the engine", () => {
    const dead = new DeadBackends();
    const hung = { reason: "it stopped responding", killed: false, stopped: false };
    assert.equal(dead.diedLoading("a", "cuda", hung), true);
    assert.equal(dead.diedWorking("a", "vulkan", hung, 0), false);
    assert.equal(dead.diedWorking("a", "vulkan", hung, 1000), true);
  });
});
