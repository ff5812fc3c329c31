import assert from "node:assert/strict";
import fc from "fast-check";
import { CATALOGUE, type CatalogueEntry, entryById } from "../../../server/models/catalogue.ts";
import { fitModel, hardwareWithout } from "../../../server/models/fits.ts";
import { type Candidate, recommend, USEFUL_CONTEXT_TOKENS } from "../../../server/models/recommend.ts";
import type { Fit, Hardware, ModelInfo } from "../../../server/protocol.ts";
import { GiB, machine, PROFILES, type Profile } from "./profiles.ts";

const DEFAULT = entryById("nemotron-nano-9b-v2-q4_k_m")!;
const candidates = (hardware: Hardware): Candidate[] =>
  CATALOGUE.map((entry) => ({ entry, fit: fitModel(entry, hardware), installed: false }));
const recommended = (hardware: Hardware) => recommend(candidates(hardware), hardware);
const total = ({ memory }: Fit) => memory.weights + memory.state + memory.kv + memory.compute;
const sum = (hardware: Hardware) => hardware.gpus.reduce((bytes, { memory }) => bytes + memory.free, 0);

describe("what fits", () => {
  /** The recommendation, and how the 9B at Q4_K_M fits. */
  const expected: Record<Profile, [recommended: string | undefined, fit: Fit["type"]]> = {
    "6 GB": ["nemotron-3-nano-4b-q4_k_m", "partial"],
    "8 GB": ["nemotron-3-nano-4b-q8_0", "partial"],
    "12 GB": ["nemotron-nano-9b-v2-q4_k_m", "gpu"],
    "16 GB": ["nemotron-nano-9b-v2-q8_0", "gpu"],
    "22 GB": ["nemotron-nano-9b-v2-q8_0", "gpu"],
    "24 GB": ["nemotron-3-nano-30b-a3b-q4_k_m", "gpu"],
    "48 GB": ["nemotron-3-nano-30b-a3b-q4_k_m", "gpu"],
    "two 12 GB": ["nemotron-nano-9b-v2-q8_0", "gpu"],
    "two 16 GB": ["nemotron-3-nano-30b-a3b-q4_k_m", "gpu"],
    integrated: ["nemotron-3-nano-4b-q4_k_m", "gpu"],
    "integrated, 64 GB of RAM": ["nemotron-3-nano-30b-a3b-q4_k_m", "gpu"],
    "Mac with 8 GB": ["nemotron-3-nano-4b-q4_k_m", "no"],
    "Mac with 16 GB": ["nemotron-nano-9b-v2-q4_k_m", "gpu"],
    "Mac with 64 GB": ["nemotron-3-nano-30b-a3b-q4_k_m", "gpu"],
    "no GPU": ["nemotron-3-nano-4b-q4_k_m", "cpu"],
    "no GPU, 64 GB of RAM": ["nemotron-3-nano-30b-a3b-q4_k_m", "cpu"],
    "no GPU, 4 GB of RAM": [undefined, "no"],
  };
  for (const [name, [id, type]] of Object.entries(expected) as [Profile, [string | undefined, Fit["type"]]][])
    it(`on ${name}: ${id ?? "nothing"}`, () => {
      assert.equal(recommended(PROFILES[name]), id);
      assert.equal(fitModel(DEFAULT, PROFILES[name]).type, type);
    });

  it("says why a model does not fit, with the minimum that it needs", () => {
    const fit = fitModel(DEFAULT, PROFILES["no GPU, 4 GB of RAM"]);
    assert.match(fit.reason!, /needs 7\.\d GiB of memory, but only 2\.0 GiB is free/);
    assert.equal(fit.contextTokens, 2048);
    assert.ok(total(fit) > 7 * GiB && fit.memory.gpu === 0);
  });

  it("reports the context that would be loaded, and the longest possible one", () => {
    const { contextTokens, mostContextTokens } = fitModel(DEFAULT, PROFILES["12 GB"]);
    assert.equal(contextTokens, 32_768);
    assert.ok(mostContextTokens > 65_536 && mostContextTokens <= 131_072, `${mostContextTokens}`);
    const asked = fitModel(DEFAULT, PROFILES["12 GB"], { contextTokens: mostContextTokens });
    assert.deepEqual([asked.type, asked.contextTokens], ["gpu", mostContextTokens]);
    const more = fitModel(DEFAULT, PROFILES["12 GB"], { contextTokens: mostContextTokens + 2048 });
    assert.ok(more.type !== "gpu" || more.contextTokens < mostContextTokens + 2048 || mostContextTokens === 131_072);
  });

  it("gives a model without recurrent layers no state and no checkpoints", () => {
    const { memory, type } = fitModel(entryById("llama-3.3-nemotron-super-49b-v1.5-q4_k_m")!, PROFILES["48 GB"]);
    assert.deepEqual([type, memory.state, memory.checkpoints], ["gpu", 0, 0]);
    assert.ok(memory.kv > 8 * GiB);
  });

  it("counts shared memory once", () => {
    const shared = PROFILES["Mac with 16 GB"];
    const apart = { ...shared, unified: false };
    const big = entryById("nemotron-nano-12b-v2-q6_k")!;
    assert.equal(fitModel(big, shared).type, "no");
    assert.notEqual(fitModel(big, apart).type, "no");
  });

  it("counts buffers for each of several GPUs", () => {
    const one = machine("cuda", [["NVIDIA RTX A5000", 24_564, 22_600]], [64, 50]);
    const two = machine(
      "cuda",
      [
        ["NVIDIA GeForce RTX 3060", 12_288, 11_300],
        ["NVIDIA GeForce RTX 3060", 12_288, 11_300],
      ],
      [64, 50],
    );
    const entry = entryById("nemotron-nano-12b-v2-q6_k")!;
    assert.ok(fitModel(entry, one).mostContextTokens >= fitModel(entry, two).mostContextTokens);
    assert.equal(fitModel(entry, two).type, "gpu");
  });

  it("counts the memory that the loaded model would free", () => {
    const busy = machine("cuda", [["NVIDIA GeForce RTX 3060", 12_288, 2000]], [31.2, 20]);
    const loaded = {
      gpuLayers: 57,
      totalLayers: 57,
      memory: { weights: 6.1 * GiB, state: 0.4 * GiB, kv: 0.8 * GiB, compute: 0.7 * GiB, checkpoints: 0, gpu: 8 * GiB },
    } as ModelInfo;
    assert.equal(fitModel(DEFAULT, busy).type, "partial");
    assert.equal(fitModel(DEFAULT, hardwareWithout(busy, loaded)).type, "gpu");
    assert.equal(hardwareWithout(busy, undefined), busy);
    const full = hardwareWithout({ ...busy, gpus: PROFILES["12 GB"].gpus }, loaded);
    assert.equal(full.gpus[0]!.memory.free, full.gpus[0]!.memory.total, "never more than there is");
  });
});

