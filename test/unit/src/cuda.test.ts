import assert from "node:assert/strict";
import type { BackendsResult } from "../../../server/protocol.ts";
import { aboutCuda, gains } from "../../../src/cuda.ts";

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
  it("is offered where all is there but itself", () => {
    assert.equal(gains(found({})), true);
    assert.equal(gains(found({ installed: true })), false);
    assert.equal(gains(found({ supported: false })), false);
    assert.equal(gains(found({}, "NVIDIA's CUDA runtime is not installed.")), false);
  });

  it("is told of with its size, where it comes from, whose it is, and what is in its way", () => {
    const text = aboutCuda(found({}), "https://registry.npmjs.org");
    for (const part of ["320 MB", "564 MB", "registry.npmjs.org", "MIT", "NVIDIA's licenses"])
      assert.ok(text.includes(part));
    assert.doesNotMatch(text, /As things are/);
    assert.match(
      aboutCuda(found({}, "No card."), "a mirror"),
      /from a mirror.*As things are it would not be used: No card\.$/,
    );
  });
});
