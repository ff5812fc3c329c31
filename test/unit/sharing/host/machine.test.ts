/** The machine's RAM and power supply, read from files and outputs like those of real systems. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { availableMemory, darwinMemory, linuxMemory } from "../../../../server/sharing/host/availableMemory.ts";
import { darwinOnBattery, linuxOnBattery, onBattery, windowsOnBattery } from "../../../../server/sharing/host/power.ts";

const GIB = 1024 ** 3;
let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), "nemotron-machine-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function files(contents: Record<string, string>): void {
  for (const [name, text] of Object.entries(contents)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), `${text}\n`);
  }
}

describe("the power supply", () => {
  /** The files of a laptop's power supply. */
  const supply = (online: string, status: string) => ({
    "AC/type": "Mains",
    "AC/online": online,
    "BAT0/type": "Battery",
    "BAT0/scope": "System",
    "BAT0/status": status,
  });

  it("is the battery when that discharges and nothing else is online (Linux)", async () => {
    files(supply("0", "Discharging"));
    assert.equal(await linuxOnBattery(root), true);
  });

  it("is the mains when that is online, whatever the battery does", async () => {
    for (const status of ["Charging", "Full", "Not charging", "Discharging"]) {
      files(supply("1", status));
      assert.equal(await linuxOnBattery(root), false, status);
    }
  });

  it("may come by USB", async () => {
    files({ ...supply("0", "Discharging"), "ucsi-source-psy-1/type": "USB", "ucsi-source-psy-1/online": "1" });
    assert.equal(await linuxOnBattery(root), false);
  });

  it("is not the battery of a mouse, nor one of unknown status", async () => {
    files({ "hidpp_battery_0/type": "Battery", "hidpp_battery_0/scope": "Device" });
    files({ "hidpp_battery_0/status": "Discharging", "BAT0/type": "Battery", "BAT0/status": "Unknown" });
    assert.equal(await linuxOnBattery(root), false);
    files({ "BAT1/type": "Battery", "BAT1/status": "Discharging" });
    assert.equal(await linuxOnBattery(root), true);
  });

  it("is the mains on machines without a power supply folder", async () => {
    assert.equal(await linuxOnBattery(root), false);
    assert.equal(await linuxOnBattery(path.join(root, "missing")), false);
  });

  it("is read from what macOS prints", () => {
    const battery =
      "Now drawing from 'Battery Power'\n -InternalBattery-0 (id=4653155)\t83%; discharging; 4:12 remaining";
    const mains =
      "Now drawing from 'AC Power'\n -InternalBattery-0 (id=4653155)\t100%; charged; 0:00 remaining present: true";
    assert.deepEqual([battery, mains, "Now drawing from 'AC Power'", ""].map(darwinOnBattery), [
      true,
      false,
      false,
      false,
    ]);
  });

  it("is read from what Windows prints", () => {
    const says = (...texts: string[]) => texts.map(windowsOnBattery);
    assert.deepEqual(says("1\r\n", "4\r\n", "5", "1\r\n1\r\n"), [true, true, true, true]);
    assert.deepEqual(says("2\r\n", "3", "6", "8", "10", "11", "", "1\r\n2\r\n", "error"), Array(9).fill(false));
  });

  it("is known on this machine", async () => assert.equal(typeof (await onBattery()), "boolean"));
});

describe("the memory that is left", () => {
  const meminfo =
    "MemTotal:       16384000 kB\nMemFree:          204800 kB\nMemAvailable:    8192000 kB\nBuffers: 1 kB";

  it("is what Linux can give, its file cache included", async () => {
    files({ "proc/meminfo": meminfo });
    assert.deepEqual(await linuxMemory(root), { available: 8_192_000 * 1024, total: 16_384_000 * 1024 });
  });

  it("is what the container may still use, with the cache that can be reclaimed", async () => {
    files({
      "proc/meminfo": meminfo,
      "proc/self/cgroup": "0::/",
      "sys/fs/cgroup/memory.max": `${4 * GIB}`,
      "sys/fs/cgroup/memory.current": `${3.5 * GIB}`,
      "sys/fs/cgroup/memory.stat": `anon 1\nfile 9\ninactive_file ${GIB}\nactive_file 5`,
    });
    assert.deepEqual(await linuxMemory(root), { available: 1.5 * GIB, total: 4 * GIB });
  });

  it("is what the tightest enclosing group leaves; one without a limit leaves all", async () => {
    files({
      "proc/meminfo": meminfo,
      "proc/self/cgroup": "0::/user.slice/app.scope",
      "sys/fs/cgroup/user.slice/app.scope/memory.max": "max",
      "sys/fs/cgroup/user.slice/memory.max": `${2 * GIB}`,
      "sys/fs/cgroup/user.slice/memory.current": `${GIB}`,
    });
    assert.deepEqual(await linuxMemory(root), { available: GIB, total: 2 * GIB });
  });

  it("is undefined when it is unknown", async () => {
    assert.equal(await linuxMemory(root), undefined);
    assert.equal(darwinMemory("memory_pressure: unknown option", 16 * GIB), undefined);
  });

  it("is the kernel's measure on macOS", () => {
    const printed =
      "The system has 17179869184 (1048576 pages with a page size of 16384).\nSystem-wide memory free percentage: 25%\n";
    assert.deepEqual(darwinMemory(printed, 16 * GIB), { available: 4 * GIB, total: 16 * GIB });
  });

  it("is known on this machine", async () => {
    const left = await availableMemory();
    assert.ok(left && left.available > 0 && left.available <= left.total && left.total <= os.totalmem());
  });
});
