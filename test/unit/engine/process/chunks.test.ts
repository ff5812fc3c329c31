/** Chunk sizes, with the measured or estimated reading times of several machines. */
import assert from "node:assert/strict";
import { BATCH_TOKENS } from "../../../../server/engine/modelFile/fit.ts";
import { ChunkSizer, type ReadingTimes } from "../../../../server/engine/process/chunks.ts";

/** The time that a chunk of this many tokens takes, ms. */
type Cost = (tokens: number) => number;

const linear =
  (fixed: number, each: number): Cost =>
  (tokens) =>
    fixed + each * tokens;

/** Interpolates a chunk's time linearly between the measured ones, which are ms per token by chunk size. */
function measured(times: ReadingTimes): Cost {
  const sizes = Object.keys(times).map(Number);
  return (tokens) => {
    const to = sizes.find((size) => size >= tokens)!;
    const from = sizes.findLast((size) => size <= tokens)!;
    const ms = (size: number) => times[size]! * size;
    return from === to ? ms(to) : ms(from) + ((tokens - from) / (to - from)) * (ms(to) - ms(from));
  };
}

const MACHINES: Record<string, Cost> = {
  // Measured with the 9B's shape on one thread. From 64 tokens on llama.cpp uses other kernels.
  "a CPU with 2 cores": measured({ 1: 762, 8: 248, 16: 203, 32: 196, 63: 196, 64: 176, 128: 170, 256: 170, 512: 170 }),
  // Estimates: the weights once per chunk at the memory's speed, and the device's published throughput.
  "a CPU with 8 cores": linear(260, 24),
  "an integrated GPU": linear(240, 6),
  "an M1": linear(90, 4),
  "an RTX 4070": linear(14, 0.45),
  "two GPUs": linear(22, 0.3),
  "a GPU with the toy": linear(1.5, 0.05),
};
const fastest = (cost: Cost) => Math.max(...Array.from({ length: BATCH_TOKENS }, (_, i) => (i + 1) / cost(i + 1)));

/** The same numbers each time, 0 to 1 (a linear congruential generator, Numerical Recipes). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

type Chunk = { tokens: number; ms: number };

/** The chunks of a prompt. @param noise the maximum error of a measured time, as a share of it. */
function read(sizer: ChunkSizer, cost: Cost, tokens: number, noise = 0, next = random(1)): Chunk[] {
  const chunks: Chunk[] = [];
  for (let left = tokens; left > 0; ) {
    const size = sizer.next(left);
    const ms = cost(size);
    sizer.record(size, ms * (1 + noise * (2 * next() - 1)));
    chunks.push({ tokens: size, ms });
    left -= size;
  }
  return chunks;
}

const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0);
const speed = (chunks: Chunk[]) => sum(chunks.map(({ tokens }) => tokens)) / sum(chunks.map(({ ms }) => ms));
const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

describe("chunks", () => {
  for (const [machine, cost] of Object.entries(MACHINES)) {
    describe(`on ${machine}`, () => {
      it("are read at 0.9 of the best speed after the first 300 tokens", () => {
        const sizer = new ChunkSizer(BATCH_TOKENS);
        read(sizer, cost, 300);
        assert.ok(speed(read(sizer, cost, 8000)) >= 0.9 * fastest(cost));
      });

      it("are read at that speed when measured times are wrong by up to 30 %", () => {
        const speeds = Array.from({ length: 41 }, (_, run) => {
          const [sizer, next] = [new ChunkSizer(BATCH_TOKENS), random(run)];
          read(sizer, cost, 300, 0.3, next);
          return speed(read(sizer, cost, 8000, 0.3, next)) / fastest(cost);
        });
        assert.ok(median(speeds) >= 0.9, String(median(speeds)));
        assert.ok(speeds[0]! >= 0.8, String(speeds[0]));
      });

      it("keep their size", () => {
        const sizer = new ChunkSizer(BATCH_TOKENS);
        read(sizer, cost, 2000, 0.3);
        const sizes = read(sizer, cost, 64_000, 0.3).map(({ tokens }) => tokens);
        const changes = sizes.filter((size, i) => i > 0 && size !== sizes[i - 1]).length;
        // A neighbouring size is tried once in 16 chunks: one change there, and one back.
        assert.ok(changes <= sizes.length / 5, `${changes} changes in ${sizes.length} chunks`);
      });

      it("make a cancel wait for at most 150 ms on a fast device, and never for 15 s", () => {
        const sizer = new ChunkSizer(BATCH_TOKENS);
        read(sizer, cost, 2000);
        const longest = Math.max(...read(sizer, cost, 8000).map(({ ms }) => ms));
        const couldBeShort =
          0.9 * fastest(cost) <=
          Math.max(...[8, 16, 32, 64, 128, 256, 512].map((n) => (cost(n) <= 150 ? n / cost(n) : 0)));
        assert.ok(longest <= (couldBeShort ? 150 : 15_000), `${longest} ms`);
      });

      it("hold a follow-up's message in one", () => {
        const sizer = new ChunkSizer(BATCH_TOKENS);
        read(sizer, cost, 4000);
        assert.equal(read(sizer, cost, 40).length, 1);
      });

      it("are short while an edit may come", () => {
        const sizer = new ChunkSizer(BATCH_TOKENS);
        read(sizer, cost, 4000);
        const size = sizer.next(4000, true);
        assert.ok(size === 8 || cost(size) <= 150);
      });
    });
  }

  it("start with the times that an earlier process measured", () => {
    let known: ReadingTimes = {};
    const cost = MACHINES["an integrated GPU"]!;
    const first = new ChunkSizer(BATCH_TOKENS, {}, (times) => {
      known = times;
    });
    read(first, cost, 8000);
    const second = new ChunkSizer(BATCH_TOKENS, known);
    assert.ok(speed(read(second, cost, 1000)) >= 0.85 * fastest(cost));
  });

  it("ignore the time of a short remainder at a prompt's end", () => {
    const sizer = new ChunkSizer(BATCH_TOKENS);
    read(sizer, MACHINES["a GPU with the toy"]!, 4000);
    const before = sizer.next(4000);
    sizer.record(1, 50);
    assert.equal(sizer.next(4000), before);
  });
});
