import assert from "node:assert/strict";
import type { ModelInfo } from "../../../../server/protocol.ts";
import { information } from "../../../../src/lm/information.ts";

const WANTED = { model: "/models/Nemotron-Nano-9B-v2-Q4_K_M.gguf", contextTokens: 32768 };
const memory = { weights: 0, state: 0, kv: 0, compute: 0, checkpoints: 0, gpu: 0 };
const MODEL: ModelInfo = {
  path: WANTED.model,
  name: "Nemotron Nano 9B v2",
  toy: false,
  backend: "cpu",
  gpuLayers: 0,
  totalLayers: 56,
  threads: 4,
  contextTokens: 20480,
  editContextTokens: 8192,
  memory,
  notes: [],
};

describe("the information about the model", () => {
  it("is what the settings ask for until it is loaded, and says so", () => {
    const info = information({ type: "asleep" }, WANTED, 32768);
    assert.equal(info.name, "Nemotron-Nano-9B-v2-Q4_K_M");
    assert.equal(info.maxInputTokens + info.maxOutputTokens, 32768);
    assert.equal(info.detail, "not loaded yet");
    assert.match(info.tooltip, /ask for 32,768 tokens.*Fewer are loaded if that many do not fit/);
  });

  it("is the context that is loaded, whatever was asked for", () => {
    for (const type of ["ready", "busy"] as const) {
      const info = information({ type, model: MODEL, requests: 1 }, WANTED, 32768);
      assert.deepEqual([info.name, info.maxInputTokens, info.maxOutputTokens], [MODEL.name, 16384, 4096]);
      assert.match(info.tooltip, /loaded on the CPU with 20,480 tokens/);
    }
  });

  it("leaves half of a small context to the prompt", () => {
    const { maxInputTokens, maxOutputTokens } = information({ type: "asleep" }, WANTED, 2048);
    assert.deepEqual([maxInputTokens, maxOutputTokens], [1024, 1024]);
  });

  it("says what to do when no model is chosen, and keeps its identity", () => {
    const info = information({ type: "asleep" }, undefined, 32768);
    assert.deepEqual([info.name, info.detail, info.version], ["Nemotron Local", "no model chosen", ""]);
    assert.match(info.tooltip, /Choose Model/);
    assert.equal(info.id, information({ type: "ready", model: MODEL }, WANTED, 32768).id);
  });

  it("says that the toy's answers mean nothing", () => {
    const info = information({ type: "ready", model: { ...MODEL, toy: true } }, WANTED, 32768);
    assert.match(info.tooltip, /its answers mean nothing/);
  });
});
