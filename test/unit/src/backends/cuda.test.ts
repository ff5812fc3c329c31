import assert from "node:assert/strict";
import type { BackendsResult } from "../../../../server/protocol.ts";
import { canUseCuda, cudaDescription } from "../../../../src/backends/cuda.ts";

const found = (cuda: Partial<BackendsResult["backends"][number]>, obstacle?: string): BackendsResult => ({
  folder: "/data/backends",
  backends: [
    { backend: "vulkan", supported: true, installed: false, downloadBytes: 1, diskBytes: 1 },
    { backend: "cuda", supported: true, installed: false, downloadBytes: 319.2e6, diskBytes: 563.9e6, ...cuda },
  ],
  nvidia: { devices: ["NVIDIA GeForce RTX 4070"], driver: "580.95.05", runtimes: [13] },
  obstacle,
});

describe("the CUDA backend", () => {
  it("is offered when everything else is there", () => {
    assert.equal(canUseCuda(found({})), true);
    assert.equal(canUseCuda(found({ installed: true })), false);
    assert.equal(canUseCuda(found({ supported: false })), false);
    assert.equal(canUseCuda(found({}, "NVIDIA's CUDA runtime is not installed.")), false);
  });

  it("is described with its size, source, licenses and obstacle", () => {
    const text = cudaDescription(found({}), "https://registry.npmjs.org");
    for (const part of ["320 MB", "564 MB", "registry.npmjs.org", "MIT", "NVIDIA's licenses"])
      assert.ok(text.includes(part));
    assert.doesNotMatch(text, /at present/);
    assert.match(
      cudaDescription(found({}, "No card."), "a mirror"),
      /from a mirror.*It would not be used at present: No card\.$/,
    );
  });
});
