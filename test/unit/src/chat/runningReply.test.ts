import assert from "node:assert/strict";
import fc from "fast-check";
import type { Reply, ToPage } from "../../../../media/messages.ts";
import type { ReplyProgress, Usage } from "../../../../server/protocol.ts";
import { newReply, type StoredTurn } from "../../../../src/chat/conversation.ts";
import { type ReplyControls, RunningReply, type StartRequest } from "../../../../src/chat/runningReply.ts";
import { failureOf } from "../../../../src/errors/replyFailure.ts";
import { ServerError } from "../../../../src/errors/serverError.ts";
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

/** What a page that applies all messages shows, beginning with this reply. */
function page(first: Partial<Reply> = {}, change: Partial<StoredTurn> = {}) {
  const asked = turn("q", "", change, { ...newReply(256), ...first });
  const { thought, answer } = asked.reply;
  const shown = { thought, answer, states: [] as string[], dropped: 0 };
  const reply = new RunningReply(asked, {
    contextTokens: () => 1000,
    onTurn: () => {
      shown.thought = asked.reply.thought;
      shown.answer = asked.reply.answer;
      if (shown.states.at(-1) !== asked.reply.state) shown.states.push(asked.reply.state);
    },
    onDropped: (messages: number) => {
      shown.dropped = messages;
    },
    onDelta: (delta: Extract<ToPage, { type: "delta" }>) => {
      shown.thought += delta.thought;
      shown.answer += delta.answer;
    },
  });
  return { asked, shown, reply };
}

const steering = (result: ReplyControls["result"]): ReplyControls => ({
  answerNow: async () => {},
  addBudget: async (tokens) => 256 + tokens,
  result,
});

const RESULT = { stopReason: "stop", usage, userContent: "laid out", thought: "Hmm.", answer: "Yes." } as const;
const { userContent, ...RESUMED } = RESULT;
const died = () => new ServerError("serverDied", "The server ended.");
const noReply = () => new ServerError("noReply", "It is not there.");

/** Reports this progress, and ends with the result or the error. */
const says =
  (progress: readonly ReplyProgress[], result: Awaited<ReplyControls["result"]> | Error = RESULT): StartRequest =>
  async (onProgress) => {
    for (const piece of progress) onProgress(piece);
    return steering(result instanceof Error ? Promise.reject(result) : Promise.resolve(result));
  };
const never: StartRequest = () => assert.fail("It must not be asked for.");

