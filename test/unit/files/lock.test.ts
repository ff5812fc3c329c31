import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { acquire, isLocked } from "../../../server/files/lock.ts";

describe("the lock on a model's file", () => {
  let folder: string;
  let file: string;
  const never = new AbortController().signal;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "lock-"));
    file = path.join(folder, "model.lock");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("belongs to one process at a time, however many want it", async () => {
    let [holding, most, had] = [0, 0, 0];
    const take = async () => {
      const lock = await acquire(file, never, async () => {});
      most = Math.max(most, ++holding);
      await new Promise((resolve) => setTimeout(resolve, 5));
      holding--;
      had++;
      await lock.release();
    };
    await Promise.all([take(), take(), take()]);
    assert.deepEqual([most, had, await readdir(folder)], [1, 3, []]);
  });

  it("can be waited for until the waiter gives up", async () => {
    const lock = await acquire(file, never, async () => {});
    assert.equal(await isLocked(file), true);
    const abort = new AbortController();
    const second = acquire(file, abort.signal, async () => abort.abort(new Error("Cancelled")));
    await assert.rejects(second, /Cancelled/);
    await lock.release();
    assert.equal(await isLocked(file), false);
  });

  it("from another machine is taken over only after a silence", async () => {
    const other = JSON.stringify({ pid: 1, host: "elsewhere", id: "x" });
    await writeFile(file, other);
    let beats = 0;
    // It sends three heartbeats, and then no more.
    const waiting = async () => {
      if (beats++ < 3) await utimes(file, new Date(), new Date(Date.now() + beats * 1000));
      assert.equal(await readFile(file, "utf8"), other);
    };
    const lock = await acquire(file, never, waiting, 2000);
    assert.ok(beats > 4, `taken over after ${beats} looks`);
    await lock.release();
  });

  it("that another process has taken over is not released by the first", async () => {
    const lock = await acquire(file, never, async () => {});
    await writeFile(file, "somebody else");
    await lock.release();
    assert.ok(existsSync(file));
  });
});
