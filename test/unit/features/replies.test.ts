import assert from "node:assert/strict";
import type { ReplyEvent } from "../../../server/engine/engine.ts";
import { RunningReplies } from "../../../server/features/replies.ts";
import { END, replyOf } from "./support.ts";

const silent = () => {};
const notThinking = { name: "EngineError", code: "notThinking" };

/** A reply that continues until it is released. */
function waiting() {
  const steered: unknown[] = [];
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  async function* events(): AsyncGenerator<ReplyEvent> {
    await finished;
    yield END;
  }
  const reply = {
    answerNow: async () => void steered.push("answerNow"),
    addBudget: async (tokens: number) => {
      steered.push(tokens);
      return 100 + tokens;
    },
    [Symbol.asyncIterator]: events,
  };
  return { reply, steered, finish };
}

describe("features: running replies", () => {
  it("are steered by their token until they end", async () => {
    const replies = new RunningReplies();
    const { reply, steered, finish } = waiting();
    const result = replies.run("t", reply, silent);
    await replies.answerNow("t");
    assert.equal(await replies.addBudget("t", 50), 150);
    assert.deepEqual(steered, ["answerNow", 50]);
    finish();
    await result;
    await assert.rejects(replies.answerNow("t"), notThinking);
  });

  it("are not found by another token or without one", async () => {
    const replies = new RunningReplies();
    const { reply, finish } = waiting();
    const result = replies.run(undefined, reply, silent);
    await assert.rejects(replies.answerNow("t"), notThinking);
    await assert.rejects(replies.addBudget(1, 50), notThinking);
    finish();
    await result;
  });

  it("can share a token, which then belongs to the last one", async () => {
    const replies = new RunningReplies();
    const [first, second] = [waiting(), waiting()];
    const results = [replies.run("t", first.reply, silent), replies.run("t", second.reply, silent)];
    first.finish();
    await results[0];
    await replies.answerNow("t");
    assert.deepEqual([first.steered, second.steered], [[], ["answerNow"]]);
    second.finish();
    await results[1];
  });

  it("pass on their failure, and are removed", async () => {
    const replies = new RunningReplies();
    const failing = replyOf([]);
    failing[Symbol.asyncIterator] = async function* (): AsyncGenerator<ReplyEvent> {
      yield { type: "answer", text: "Yes", tokens: 1 };
      throw new Error("broken");
    };
    await assert.rejects(replies.run("t", failing, silent), /broken/);
    await assert.rejects(replies.answerNow("t"), notThinking);
  });

  it("fail without their usage", () => assert.rejects(new RunningReplies().run("t", replyOf([]), silent), /usage/));
});