describe("a running reply", () => {
  it("reports how many messages were left out to make room", async () => {
    const { shown, reply } = page();
    await reply.run({ ask: says([{ type: "prompt", userContent, dropped: 4 }]), resume: never });
    assert.equal(shown.dropped, 4);
  });

  it("shows everything that came, in the states it went through", async () => {
    const { asked, shown, reply } = page();
    await reply.run({ ask: says(PROGRESS), resume: never });
    assert.deepEqual(shown.states, ["reading", "thinking", "answering", "done"]);
    assert.equal(shown.thought, "Hmm.");
    assert.equal(shown.answer, "Yes.");
    assert.deepEqual(asked.reply.usage, usage);
    assert.equal(asked.reply.reading, undefined);
    assert.equal(asked.userContent, "laid out");
  });

  it("moves text from the answer to the thought when it is revised, and the other way round", async () => {
    const revised = (thought: string, answer: string): ReplyProgress => ({
      type: "revised",
      thought,
      answer,
      thoughtTokens: 2,
      answerTokens: 0,
    });
    const { shown, reply } = page();
    const answered = says([
      { type: "answer", text: "Hmm.", tokens: 2 },
      revised("Hmm.", ""),
      { type: "answer", text: "Yes.", tokens: 1 },
    ]);
    await reply.run({ ask: answered, resume: never });
    assert.deepEqual([shown.thought, shown.answer], ["Hmm.", "Yes."]);
    assert.deepEqual(shown.states, ["answering", "thinking", "answering", "done"]);
    const other = page();
    let end = () => {};
    const result = new Promise<typeof RESULT>((resolve) => {
      end = () => resolve(RESULT);
    });
    const done = other.reply.run({
      ask: async (onProgress) => {
        onProgress({ type: "thought", text: "Yes.", tokens: 1 });
        onProgress(revised("", "Yes."));
        return steering(result);
      },
      resume: never,
    });
    assert.deepEqual([other.shown.thought, other.shown.answer, other.shown.states.at(-1)], ["", "Yes.", "answering"]);
    end();
    await done;
  });

  it("distinguishes the end of the context from a limit of the reply's length", async () => {
    for (const [promptTokens, cut] of [
      [30, "length"],
      [996, "context"],
    ] as const) {
      const { asked, reply } = page();
      const result = { ...RESULT, stopReason: "length" as const, usage: { ...usage, promptTokens } };
      await reply.run({ ask: says(PROGRESS, result), resume: never });
      assert.equal(asked.reply.cut, cut);
    }
    const { asked, reply } = page({ cut: "length" });
    await reply.run({ ask: says(PROGRESS), resume: never });
    assert.equal(asked.reply.cut, undefined, "what is complete is not cut off");
  });

  it("continues an answer behind its text so far, also when it is resumed", async () => {
    const rest: ReplyProgress[] = [
      { type: "prompt", userContent: "Continue it." },
      { type: "answer", text: "rld", tokens: 1 },
      { type: "answer", text: "!", tokens: 2 },
    ];
    const result = { ...RESULT, userContent: "Continue it.", thought: "", answer: "rld!" };
    const first = { answer: "Hello, wo", thought: "Hmm.", cut: "length" as const };
    for (const [answer, resumed] of [
      ["Hello, wo", false],
      ["Hello, world", true],
    ] as const) {
      const { asked, shown, reply } = page({ ...first, answer }, { continues: "Hello, wo", userContent: "laid out" });
      const ways = { ask: says(rest, result), resume: says(rest, result) };
      await (resumed ? reply.resume(ways) : reply.run(ways));
      assert.deepEqual(
        [shown.answer, asked.reply.answer, asked.reply.thought],
        ["Hello, world!", "Hello, world!", "Hmm."],
      );
      assert.deepEqual([asked.userContent, asked.continues, asked.reply.cut], ["laid out", undefined, undefined]);
    }
  });

  it("loses and repeats nothing when texts come slowly", async () => {
    const { shown, reply } = page();
    const ask: StartRequest = async (onProgress) => {
      const result = (async () => {
        for (const progress of PROGRESS) {
          onProgress(progress);
          await new Promise((resolve) => setTimeout(resolve, 40));
        }
        return { ...RESULT, stopReason: "length" as const };
      })();
      return steering(result);
    };
    await reply.run({ ask, resume: never });
    assert.equal(shown.thought, "Hmm.");
    assert.equal(shown.answer, "Yes.");
  });

  it("keeps its text when the engine dies or the user stops it, and says so", async () => {
    for (const [error, state] of [
      [new ServerError("engineCrashed", "The engine ended.", { next: "It is started again." }), "interrupted"],
      [new ServerError("cancelled", "Cancelled"), "stopped"],
      [new ServerError("contextOverflow", "Too long."), "failed"],
      [new Error("Something else."), "failed"],
    ] as const) {
      const { asked, shown, reply } = page();
      await reply.run({ ask: says(PROGRESS.slice(0, 5), error), resume: never });
      assert.equal(asked.reply.state, state);
      assert.equal(shown.answer, "Ye");
      assert.equal(asked.userContent, "laid out");
      assert.equal(asked.reply.error?.message, state === "stopped" ? undefined : error.message);
    }
  });

  it("shows the raised budget of a thought", async () => {
    const { asked, reply } = page();
    let finish = () => {};
    const ask: StartRequest = async (onProgress) => {
      onProgress(PROGRESS[2]!);
      return steering(
        new Promise((resolve) => {
          finish = () => resolve(RESULT);
        }),
      );
    };
    const done = reply.run({ ask, resume: never });
    await new Promise((resolve) => setTimeout(resolve));
    await reply.addBudget(512);
    assert.equal(asked.reply.budget, 768);
    finish();
    await done;
  });

  it("continues each time the server dies, without losing text", async () => {
    const { asked, shown, reply } = page();
    const again = [
      says(PROGRESS.slice(1, 3), died()),
      says(PROGRESS.slice(1, 5), died()),
      says(PROGRESS.slice(1), RESUMED),
    ];
    await reply.run({ ask: says(PROGRESS.slice(0, 4), died()), resume: (onProgress) => again.shift()!(onProgress) });
    assert.deepEqual(shown.states, ["reading", "thinking", "answering", "done"]);
    assert.deepEqual([shown.thought, shown.answer], ["Hmm.", "Yes."]);
    assert.deepEqual([asked.userContent, asked.reply.usage, asked.reply.error], ["laid out", usage, undefined]);
  });

  it("keeps its text when the server dies and it cannot be resumed", async () => {
    for (const error of [noReply(), new ServerError("notRunning", "There is none.")]) {
      const { asked, shown, reply } = page();
      await reply.run({ ask: says(PROGRESS.slice(0, 5), died()), resume: says([], error) });
      assert.equal(asked.reply.state, "interrupted");
      assert.equal(asked.reply.error?.message, "The server ended.");
      assert.deepEqual([shown.thought, shown.answer], ["Hmm.", "Ye"]);
    }
  });

  it("is requested once more if the engine had not received it", async () => {
    const { asked, reply } = page();
    const tries = [died(), died()].map((error) => says([], error));
    await reply.run({ ask: (onProgress) => tries.shift()!(onProgress), resume: says([], noReply()) });
    assert.equal(tries.length, 0);
    assert.equal(asked.reply.state, "interrupted");
    const other = page();
    const ways = [says([], died()), says(PROGRESS)];
    await other.reply.run({ ask: (onProgress) => ways.shift()!(onProgress), resume: says([], noReply()) });
    assert.deepEqual([other.asked.reply.state, other.shown.answer], ["done", "Yes."]);
  });

  it("is unchanged when the window closes", async () => {
    const { asked, reply } = page();
    const ask: StartRequest = async (onProgress) => {
      for (const progress of PROGRESS.slice(0, 5)) onProgress(progress);
      reply.leave();
      onProgress(PROGRESS[5]!);
      return steering(Promise.reject(died()));
    };
    await reply.run({ ask, resume: never });
    assert.deepEqual([asked.reply.state, asked.reply.thought, asked.reply.answer], ["answering", "Hmm.", "Ye"]);
  });
});

