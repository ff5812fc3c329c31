import assert from "node:assert/strict";
import { Untaken } from "../../../../src/agent/untaken.ts";

const sent = async () => {};
const ended = async () => {
  throw new Error("ended");
};

describe("what the agent was told", () => {
  it("is handed back once, if it was not taken in", async () => {
    const untaken = new Untaken();
    for (const text of ["a", "b", "c"]) await untaken.say(text, sent);
    untaken.taken();
    assert.deepEqual(untaken.takeAll(), ["b", "c"]);
    assert.deepEqual(untaken.takeAll(), []);
  });

  it("is not handed back if the agent had ended, because whoever said it asks again", async () => {
    const untaken = new Untaken();
    await untaken.say("a", sent);
    await assert.rejects(untaken.say("b", ended), /ended/);
    assert.deepEqual(untaken.takeAll(), ["a"]);
  });

  it("is either handed back or refused, never both, if the run ends while it is sent", async () => {
    const untaken = new Untaken();
    await untaken.say("a", async () => {
      assert.deepEqual(untaken.takeAll(), ["a"]);
      throw new Error("ended");
    });
    assert.deepEqual(untaken.takeAll(), []);
  });

  it("may be taken in before the answer to it comes", async () => {
    const untaken = new Untaken();
    await untaken.say("a", async () => untaken.taken());
    assert.deepEqual(untaken.takeAll(), []);
  });
});
