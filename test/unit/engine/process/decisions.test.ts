import assert from "node:assert/strict";
import fc from "fast-check";
import { EngineError } from "../../../../server/engine/engine.ts";
import { setTranslations } from "../../../../server/engine/language.ts";
import { contextBytes, type ModelShape, planMemory } from "../../../../server/engine/modelFile/fit.ts";
import { GRACE_TOKENS, ThoughtBudget } from "../../../../server/engine/thoughtBudget.ts";

const GiB = 1024 ** 3;
/** NVIDIA-Nemotron-Nano-9B-v2 at Q4_K_M: 27 Mamba2 layers and 4 of attention of 56. */
const NANO_9B: ModelShape = {
  weights: 6_520_450_752,
  layers: 57,
  stateBytes: 145_539_072,
  kvBytesPerToken: 16_384,
  computeBytesPerBatchToken: 4 * (131_072 + 16 * 4480),
};

describe("fitting a model into memory", () => {
  it("puts the whole 9B on a 12 GB card, with the requested context", () => {
    const plan = planMemory(NANO_9B, { vram: 11.2 * GiB, ram: 24 * GiB }, {});
    assert.equal(plan.gpuLayers, 57);
    assert.equal(plan.contextTokens, 32_768);
    assert.deepEqual(plan.notes, []);
  });

  it("reduces the context before layers on an 8 GB card, and says so", () => {
    const plan = planMemory(NANO_9B, { vram: 7.9 * GiB, ram: 16 * GiB }, {});
    assert.equal(plan.gpuLayers, 57);
    assert.ok(plan.contextTokens < 32_768 && plan.contextTokens >= 8_192);
    assert.match(plan.notes.join(), /context is [\d,]+ tokens instead of 32,768/);
  });

  it("writes numbers as the language of its notes does", () => {
    setTranslations({ en: "de", "The context is limited to the {0} tokens that the model was trained for.": "{0}" });
    try {
      assert.deepEqual(planMemory(NANO_9B, { ram: 256 * GiB }, { contextTokens: 1_048_576 }).notes, ["131.072"]);
    } finally {
      setTranslations({});
    }
  });

  it("splits the layers on a 6 GB card, and says so", () => {
    const plan = planMemory(NANO_9B, { vram: 5.5 * GiB, ram: 16 * GiB }, {});
    assert.ok(plan.gpuLayers > 10 && plan.gpuLayers < 57);
    assert.match(plan.notes.join(), /layers fit on the GPU/);
  });

  it("refuses a model that does not fit at all, with both figures and a way out", () => {
    assert.throws(
      () => planMemory(NANO_9B, { ram: 4 * GiB }, {}),
      (error) =>
        error instanceof EngineError && /needs \d+\.\d GiB.*3\.\d GiB is free/.test(error.message) && !!error.data.next,
    );
  });

  it("does not believe a context of a million tokens", () => {
    const plan = planMemory(NANO_9B, { ram: 256 * GiB }, { contextTokens: 1_048_576 });
    assert.equal(plan.contextTokens, 131_072);
    assert.match(plan.notes.join(), /131,072/);
  });

  it("counts checkpoints: for the chat, for edits, and for cached conversations", () => {
    const { checkpoints, editSequences } = planMemory(NANO_9B, { vram: 12 * GiB, ram: 32 * GiB }, {});
    assert.ok(checkpoints.bytes <= 1.5 * GiB);
    assert.ok(checkpoints.chat === 5 && checkpoints.edit === 2 && checkpoints.cachedBytes >= 2 * NANO_9B.stateBytes);
    assert.equal(
      checkpoints.bytes,
      (checkpoints.chat + checkpoints.edit * editSequences) * NANO_9B.stateBytes + checkpoints.cachedBytes,
    );
    assert.deepEqual(
      [2, 1],
      Object.values(planMemory(NANO_9B, { vram: 12 * GiB, ram: 1 * GiB }, {}).checkpoints).slice(0, 2),
    );
  });

  it("plans no checkpoints for a model without recurrent state", () => {
    const attentionOnly = { ...NANO_9B, stateBytes: 0 };
    const plan = planMemory(attentionOnly, { vram: 12 * GiB, ram: 32 * GiB }, {});
    assert.deepEqual(plan.checkpoints, { chat: 0, edit: 0, cachedBytes: 0, bytes: 0 });
    assert.equal(contextBytes(attentionOnly, plan).state, 0);
  });

  it("respects the context that a file states, if the file can be believed", () => {
    const plan = planMemory({ ...NANO_9B, contextTokens: 8192 }, { ram: 64 * GiB }, { contextTokens: 32_768 });
    assert.equal(plan.contextTokens, 8192);
    assert.match(plan.notes.join(), /8,192 tokens that the model was trained for/);
  });

  it("never plans for more memory than is free", () => {
    const memory = fc.double({ min: 0.5, max: 64, noNaN: true });
    fc.assert(
      fc.property(
        memory,
        fc.option(memory, { nil: undefined }),
        fc.integer({ min: 2048, max: 131_072 }),
        (ram, vram, contextTokens) => {
          try {
            const free = { ram: ram * GiB, vram: vram === undefined ? undefined : vram * GiB };
            const plan = planMemory(NANO_9B, free, { contextTokens });
            const share = plan.gpuLayers / NANO_9B.layers;
            const { state, kv, compute } = contextBytes(NANO_9B, plan);
            assert.ok((1 - share) * (NANO_9B.weights + state + kv + compute) <= free.ram);
            assert.ok(share * NANO_9B.weights <= (free.vram ?? 0));
            assert.ok(plan.contextTokens <= contextTokens && plan.editContextTokens <= plan.contextTokens);
          } catch (error) {
            assert.ok(error instanceof EngineError, String(error));
          }
        },
      ),
    );
  });
});

