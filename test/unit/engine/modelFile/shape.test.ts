/** Metadata as llama.cpp's converter writes it for each architecture. */
import assert from "node:assert/strict";
import { type Architecture, shapeOf as shape } from "../../../../server/engine/modelFile/shape.ts";

const shapeOf = (architecture: Architecture, weights: number) => shape(architecture, 131_072, weights);
const layers = (pattern: string, values: Record<string, number>) => [...pattern].map((kind) => values[kind] ?? 0);
const SSM = { conv_kernel: 4, state_size: 128, group_count: 8 };

describe("the memory needs of a model", () => {
  it("are right for Nano v2 9B: 27 layers of Mamba2 and four of attention", () => {
    const pattern = "M-M-M-MM-M-M-M*-M-M-M*-M-M-M-M*-M-M-M-M*-M-MM-M-M-M-M-M-";
    const shape = shapeOf(
      {
        block_count: 56,
        context_length: 1_048_576,
        embedding_length: 4480,
        feed_forward_length: layers(pattern, { "-": 15_680 }),
        attention: { head_count: 40, head_count_kv: layers(pattern, { "*": 8 }), key_length: 128, value_length: 128 },
        ssm: { ...SSM, inner_size: 10_240 },
      },
      6_530_000_000,
    );
    assert.deepEqual([shape.stateBytes, shape.kvBytesPerToken, shape.layers], [145_539_072, 16_384, 57]);
    assert.equal(shape.contextTokens, undefined, "a hybrid's file was believed");
  });

  it("are right for Nemotron-3 30B-A3B: layers of experts and of multi-token prediction have no state", () => {
    const pattern = "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME";
    const meta = (pattern: string, nextn_predict_layers?: number) => ({
      block_count: pattern.length,
      embedding_length: 2688,
      feed_forward_length: layers(pattern, { E: 1856, T: 1856 }),
      attention: {
        head_count: 32,
        head_count_kv: layers(pattern, { "*": 2, T: 2 }),
        key_length: 128,
        value_length: 128,
      },
      ssm: { ...SSM, inner_size: 4096 },
      nextn_predict_layers,
    });
    const shape = shapeOf(meta(pattern), 24_000_000_000);
    // 23 states of 3 rows of 4096 + 2 x 8 x 128 channels and 4096 x 128 numbers, f32; six layers with two KV heads,
    // f16.
    assert.equal(shape.stateBytes, 23 * (3 * 6144 + 4096 * 128) * 4);
    assert.equal(shape.kvBytesPerToken, 6 * 2 * 256 * 2);
    const predicting = shapeOf(meta(`${pattern}T`, 1), 24_000_000_000);
    assert.equal(predicting.kvBytesPerToken, shape.kvBytesPerToken);
  });

  it("are right for a pruned Llama: only its layers of attention have state", () => {
    const shape = shapeOf(
      {
        block_count: 4,
        context_length: 131_072,
        embedding_length: 8192,
        feed_forward_length: [14_336, 28_672, 0, 14_336],
        attention: { head_count: [64, 0, 0, 64], head_count_kv: [8, 0, 0, 8] },
      },
      30_000_000_000,
    );
    assert.deepEqual([shape.stateBytes, shape.kvBytesPerToken], [0, 2 * 8 * 256 * 2]);
    assert.equal(shape.contextTokens, 131_072);
  });

  it("are right for an unpruned Llama, whose file gives one number for all layers", () => {
    const attention = { head_count: 32, head_count_kv: 8 };
    const meta = {
      block_count: 32,
      context_length: 8192,
      embedding_length: 4096,
      feed_forward_length: 14_336,
      attention,
    };
    const shape = shapeOf(meta, 5_000_000_000);
    assert.deepEqual([shape.stateBytes, shape.kvBytesPerToken], [0, 32 * 8 * 256 * 2]);
    const everyHead = shapeOf({ ...meta, attention: { head_count: 32 } }, 5_000_000_000);
    assert.equal(everyHead.kvBytesPerToken, 32 * 32 * 256 * 2);
  });
});
