/** When the engine's memory is freed automatically, with simulated time, RAM and power. */
import assert from "node:assert/strict";
import type { EnginePolicy } from "../../../../server/protocol.ts";
import type { AvailableMemory } from "../../../../server/sharing/host/availableMemory.ts";
import { lowMemoryLimit, MemoryPolicy } from "../../../../server/sharing/host/policy.ts";
import type { Clock } from "../../../../server/sharing/host/poller.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const GIB = 1024 ** 3;
const PLENTY: AvailableMemory = { available: 8 * GIB, total: 16 * GIB };
const SHORT: AvailableMemory = { available: 1 * GIB, total: 16 * GIB };
const IDLE = { loaded: true, busy: false };
const BUSY = { loaded: true, busy: true };
const NO_MODEL = { loaded: false, busy: false };

/** A clock that advances only with `pass`. */
class TestClock implements Clock {
  private time = 0;
  private timers: { at: number; callback: () => void }[] = [];
  now = () => this.time;
  after = (ms: number, callback: () => void) => {
    const timer = { at: this.time + ms, callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  };

  get waiting(): number {
    return this.timers.length;
  }

  async pass(ms: number): Promise<void> {
    const until = this.time + ms;
    for (;;) {
      const next = this.timers.sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > until) break;
      this.time = next.at;
      this.timers = this.timers.filter((timer) => timer !== next);
      next.callback();
      // Lets the callback's promises settle.
      await new Promise(setImmediate);
    }
    this.time = until;
  }
}

function start(policy: EnginePolicy) {
  const clock = new TestClock();
  const world = { left: PLENTY as AvailableMemory | undefined, battery: false, looks: 0 };
  const calls: string[] = [];
  const memory = new MemoryPolicy({
    clock,
    leave: () => calls.push("leave"),
    unload: (reason) => {
      calls.push(reason);
      memory.engineChanged(NO_MODEL);
    },
    availableMemory: async () => {
      world.looks++;
      return world.left;
    },
    onBattery: async () => {
      world.looks++;
      return world.battery;
    },
  });
  memory.set(policy);
  return { clock, world, calls, memory };
}

describe("the engine without clients", () => {
  it("is ended after the configured minutes, or after one by default", async () => {
    for (const [policy, minutes] of [
      [{}, 1],
      [{ keepAliveMinutes: 5 }, 5],
      [{ keepAliveMinutes: 0.5 }, 0.5],
    ] as const) {
      const { clock, calls, memory } = start(policy);
      memory.clientsChanged(2);
      memory.clientsChanged(1);
      await clock.pass(60 * MINUTE);
      memory.clientsChanged(0);
      await clock.pass(minutes * MINUTE - 1);
      assert.deepEqual(calls, []);
      await clock.pass(1);
      assert.deepEqual(calls, ["leave"]);
      await clock.pass(60 * MINUTE);
      assert.deepEqual(calls, ["leave"]);
    }
  });

  it("is ended at once with 0, and never with -1", async () => {
    const once = start({ keepAliveMinutes: 0 });
    once.memory.clientsChanged(1);
    once.memory.clientsChanged(0);
    assert.deepEqual(once.calls, ["leave"]);
    const never = start({ keepAliveMinutes: -1 });
    never.memory.clientsChanged(1);
    never.memory.clientsChanged(0);
    await never.clock.pass(100_000 * MINUTE);
    assert.deepEqual([never.calls, never.clock.waiting], [[], 0]);
  });

  it("stays for a client that comes meanwhile, and waits again when that one leaves", async () => {
    const { clock, calls, memory } = start({});
    memory.clientsChanged(0);
    await clock.pass(0.9 * MINUTE);
    memory.clientsChanged(1);
    await clock.pass(10 * MINUTE);
    memory.clientsChanged(0);
    await clock.pass(0.9 * MINUTE);
    assert.deepEqual(calls, []);
    await clock.pass(0.1 * MINUTE);
    assert.deepEqual(calls, ["leave"]);
  });

  it("finishes running requests first", async () => {
    const { clock, calls, memory } = start({ keepAliveMinutes: 0 });
    memory.clientsChanged(1);
    memory.engineChanged(BUSY);
    memory.clientsChanged(0);
    await clock.pass(10 * MINUTE);
    assert.deepEqual(calls, []);
    memory.engineChanged(IDLE);
    assert.deepEqual(calls, ["leave"]);
  });

  it("follows a policy that changes while it waits, counted from when the last client left", async () => {
    const { clock, calls, memory } = start({ keepAliveMinutes: -1 });
    memory.clientsChanged(1);
    memory.clientsChanged(0);
    await clock.pass(3 * MINUTE);
    memory.set({ keepAliveMinutes: 5 });
    await clock.pass(2 * MINUTE - 1);
    assert.deepEqual(calls, []);
    await clock.pass(1);
    assert.deepEqual(calls, ["leave"]);
  });

  it("can be kept for longer than Node's timers allow, and uses the default instead of nonsense", async () => {
    const long = start({ keepAliveMinutes: 60_000 });
    long.memory.clientsChanged(0);
    await long.clock.pass(60_000 * MINUTE - 1);
    assert.deepEqual(long.calls, []);
    await long.clock.pass(1);
    assert.deepEqual(long.calls, ["leave"]);
    const nonsense = start({ keepAliveMinutes: Number.NaN });
    nonsense.memory.clientsChanged(0);
    await nonsense.clock.pass(MINUTE - 1);
    assert.deepEqual(nonsense.calls, []);
    await nonsense.clock.pass(1);
    assert.deepEqual(nonsense.calls, ["leave"]);
  });
});

