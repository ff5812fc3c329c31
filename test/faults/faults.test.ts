/** The short form of `npm run test:faults`: a case of every kind, and each seed that has failed once. */
import assert from "node:assert/strict";
import { campaign, failedOnce, replayOf, type Seed } from "./campaign.ts";
import { KINDS } from "./plan.ts";

const SHORT: Seed[] = [
  { seed: 1, only: "kill:extensionHost:answering" },
  { seed: 2, only: "kill:server:thinking" },
  { seed: 3, only: "kill:host:answering" },
  { seed: 4, only: "kill:engine:reading" },
  { seed: 5, only: "stop:server:answering" },
  { seed: 6, only: "stop:engine:thinking" },
  { seed: 7, only: "cut:server:answering" },
  { seed: 8, only: "cut:host:idle" },
  { seed: 10, only: "disk:engine:saving" },
];

describe("faults", () => {
  before(function () {
    if (process.platform !== "linux") this.skip();
  });

  it("cost nothing, whoever dies", async () => {
    assert.ok(SHORT.every(({ only }) => KINDS.some((kind) => only?.startsWith(kind))));
    const failed: string[] = [];
    const results = await campaign([...SHORT, ...failedOnce()], 2, ({ violations }, seed) => {
      for (const { what, detail } of violations) failed.push(`${what}: ${detail} (${replayOf(seed)})`);
    });
    assert.deepEqual(failed, []);
    const delivered = results.flatMap(({ outcomes }) => outcomes).filter(({ delivered }) => delivered);
    assert.ok(delivered.length > SHORT.length / 2, "most faults missed their stage");
  }).timeout(600_000);
});
