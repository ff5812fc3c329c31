import assert from "node:assert/strict";
import { CATALOGUE, entryById } from "../../../server/models/catalogue.ts";
import { DIALECTS } from "../../../server/nemotron/dialects/recognise.ts";

describe("the catalogue", () => {
  const unique = (values: string[]) => assert.equal(new Set(values).size, values.length);

  it("has unique ids and file names, which are names and not paths", () => {
    unique(CATALOGUE.map(({ id }) => id));
    unique(CATALOGUE.map(({ file }) => file.toLowerCase()));
    for (const { id, file, repository, quantization } of CATALOGUE) {
      assert.match(id, /^[a-z0-9._-]+$/);
      assert.ok(id.endsWith(quantization.toLowerCase()), id);
      assert.match(file, /^[\w.-]+\.gguf$/);
      assert.ok(file.includes(quantization), file);
      assert.match(repository, /^[\w.-]+\/[\w.-]+$/);
    }
    assert.equal(entryById("nemotron-nano-9b-v2-q4_k_m")?.quantization, "Q4_K_M");
    assert.equal(entryById("nothing"), undefined);
  });

  it("names the commit of each sha256 and exact size", () => {
    for (const { id, exact, sha256, revision } of CATALOGUE) {
      assert.equal(exact, sha256 !== undefined, id);
      assert.equal(exact, revision !== undefined, id);
      if (!sha256 || !revision) continue;
      assert.match(sha256, /^[0-9a-f]{64}$/);
      assert.match(revision, /^[0-9a-f]{40}$/);
    }
    unique(CATALOGUE.flatMap(({ sha256 }) => sha256 ?? []));
  });

  it("has sizes that match the model: its parameters at the bits of its quantization", () => {
    // Bits per weight, minimum and maximum. Rows that are not a multiple of 256 take more than the type's name says.
    const bits: Record<string, [number, number]> = {
      Q4_K_M: [4.8, 6],
      Q5_K_M: [5.6, 6.6],
      Q6_K: [6.5, 8.3],
      Q8_0: [8.4, 8.6],
    };
    for (const { id, bytes, parameters, quantization } of CATALOGUE) {
      const [low, high] = bits[quantization]!;
      const each = (bytes * 8) / parameters;
      assert.ok(each > low && each < high, `${id}: ${each} bits a weight`);
    }
  });

  it("has the measured shape of the 9B, and the others' shapes by their own config", () => {
    const shape = (id: string) => entryById(id)!.shape;
    // A checkpoint of this size, and 16 KiB a token, were measured with a model of the 9B's shape.
    assert.deepEqual(shape("nemotron-nano-9b-v2-q4_k_m"), {
      layers: 57,
      stateBytes: 145_539_072,
      kvBytesPerToken: 16_384,
      computeBytesPerBatchToken: 4 * (131_072 + 16 * 4480),
    });
    const MiB = 1024 ** 2;
    // llama.cpp reports 81 MiB and 16 KiB a token for the 4B, 48 MiB and 6 KiB a token for the 30B.
    assert.equal(Math.round(shape("nemotron-3-nano-4b-q4_k_m").stateBytes / MiB), 81);
    assert.equal(shape("nemotron-3-nano-4b-q4_k_m").kvBytesPerToken, 16_384);
    assert.equal(Math.round(shape("nemotron-3-nano-30b-a3b-q4_k_m").stateBytes / MiB), 48);
    assert.equal(shape("nemotron-3-nano-30b-a3b-q4_k_m").kvBytesPerToken, 6144);
    assert.equal(shape("llama-3.3-nemotron-super-49b-v1.5-q4_k_m").kvBytesPerToken, 200_704);
  });

  it("has only models of a known dialect", () => {
    const known = DIALECTS.map(({ id }) => id);
    for (const { id, dialect } of CATALOGUE) assert.ok(known.includes(dialect), id);
  });

  it("recommends the default quantization of a model, or its best", () => {
    for (const { id, quantization, recommendedFrom } of CATALOGUE)
      if (recommendedFrom) assert.equal(recommendedFrom, quantization === "Q4_K_M" ? 32_768 : 65_536, id);
  });
});
