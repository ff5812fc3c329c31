import assert from "node:assert/strict";
import fc from "fast-check";
import { leastUseful } from "../../../../server/engine/process/checkpoints.ts";

/** Takes checkpoints at these lengths, of which at most `max` are kept. */
const kept = (lengths: readonly number[], max: number) =>
  lengths.reduce<number[]>(
    (list, length) => [...(list.length < max ? list : list.toSpliced(leastUseful(list), 1)), length],
    [],
  );

describe("the checkpoints of a conversation", () => {
  it("are those at the ends of an agent's steps, rather than those after its short calls", () => {
    // After the system prompt and the task, each step has a call of 50 tokens and a result of 600.
    const steps = Array.from({ length: 8 }, (_, i) => [750 + 650 * i + 50, 750 + 650 * i + 650]);
    const all = [700, 750, ...steps.flat()];
    assert.deepEqual(
      kept(all, 10),
      [700, ...steps.map(([, end]) => end!), steps.at(-1)![0]!].sort((a, b) => a - b),
    );
    // With five, as for the 9B, a return to any step reads at most some steps again.
    const few = kept(all, 5);
    const reread = all.map((length) => length - (few.findLast((checkpoint) => checkpoint <= length) ?? 0));
    assert.ok(Math.max(...reread) <= 3 * 650, few.join());
  });

  it("always include the two newest", () => {
    const lengths = fc
      .uniqueArray(fc.integer({ min: 1, max: 32_768 }), { minLength: 3, maxLength: 40 })
      .map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(lengths, fc.integer({ min: 2, max: 12 }), (lengths, max) => {
        const list = kept(lengths, max);
        assert.deepEqual(list.slice(-2), lengths.slice(-2));
        assert.equal(list.length, Math.min(max, lengths.length));
      }),
    );
  });
});