describe("the recommendation", () => {
  it("is not a file that the disk has no room for, unless it is installed", () => {
    const full = { ...PROFILES["12 GB"], disk: { total: 100 * GiB, free: 4 * GiB } };
    assert.equal(recommended(full), "nemotron-3-nano-4b-q8_0");
    const here = candidates(full).map((c) => ({ ...c, installed: c.entry.id === DEFAULT.id }));
    assert.equal(recommend(here, full), DEFAULT.id);
    assert.equal(recommended({ ...full, disk: { total: 100 * GiB, free: GiB } }), undefined);
  });

  it("accepts half the context when no model leaves room for all of it", () => {
    const small = machine("cuda", [["Quadro P2000", 5059, 4400]], [31.2, 20]);
    const entry = entryById("nemotron-3-nano-4b-q4_k_m")!;
    const { type, mostContextTokens } = fitModel(entry, small);
    assert.ok(type === "gpu" && mostContextTokens >= USEFUL_CONTEXT_TOKENS && mostContextTokens < 32_768);
    assert.equal(recommended(small), entry.id);
  });

  it("is the smallest model when even that has little room", () => {
    assert.equal(recommended(machine("cpu", [], [7.6, 4.1])), "nemotron-3-nano-4b-q4_k_m");
  });
});

const gib = (max: number) => fc.double({ min: 0.3, max, noNaN: true });
const hardware = fc
  .record({
    ram: gib(96),
    gpus: fc.array(gib(48), { maxLength: 3 }),
    unified: fc.boolean(),
    metal: fc.boolean(),
  })
  .map(({ ram, gpus, unified, metal }) =>
    machine(
      gpus.length === 0 ? "cpu" : metal ? "metal" : "vulkan",
      gpus.map((free) => ["GPU", free * 1024, free * 1024]),
      [ram, ram],
      unified && gpus.length > 0,
    ),
  );
