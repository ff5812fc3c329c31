import assert from "node:assert/strict";
import type { ToPage } from "../../../../media/messages.ts";
import type { ReplyProgress, Usage } from "../../../../server/protocol.ts";
import { RunningReply, type Steering } from "../../../../src/chat/runningReply.ts";
import { ServerError } from "../../../../src/serverError.ts";
import { turn } from "./turns.ts";

const usage: Usage = {
  promptTokens: 30,
  readTokens: 10,
  reusedTokens: 20,
  thoughtTokens: 2,
  answerTokens: 2,
  firstTokenMs: 5,
  tokensPerSecond: 40,
};
const PROGRESS: ReplyProgress[] = [
  { type: "prompt", userContent: "laid out" },
  { type: "reading", read: 4, total: 10 },
  { type: "thought", text: "Hm", tokens: 1 },
  { type: "thought", text: "m.", tokens: 2 },
  { type: "answer", text: "Ye", tokens: 1 },
  { type: "answer", text: "s.", tokens: 2 },
];

/** What a page that applies all messages would show. */
function page() {
  const asked = turn("q", "");
  const shown = { thought: "", answer: "", states: [] as string[] };
  const reply = new RunningReply(
    asked,
    { mode: "on", budget: 256 },
    {
      onTurn: () => {
        shown.thought = asked.reply.thought;
        shown.answer = asked.reply.answer;
        if (shown.states.at(-1) !== asked.reply.state) shown.states.push(asked.reply.state);
      },
      onDelta: (delta: Extract<ToPage, { type: "delta" }>) => {
        shown.thought += delta.thought;
        shown.answer += delta.answer;
      },
    },
  );
  return { asked, shown, reply };
}

const steering = (result: Steering["result"]): Steering => ({
  answerNow: async () => {},
  addBudget: async (tokens) => 256 + tokens,
  result,
});

describe("a running reply", () => {
  it("shows everything that came, in the states it went through", async () => {
    const { asked, shown, reply } = page();
    await reply.run(async (onProgress) => {
      for (const progress of PROGRESS) onProgress(progress);
      return steering(Promise.resolve({ stopReason: "stop", usage, userContent: "laid out" }));
    });
    assert.deepEqual(shown.states, ["reading", "thinking", "answering", "done"]);
    assert.equal(shown.thought, "Hmm.");
    assert.equal(shown.answer, "Yes.");
    assert.deepEqual(asked.reply.usage, usage);
    assert.equal(asked.reply.reading, undefined);
    assert.equal(asked.userContent, "laid out");
  });

  it("loses and repeats nothing when texts come slowly", async () => {
    const { shown, reply } = page();
    await reply.run(async (onProgress) => {
      const result = (async () => {
        for (const progress of PROGRESS) {
          onProgress(progress);
          await new Promise((resolve) => setTimeout(resolve, 40));
        }
        return { stopReason: "length" as const, usage, userContent: "laid out" };
      })();
      return steering(result);
    });
    assert.equal(shown.thought, "Hmm.");
    assert.equal(shown.answer, "Yes.");
  });

  it("keeps what it has when the engine dies or the user stops it, and says so", async () => {
    for (const [error, state] of [
      [new ServerError("engineCrashed", "The engine ended.", { next: "It is started again." }), "interrupted"],
      [new ServerError("serverDied", "The server ended."), "interrupted"],
      [new ServerError("cancelled", "Cancelled"), "stopped"],
      [new ServerError("contextOverflow", "Too long."), "failed"],
      [new Error("Something else."), "failed"],
    ] as const) {
      const { asked, shown, reply } = page();
      await reply.run(async (onProgress) => {
        for (const progress of PROGRESS.slice(0, 5)) onProgress(progress);
        return steering(Promise.reject(error));
      });
      assert.equal(asked.reply.state, state);
      assert.equal(shown.answer, "Ye");
      assert.equal(asked.userContent, "laid out");
      assert.equal(asked.reply.error?.message, state === "stopped" ? undefined : error.message);
    }
  });

  it("shows the budget that a thought was given", async () => {
    const { asked, reply } = page();
    let finish = () => {};
    const done = reply.run(async (onProgress) => {
      onProgress(PROGRESS[2]!);
      return steering(
        new Promise((resolve) => {
          finish = () => resolve({ stopReason: "stop", usage, userContent: "" });
        }),
      );
    });
    await new Promise((resolve) => setTimeout(resolve));
    await reply.addBudget(512);
    assert.equal(asked.reply.budget, 768);
    finish();
    await done;
  });
});