describe("a reply of an earlier window", () => {
  const closed = async () => failureOf(new ServerError("noReply", "The window was closed."));
  const standing = { state: "thinking", thought: "Hm", thoughtTokens: 1, thoughtMs: 7000 } as const;

  it("continues from the shown text", async () => {
    const { asked, shown, reply } = page(standing);
    await reply.resume({ resume: says(PROGRESS.slice(1), RESUMED), lost: closed });
    assert.deepEqual(shown.states, ["answering", "done"]);
    assert.deepEqual([shown.thought, shown.answer, asked.reply.thoughtTokens], ["Hmm.", "Yes.", 2]);
    // Two tokens at 40 a second: the time is calculated, because this window saw only a part of the thought.
    assert.equal(asked.reply.thoughtMs, 50);
  });

  it("keeps the shown text if it is gone, or if it fails before it reaches that text", async () => {
    const whole = { ...standing, state: "answering", thought: "Hmm.", answer: "Yes" } as const;
    for (const [said, error, message] of [
      [[], noReply(), "The window was closed."],
      [PROGRESS.slice(1, 3), new ServerError("engineCrashed", "The engine ended."), "The engine ended."],
    ] as const) {
      const { asked, shown, reply } = page(whole);
      await reply.resume({ resume: says(said, error), lost: closed });
      assert.deepEqual([shown.thought, shown.answer], ["Hmm.", "Yes"]);
      assert.deepEqual([asked.reply.state, asked.reply.error?.message], ["interrupted", message]);
    }
  });

  it("is requested again if the engine had not begun it", async () => {
    const { asked, shown, reply } = page();
    await reply.resume({ ask: says(PROGRESS), resume: says([], noReply()), lost: closed });
    assert.deepEqual([asked.reply.state, shown.answer], ["done", "Yes."]);
  });

  it("ends as that window has written meanwhile, and is not requested again", async () => {
    for (const kept of [
      { state: "stopped" },
      { state: "interrupted", thought: "Hm" },
      { state: "done", answer: "Yes." },
    ] as const) {
      const { asked, reply } = page();
      await reply.resume({ ask: never, resume: says([], noReply()), lost: async () => kept });
      const { state, thought, answer } = asked.reply;
      assert.deepEqual({ state, thought, answer }, { thought: "", answer: "", ...kept });
    }
  });

  it("shows each character once, wherever it stopped and however it is repeated", async () => {
    const pieces = fc.array(fc.string({ maxLength: 5 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(pieces, pieces, fc.nat(40), async (thoughts, answers, at) => {
        const [thought, answer] = [thoughts.join(""), answers.join("")];
        const first = { thought: thought.slice(0, at), answer: answer.slice(0, Math.max(0, at - thought.length)) };
        const said = [
          ...thoughts.map((text, i): ReplyProgress => ({ type: "thought", text, tokens: i + 1 })),
          ...answers.map((text, i): ReplyProgress => ({ type: "answer", text, tokens: i + 1 })),
        ];
        const { asked, shown, reply } = page({ ...first, state: first.answer ? "answering" : "thinking" });
        await reply.resume({ resume: says(said, new ServerError("engineCrashed", "It ended.")) });
        assert.deepEqual([asked.reply.thought, asked.reply.answer], [thought, answer]);
        assert.deepEqual([shown.thought, shown.answer], [thought, answer]);
      }),
    );
  });
});
