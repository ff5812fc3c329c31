import assert from "node:assert/strict";
import type { ModelInfo, Status } from "../../../server/protocol.ts";
import { statusText } from "../../../src/statusText.ts";

const GiB = 1024 ** 3;
const model: ModelInfo = {
  path: "/models/nano.gguf",
  name: "Nemotron Nano 9B v2",
  toy: false,
  backend: "cuda",
  gpuLayers: 57,
  totalLayers: 57,
  threads: 4,
  contextTokens: 32_768,
  editContextTokens: 8192,
  memory: { weights: 6 * GiB, state: 0.4 * GiB, kv: 0.8 * GiB, compute: 0.6 * GiB, checkpoints: GiB, gpu: 7.8 * GiB },
  notes: [],
};
const on = { mode: "on", budget: 512 } as const;

describe("the status bar", () => {
  it("has something to say for every state", () => {
    const states: Status[] = [
      { type: "noModel" },
      { type: "loading", path: "/models/nano.gguf", progress: 0.42, backend: "cuda", attempt: 1 },
      { type: "ready", model },
      { type: "busy", model, requests: 1 },
      { type: "failed", reason: "It ended.", next: "Load it again." },
    ];
    for (const status of states) {
      const { text, tooltip } = statusText(status, on);
      assert.match(text, /^\$\([\w~-]+\) Nemotron/);
      assert.ok(tooltip.length > 10, status.type);
    }
  });

  it("shows progress, the budget, memory, and what to do about an error", () => {
    assert.match(statusText({ type: "loading", path: "x", progress: 0.42, attempt: 1 }, on).text, /42 %/);
    assert.match(statusText({ type: "ready", model }, on).text, /thinking 512/);
    assert.match(statusText({ type: "ready", model }, { mode: "off" }).text, /thinking off/);
    const { tooltip } = statusText({ type: "ready", model }, on);
    assert.match(tooltip, /57 of 57 layers on the GPU/);
    assert.match(tooltip, /7\.8 GiB, 7\.8 GiB of it on the GPU/);
    const failed = statusText({ type: "failed", reason: "It ended.", next: "Load it again." }, on);
    assert.equal(failed.severity, "error");
    assert.match(failed.tooltip, /It ended\.\nLoad it again\./);
  });

  it("says that the toy is a toy", () => {
    assert.match(statusText({ type: "ready", model: { ...model, toy: true } }, on).tooltip, /toy/);
  });
});
