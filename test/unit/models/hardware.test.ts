/** Probing the GPUs, with engine processes that die or hang: the faults that no test machine has. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { type GpuHardware, probeGpus } from "../../../server/engine/client/hardware.ts";
import { HardwareProbe } from "../../../server/models/hardware.ts";

describe("probing the GPUs", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "probe-"));
  });
  after(() => rm(folder, { recursive: true }));

  /** Writes an engine process with this body for each message. The body can call `answer` and `backend`. */
  async function engine(name: string, body: string): Promise<string> {
    const file = path.join(folder, `${name}.mjs`);
    const head = `
      import { appendFileSync } from "node:fs";
      const backend = (backend) => new Promise((sent) => process.send({ type: "backend", backend }, sent));
      const answer = (id, result) => process.send({ type: "result", id, result });
      process.on("disconnect", () => process.exit(0));
      process.on("message", async ({ id, gpu, exclude }) => {
        appendFileSync(${JSON.stringify(`${file}.log`)}, process.pid + "\\n");`;
    await writeFile(file, `${head}${body}});`);
    return file;
  }
  const processes = async (file: string) => (await readFile(`${file}.log`, "utf8")).trim().split("\n").map(Number);
  const CPU = `answer(id, { backend: "cpu", names: [], total: 0, free: 0, unified: false });`;

  it("continues without a backend that kills the process, and reports it", async () => {
    const enginePath = await engine(
      "dies",
      `if (exclude.includes("vulkan")) ${CPU} else { await backend("vulkan"); process.abort(); }`,
    );
    const { problem, ...seen } = await probeGpus({ enginePath });
    assert.deepEqual(seen, { backend: "cpu", gpus: [], unified: false });
    assert.match(problem!, /The GPU is not used: vulkan failed during the check \(SIGABRT/);
  });

  it("uses the next backend when one kills the process", async () => {
    const enginePath = await engine(
      "next",
      `if (!exclude.includes("cuda")) { await backend("cuda"); process.exit(9); }
       await backend("vulkan");
       answer(id, { backend: "vulkan", names: ["A card"], total: 100, free: 90, unified: false });`,
    );
    const { problem, backend, gpus } = await probeGpus({ enginePath });
    assert.deepEqual(
      { backend, gpus },
      { backend: "vulkan", gpus: [{ name: "A card", memory: { total: 100, free: 90 } }] },
    );
    assert.match(problem!, /cuda failed .*exit code 9/);
  });

  it("does not wait for a process that hangs, and ends it", async () => {
    const enginePath = await engine("hangs", `await backend("cuda"); for (;;);`);
    const { backend, problem } = await probeGpus({ enginePath, timeoutMs: 8000 });
    assert.equal(backend, "cpu");
    assert.match(problem!, /did not answer within 8 seconds/);
    for (const pid of await processes(enginePath)) assert.throws(() => process.kill(pid, 0), /ESRCH/);
  });

  it("uses the CPU when the process cannot even start", async () => {
    const { backend, problem } = await probeGpus({ enginePath: path.join(folder, "missing.mjs") });
    assert.equal(backend, "cpu");
    assert.match(problem!, /it could not be checked/);
  });

  it("leaves out backends that are known to fail, and says what the others lack", async () => {
    const enginePath = await engine(
      "known",
      `const failures = exclude.map((backend) => ({ backend: "cuda", reason: backend + " is left out." }));
       answer(id, { backend: "cpu", names: [], total: 0, free: 0, unified: false, failures });`,
    );
    const { problem } = await probeGpus({ enginePath, exclude: ["vulkan"] });
    assert.equal(problem, "vulkan is left out.");
  });

  it("starts no process when the GPU is off", async () => {
    assert.deepEqual(await probeGpus({ enginePath: path.join(folder, "missing.mjs"), gpu: "off" }), {
      backend: "cpu",
      gpus: [],
      unified: false,
    });
  });

  it("probes several devices one by one, and leaves out unused ones", async () => {
    // As on a machine with an integrated GPU, which Vulkan counts, beside two cards.
    const enginePath = await engine(
      "several",
      `const all = [["Integrated", 10, 10], ["Card", 8, 7], ["Card", 12, 11]];
       const visible = process.env.GGML_VK_VISIBLE_DEVICES;
       const seen = visible === undefined ? all.slice(1) : all.filter((_, i) => i === Number(visible));
       const sum = (at) => seen.reduce((bytes, device) => bytes + device[at], 0);
       answer(id, { backend: "vulkan", names: seen.map(([name]) => name), total: sum(1), free: sum(2), unified: false });`,
    );
    const { gpus } = await probeGpus({ enginePath });
    assert.deepEqual(gpus, [
      { name: "Card", memory: { total: 8, free: 7 } },
      { name: "Card", memory: { total: 12, free: 11 } },
    ]);
  });

  it("divides the sum among devices that cannot be probed one by one", async () => {
    const enginePath = await engine(
      "sum",
      `if (process.env.CUDA_VISIBLE_DEVICES !== undefined) process.exit(1);
       answer(id, { backend: "cuda", names: ["One", "Two"], total: 30, free: 20, unified: false });`,
    );
    assert.deepEqual((await probeGpus({ enginePath })).gpus, [
      { name: "One", memory: { total: 15, free: 10 } },
      { name: "Two", memory: { total: 15, free: 10 } },
    ]);
  });
});

describe("the result of a hardware probe", () => {
  const seen: GpuHardware = { backend: "cpu", gpus: [], unified: false };

  it("is shared by all requests for some seconds, but not with another choice of GPU", async () => {
    let [looks, now] = [0, 0];
    const probe = new HardwareProbe(
      async () => {
        looks++;
        return seen;
      },
      () => now,
    );
    const folder = os.tmpdir();
    const [hardware] = await Promise.all([probe.read(folder), probe.read(folder), probe.read(folder, { gpu: "auto" })]);
    assert.equal(looks, 1);
    assert.ok(hardware.ram.free > 0 && hardware.ram.free <= hardware.ram.total && hardware.ram.total <= os.totalmem());
    assert.ok(hardware.disk.free > 0 && hardware.disk.free <= hardware.disk.total);
    now = 9_999;
    await probe.read(folder);
    assert.equal(looks, 1);
    await probe.read(folder, { refresh: true });
    assert.equal(looks, 2);
    now = 20_001;
    await probe.read(folder);
    assert.equal(looks, 3);
    await probe.read(folder, { gpu: "vulkan" });
    assert.equal(looks, 4);
    await probe.read(folder, { exclude: ["vulkan"] });
    assert.equal(looks, 5);
  });
});