const entry: fc.Arbitrary<CatalogueEntry> = fc.constantFrom(...CATALOGUE);

describe("on any machine", () => {
  it("more memory never gives a worse fit", () => {
    const order = ["no", "cpu", "partial", "gpu"];
    const rank = ({ type, gpuLayers, contextTokens }: Fit) => [order.indexOf(type), gpuLayers, contextTokens];
    fc.assert(
      fc.property(
        entry,
        hardware,
        fc.double({ min: 0, max: 24, noNaN: true }),
        fc.boolean(),
        (model, less, extra, toRam) => {
          const more = structuredClone(less);
          if (toRam || more.gpus.length === 0) more.ram.free += extra * GiB;
          else more.gpus[0]!.memory.free += extra * GiB;
          const [a, b] = [rank(fitModel(model, less)), rank(fitModel(model, more))];
          const at = a.findIndex((value, i) => value !== b[i]);
          assert.ok(at < 0 || b[at]! > a[at]!, `${a} became ${b}`);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("the parts are the model's, they fit into their memory, and a model that does not fit really does not", () => {
    fc.assert(
      fc.property(entry, hardware, (model, machine) => {
        const fit = fitModel(model, machine);
        const { weights, state, kv, compute, gpu } = fit.memory;
        assert.equal(weights, model.bytes);
        assert.ok(
          [state, kv, compute, gpu, fit.memory.checkpoints].every((bytes) => Number.isFinite(bytes) && bytes >= 0),
        );
        if (fit.type === "no") {
          assert.ok(fit.reason);
          assert.ok(total(fit) > 0.9 * machine.ram.free);
          return;
        }
        assert.ok(gpu <= sum(machine));
        assert.ok((machine.unified ? total(fit) : total(fit) - gpu) <= machine.ram.free);
        assert.equal(fit.type === "gpu", fit.gpuLayers === fit.totalLayers);
        if (fit.type === "gpu") assert.equal(gpu, Math.round(weights + state + kv + compute));
        assert.ok(fit.contextTokens <= fit.mostContextTokens && fit.mostContextTokens <= 131_072);
      }),
      { numRuns: 1000 },
    );
  });

  it("the recommended model fits, on the disk too, and any model that fits leads to a recommendation", () => {
    fc.assert(
      fc.property(hardware, fc.integer({ min: 1, max: 60 }), (machine, disk) => {
        const limited = { ...machine, disk: { total: 100 * GiB, free: disk * GiB } };
        const all = candidates(limited);
        const id = recommend(all, limited);
        const chosen = all.find(({ entry }) => entry.id === id);
        const possible = all.filter(
          ({ entry, fit }) => entry.recommendedFrom && fit.type !== "no" && entry.bytes <= limited.disk.free,
        );
        assert.equal(chosen === undefined, possible.length === 0);
        if (!chosen) return;
        assert.ok(possible.includes(chosen));
        const better = possible.some(({ fit }) => fit.mostContextTokens >= USEFUL_CONTEXT_TOKENS && fit.type === "gpu");
        if (limited.backend === "metal" && better) assert.equal(chosen.fit.type, "gpu");
      }),
    );
  });
});
