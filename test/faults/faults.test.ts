/** A short `npm run test:faults`: one case of every kind, and each seed that has failed once. */
import assert from "node:assert/strict";
import { enginePid } from "../support/client.ts";
import { savedStates } from "../support/savedStates.ts";
import { campaign, failedOnce, replayOf, type Seed } from "./campaign.ts";
import { KINDS } from "./plan.ts";
import { ONE_THREAD } from "./reference.ts";
import { Strangers } from "./strangers.ts";
import { residentKib, World } from "./world.ts";

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
  { seed: 11, only: "text:engine:answering" },
  { seed: 12, only: "strangers:engine:thinking" },
];

describe("faults", () => {
  before(function () {
    if (process.platform !== "linux") this.skip();
  });

  it("lose nothing, whichever process dies", async () => {
    assert.ok(SHORT.every(({ only }) => KINDS.some((kind) => only?.startsWith(kind))));
    const failed: string[] = [];
    const results = await campaign([...SHORT, ...failedOnce()], 2, ({ violations }, seed) => {
      for (const { what, detail } of violations) failed.push(`${what}: ${detail} (${replayOf(seed)})`);
    });
    assert.deepEqual(failed, []);
    const delivered = results.flatMap(({ outcomes }) => outcomes).filter(({ delivered }) => delivered);
    assert.ok(delivered.length > SHORT.length / 2, "most faults missed their stage");
  }).timeout(600_000);

  it("by strangers, one question each, leave nothing on the disk and little in memory", async () => {
    const world = new World();
    const strangers = await Strangers.start(world, ONE_THREAD);
    try {
      for (let i = 0; i < 4; i++) await strangers.ask();
      const before = residentKib(enginePid(world.runtime)!);
      const prefixes = savedStates(world.states).length;
      for (let i = 0; i < 200; i++) await strangers.ask();
      const kept = savedStates(world.states);
      assert.deepEqual(
        kept.filter(({ kind }) => kind === "conversation"),
        [],
      );
      assert.ok(kept.length <= prefixes + 1, "a shared system prompt is saved once");
      const more = (residentKib(enginePid(world.runtime)!) - before) / 1024;
      assert.ok(more < 64, `${more} MiB for 200 questions`);
    } finally {
      await strangers.leave();
      world.remove();
    }
  }).timeout(300_000);
});