describe("a machine whose memory runs short", () => {
  const policy: EnginePolicy = { lowMemory: "unload" };

  it("gets the model's memory back, with a reason", async () => {
    const { clock, world, calls, memory } = start(policy);
    memory.engineChanged(IDLE);
    await clock.pass(10 * MINUTE);
    assert.deepEqual(calls, []);
    world.left = SHORT;
    await clock.pass(MINUTE);
    assert.equal(calls.length, 1);
    assert.match(calls[0]!, /low on memory/);
  });

  it("is short below a share of its RAM, which is at least 512 MiB and at most 2 GiB", () => {
    assert.deepEqual(
      [4, 12, 128].map((gib) => lowMemoryLimit(gib * GIB) / GIB),
      [0.5, 1, 2],
    );
  });

  it("does not get it while a request runs, for a short peak, or when nothing is known", async () => {
    const { clock, world, calls, memory } = start(policy);
    memory.engineChanged(BUSY);
    world.left = SHORT;
    await clock.pass(10 * MINUTE);
    assert.deepEqual([calls, world.looks], [[], 0]);
    memory.engineChanged(IDLE);
    await clock.pass(10 * SECOND);
    assert.equal(world.looks, 1);
    world.left = PLENTY;
    await clock.pass(10 * SECOND);
    world.left = SHORT;
    await clock.pass(10 * SECOND);
    world.left = undefined;
    await clock.pass(10 * MINUTE);
    assert.deepEqual(calls, []);
  });

  it("does not get it again within minutes after the model was reloaded", async () => {
    const { clock, world, calls, memory } = start(policy);
    memory.engineChanged(IDLE);
    world.left = SHORT;
    await clock.pass(MINUTE);
    assert.equal(calls.length, 1);
    await clock.pass(30 * MINUTE);
    memory.engineChanged(BUSY);
    memory.engineChanged(IDLE);
    await clock.pass(9 * MINUTE);
    assert.equal(calls.length, 1);
    await clock.pass(2 * MINUTE);
    assert.equal(calls.length, 2);
  });

  it("is not checked unless that is configured, nor without a model", async () => {
    const { clock, world, memory } = start({ lowMemory: "keep" });
    memory.engineChanged(IDLE);
    await clock.pass(MINUTE);
    memory.engineChanged(NO_MODEL);
    memory.set(policy);
    await clock.pass(MINUTE);
    assert.deepEqual([world.looks, clock.waiting], [0, 0]);
    memory.engineChanged(IDLE);
    memory.dispose();
    await clock.pass(MINUTE);
    assert.deepEqual([world.looks, clock.waiting], [0, 0]);
  });
});

describe("a machine on its battery", () => {
  const policy: EnginePolicy = { onBattery: "unload" };

  it("loses the model after five minutes without a request", async () => {
    const { clock, world, calls, memory } = start(policy);
    world.battery = true;
    memory.engineChanged(IDLE);
    await clock.pass(4 * MINUTE);
    memory.engineChanged(BUSY);
    memory.engineChanged(IDLE);
    await clock.pass(4 * MINUTE);
    memory.used();
    await clock.pass(4 * MINUTE);
    assert.deepEqual(calls, []);
    await clock.pass(2 * MINUTE);
    assert.match(`${calls}`, /battery.* 5 minutes/);
  });

  it("keeps it on mains power, and for five minutes after that", async () => {
    const { clock, world, calls, memory } = start(policy);
    memory.engineChanged(IDLE);
    await clock.pass(60 * MINUTE);
    world.battery = true;
    await clock.pass(4 * MINUTE);
    world.battery = false;
    await clock.pass(2 * MINUTE);
    world.battery = true;
    await clock.pass(5 * MINUTE);
    assert.deepEqual(calls, []);
    await clock.pass(2 * MINUTE);
    assert.equal(calls.length, 1);
  });

  it("keeps it by default", async () => {
    const { clock, world, calls, memory } = start({});
    world.battery = true;
    memory.engineChanged(IDLE);
    await clock.pass(60 * MINUTE);
    assert.deepEqual([calls, world.looks], [[], 0]);
  });
});
