import assert from "node:assert/strict";
import { Gate, type StepRunner } from "../../../../server/engine/process/gate.ts";

const tick = () => new Promise((resolve) => setImmediate(resolve));

/** Runs steps on a runner and logs when each of them runs. */
async function steps(runner: StepRunner, name: string, count: number, log: string[]): Promise<void> {
  for (let i = 0; i < count; i++)
    await runner.run(async () => {
      log.push(name);
      await tick();
    });
  runner.leave();
}

describe("the gate", () => {
  it("runs one step at a time", async () => {
    const gate = new Gate();
    let running = 0;
    const work = async (runner: StepRunner) => {
      for (let i = 0; i < 20; i++)
        await runner.run(async () => {
          assert.equal(++running, 1);
          await tick();
          running--;
        });
      runner.leave();
    };
    await Promise.all([
      work(gate.join("edit")),
      work(gate.join("chat")),
      work(gate.join("chat")),
      work(gate.join("idle")),
    ]);
  });

  it("lets seats of one priority take turns", async () => {
    const gate = new Gate();
    const log: string[] = [];
    await Promise.all([steps(gate.join("chat"), "a", 4, log), steps(gate.join("chat"), "b", 4, log)]);
    assert.equal(log.join(""), "abababab");
  });

  it("holds less urgent seats back until the more urgent one has left, also between its steps", async () => {
    const gate = new Gate();
    const log: string[] = [];
    const chat = steps(gate.join("chat"), "c", 6, log);
    await tick();
    const edit = steps(gate.join("edit"), "E", 4, log);
    await Promise.all([chat, edit]);
    const text = log.join("");
    assert.match(text, /^c{1,2}EEEEc+$/);
  });

  it("continues after a step that failed", async () => {
    const gate = new Gate();
    const runner = gate.join("chat");
    await assert.rejects(
      runner.run(() => Promise.reject(new Error("no"))),
      /no/,
    );
    assert.equal(await runner.run(async () => 1), 1);
  });

  it("accepts that a seat leaves twice", async () => {
    const gate = new Gate();
    const edit = gate.join("edit");
    edit.leave();
    edit.leave();
    gate.join("edit").leave();
    assert.equal(await gate.join("idle").run(async () => 1), 1);
  });

  it("asks for short steps after a more urgent seat has left, and always in idle work", () => {
    const gate = new Gate();
    const chat = gate.join("chat");
    assert.equal(chat.prefersShortSteps, false);
    assert.equal(gate.join("idle").prefersShortSteps, true);
    gate.join("chat").leave();
    assert.equal(chat.prefersShortSteps, false, "its like is no more urgent");
    gate.join("edit").leave();
    assert.equal(chat.prefersShortSteps, true);
    assert.equal(gate.join("edit").prefersShortSteps, false);
  });
});
