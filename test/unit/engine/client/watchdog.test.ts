/** Real timers and real processes, with short times. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { type Silence, Watchdog, type WatchdogOptions } from "../../../../server/engine/client/watchdog.ts";

const TIMES = { pingMs: 20, silentMs: 200, startMs: 200, stoppedMs: 60_000 };
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** Blocks this thread. */
const block = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

const dogs: Watchdog[] = [];
function watch(options: Partial<WatchdogOptions>): { dog: Watchdog; silences: Silence[]; silent: Promise<Silence> } {
  const silences: Silence[] = [];
  let tell: (silence: Silence) => void;
  const silent = new Promise<Silence>((resolve) => {
    tell = resolve;
  });
  const onSilent = (silence: Silence) => {
    silences.push(silence);
    tell(silence);
  };
  const dog = new Watchdog({ ping: () => {}, onSilent, ...options, times: { ...TIMES, ...options.times } });
  dogs.push(dog);
  return { dog, silences, silent };
}

describe("the watchdog", () => {
  afterEach(() => {
    for (const dog of dogs.splice(0)) dog.stop();
  });

  it("reports a process that does not answer once", async () => {
    let pings = 0;
    const { silences, silent } = watch({ ping: () => pings++ });
    const { ms, stopped } = await silent;
    assert.ok(ms >= TIMES.silentMs && pings > 0, `${ms} ms, ${pings} pings`);
    assert.equal(stopped, false);
    const asked = pings;
    await sleep(3 * TIMES.silentMs);
    assert.deepEqual([silences.length, pings], [1, asked]);
  });

  it("accepts a process that answers, and reports when it stops answering", async () => {
    let answers = 0;
    const { dog, silences, silent } = watch({
      ping: () => {
        if (++answers <= 30) setImmediate(() => dog.heard());
      },
    });
    while (answers <= 30) {
      assert.deepEqual(silences, []);
      await sleep(TIMES.pingMs);
    }
    assert.ok((await silent).ms >= TIMES.silentMs);
  });

  it("is more patient with a process that has just started", async () => {
    const { silent } = watch({ times: { startMs: 600 } });
    assert.ok((await silent).ms >= 600);
    const { dog, silent: later } = watch({ times: { startMs: 60_000 } });
    dog.heard();
    assert.ok((await later).ms >= TIMES.silentMs);
  });

  it("starts over after its own process was blocked", async () => {
    const { silences, silent } = watch({});
    await sleep(TIMES.silentMs / 2);
    block(5 * TIMES.silentMs);
    const awake = performance.now();
    await sleep(0);
    assert.deepEqual(silences, []);
    await silent;
    assert.ok(performance.now() - awake >= TIMES.silentMs - 1);
  });

  it("does not ask after it has been stopped", async () => {
    const { dog, silences } = watch({});
    dog.stop();
    await sleep(2 * TIMES.silentMs);
    assert.deepEqual(silences, []);
  });

  it("reports a stopped process early, and a running one not", async function () {
    if (process.platform !== "linux") this.skip();
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    try {
      const times = { startMs: 60_000, stoppedMs: 200 };
      const { silences, silent } = watch({ pid: child.pid, times });
      await sleep(3 * times.stoppedMs);
      assert.deepEqual(silences, []);
      child.kill("SIGSTOP");
      const { stopped, ms } = await silent;
      assert.ok(stopped && ms >= times.stoppedMs);
    } finally {
      child.kill("SIGKILL");
    }
  });
});