describe("the thought budget", () => {
  it("closes the thought from the start when it is zero", () => {
    assert.equal(new ThoughtBudget({ mode: "off" }).open, false);
    assert.equal(new ThoughtBudget({ mode: "on", budget: 0 }).open, false);
    assert.equal(new ThoughtBudget({ mode: "on" }).open, true);
  });

  it("closes the thought at the end of the line, or after the grace, but not inside a tag", () => {
    const budget = new ThoughtBudget({ mode: "on", budget: 100 });
    assert.equal(budget.shouldClose(99, true, false), false);
    assert.equal(budget.shouldClose(100, false, false), false);
    assert.equal(budget.shouldClose(100, true, false), true);
    assert.equal(budget.shouldClose(101, true, true), false);
    assert.equal(budget.shouldClose(100 + GRACE_TOKENS, false, true), true);
  });

  it("closes the thought at once when asked to, but not inside a tag", () => {
    const budget = new ThoughtBudget({ mode: "on" });
    assert.equal(budget.answerNow(), true);
    assert.equal(budget.shouldClose(1, false, true), false);
    assert.equal(budget.shouldClose(2, false, false), true);
  });

  it("can be raised only while the thought runs", () => {
    const budget = new ThoughtBudget({ mode: "on", budget: 10 });
    assert.equal(budget.add(5), true);
    assert.equal(budget.value, 15);
    assert.equal(budget.shouldClose(14, true, false), false);
    budget.open = false;
    assert.equal(budget.add(5), false);
    assert.equal(budget.answerNow(), false);
  });

  it("leaves room for the answer", () => {
    const budget = new ThoughtBudget({ mode: "on" });
    budget.limit(50);
    assert.equal(budget.shouldClose(50 - GRACE_TOKENS, true, false), true);
    assert.equal(budget.shouldClose(49, false, false), false);
    assert.equal(budget.shouldClose(50, false, true), true, "not even to the end of its line");
  });
});
