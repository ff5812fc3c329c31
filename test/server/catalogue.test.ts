/** The models that this machine can run, from the built server and its command, with the real GPUs, RAM and disk. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { ErrorCodes } from "vscode-languageserver";
import { Method, type ModelInfo, type ModelsParams, type ModelsResult } from "../../server/protocol.ts";
import { Client, rejection, TOY } from "../support/client.ts";

const FOUR = "NVIDIA-Nemotron3-Nano-4B-Q4_K_M.gguf";
const FOUR_BYTES = 2_837_072_864;

describe("the list of models", () => {
  let folder: string;
  let client: Client;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "catalogue-"));
    client = await Client.toy([], { initializationOptions: { modelsFolder: folder } });
    await client.until((status) => status.type === "ready");
  });
  after(async () => {
    await client.stop();
    await rm(folder, { recursive: true });
  });
  const models = (params: ModelsParams = {}) => client.request<ModelsResult>(Method.models, params);
  const offer = ({ offers }: ModelsResult, id: string) => offers.find((one) => one.id === id)!;

  it("comes with the machine's hardware, also while a model is loaded", async () => {
    const { hardware, offers, ...rest } = await models({ gpu: "off" });
    assert.deepEqual(rest, { folder, usedBytes: 0 });
    assert.deepEqual([hardware.backend, hardware.gpus, hardware.unified], ["cpu", [], false]);
    assert.ok(hardware.ram.total <= os.totalmem() && hardware.ram.free > 0 && hardware.ram.free <= hardware.ram.total);
    assert.ok(hardware.disk.free > 0 && hardware.disk.free < hardware.disk.total);
    assert.ok(offers.length >= 10);
    assert.ok(offers.every(({ fit }) => fit.type === "cpu" || fit.type === "no"));
    assert.ok(offers.filter(({ recommended }) => recommended).length <= 1);
    assert.equal(offer({ hardware, offers, ...rest }, "nemotron-nano-9b-v2-q4_k_m").bytes, 6_525_629_280);
    assert.equal(client.status.type, "ready", "the model stays loaded");
  });

  it("counts the complete and the unfinished files in the folder", async () => {
    const sparse = async (name: string, bytes: number) => {
      await writeFile(path.join(folder, name), "");
      await truncate(path.join(folder, name), bytes);
    };
    await sparse(FOUR, FOUR_BYTES);
    await sparse("NVIDIA-Nemotron-3-Nano-30B-A3B-Q4_K_M.gguf.part", 5_000_000);
    const result = await models({ gpu: "off" });
    assert.equal(offer(result, "nemotron-3-nano-4b-q4_k_m").path, path.join(folder, FOUR));
    const unfinished = offer(result, "nemotron-3-nano-30b-a3b-q4_k_m");
    assert.deepEqual([unfinished.path, unfinished.partialBytes], [undefined, 5_000_000]);
    assert.equal(result.usedBytes, FOUR_BYTES + 5_000_000);
  });

  it("is computed for the requested context", async () => {
    const small = offer(await models({ gpu: "off", contextTokens: 4096 }), "nemotron-3-nano-4b-q4_k_m");
    if (small.fit.type !== "no") assert.equal(small.fit.contextTokens, 4096);
    const nothing = await rejection(models({ contextTokens: -1 }));
    assert.equal(nothing.code, ErrorCodes.InvalidParams);
    const gpu = "quantum" as "auto";
    assert.match((await rejection(models({ gpu }))).message, /gpu must be one of auto, off, cuda/);
  });

  it("probes the GPU in a process of its own, beside the engine", async () => {
    const engine = client.enginePid();
    const { hardware } = await models({ refresh: true });
    assert.equal(hardware.backend === "cpu", hardware.gpus.length === 0);
    assert.equal(client.enginePid(), engine);
    await client.request<ModelInfo>(Method.status, {});
  });

  it("reports that a requested backend is missing, and assumes the CPU", async () => {
    const { hardware } = await models({ gpu: "metal" });
    if (process.platform !== "darwin") {
      assert.equal(hardware.backend, "cpu");
      assert.match(hardware.problem!, /The backend metal is not available here/);
    }
  });

  it("describes each GPU by its name and memory", async function () {
    // A software device (Debian's mesa-vulkan-drivers), which is used only if it is named. Here it is named twice.
    const device = existsSync("/usr/share/vulkan/icd.d/lvp_icd.x86_64.json");
    if (!device && process.env.CI !== "true") this.skip();
    assert.ok(device, "mesa-vulkan-drivers is not installed");
    const other = await Client.start({ env: { GGML_VK_VISIBLE_DEVICES: "0,0" } });
    try {
      const { hardware } = await other.request<ModelsResult>(Method.models, { gpu: "vulkan" });
      assert.equal(hardware.backend, "vulkan");
      assert.equal(hardware.gpus.length, 2);
      for (const { name, memory } of hardware.gpus) {
        assert.match(name, /llvmpipe/);
        assert.ok(memory.total > 0 && memory.free <= memory.total);
      }
    } finally {
      await other.stop();
    }
  });

  it("leaves out a GPU that has crashed the engine, and says so", async function () {
    const device = existsSync("/usr/share/vulkan/icd.d/lvp_icd.x86_64.json");
    if (!device && process.env.CI !== "true") this.skip();
    assert.ok(device, "mesa-vulkan-drivers is not installed");
    const other = await Client.start({ env: { GGML_VK_VISIBLE_DEVICES: "0" } });
    try {
      assert.equal((await other.request<ModelsResult>(Method.models, {})).hardware.backend, "vulkan");
      await other.request<ModelInfo>(Method.load, { model: TOY, contextTokens: 4096 });
      const { hardware, offers } = await other.request<ModelsResult>(Method.models, {});
      assert.deepEqual([hardware.backend, hardware.gpus], ["cpu", []]);
      assert.match(hardware.problem!, /vulkan/i);
      assert.ok(offers.every(({ fit }) => fit.type === "cpu" || fit.type === "no"));
    } finally {
      await other.stop();
    }
  });

  describe("is printed by a command", () => {
    const run = (...args: string[]) => promisify(execFile)(process.execPath, ["dist/server.mjs", "models", ...args]);

    it("as a table, without escape codes when the output is not a terminal", async () => {
      const { stdout, stderr } = await run("--folder", folder, "--gpu", "off");
      assert.equal(stderr, "");
      assert.match(stdout, /^GPU {2}none usable\nRAM {2}/);
      assert.ok(stdout.includes(`Models are kept in ${folder} (2.8 GB used`));
      assert.match(stdout, /^[* ] Q4_K_M +2\.8 GB +yes/m);
      assert.ok(!stdout.includes("\x1b"));
    });

    it("as JSON, with the same offers as over LSP", async () => {
      const { stdout } = await run("--json", "--folder", folder, "--gpu", "off", "--context", "8192");
      const said: ModelsResult = JSON.parse(stdout);
      const same = await models({ gpu: "off", contextTokens: 8192 });
      assert.deepEqual(
        said.offers.map(({ id, path: at }) => [id, at]),
        same.offers.map(({ id, path: at }) => [id, at]),
      );
      assert.deepEqual(
        said.offers.filter(({ path: at }) => at).map(({ file }) => file),
        [FOUR],
      );
    });

    it("with its usage for --help", async () => {
      const { stdout } = await run("--help");
      assert.match(stdout, /^usage: nemotron-server models \[options\]/);
    });

    it("with a pointer to its usage when the arguments are wrong", async () => {
      const wrong = async (...args: string[]) =>
        (await rejection(run(...args))) as unknown as { code: number; stderr: string };
      assert.match((await wrong("--fast")).stderr, /--fast.*usage: nemotron-server help models/);
      assert.match(
        (await wrong("--gpu", "quantum")).stderr,
        /--gpu .*'quantum' is invalid\. Allowed choices are auto, off/,
      );
      assert.match(
        (await wrong("--context", "many")).stderr,
        /--context .*'many' is invalid\. It must be a whole number/,
      );
      assert.equal((await wrong("--folder", path.join(folder, FOUR))).code, 2);
    });
  });
});
