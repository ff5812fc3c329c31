import assert from "node:assert/strict";
import type { Reply, Turn } from "../../../media/messages.ts";
import { EMPTY, type PageState, reduce, runningTurn } from "../../../media/page/state.ts";

const reply = (change: Partial<Reply> = {}): Reply => ({
  ...{ state: "waiting", thought: "", thoughtTokens: 0, thoughtMs: 0, budget: 512, answer: "", answerTokens: 0 },
  ...change,
});
const turn = (id: string, change: Partial<Reply> = {}): Turn => ({
  ...{ id, text: "?", references: [], links: [], dropped: false },
  reply: reply(change),
});
const showing = (...turns: Turn[]): PageState => ({ ...EMPTY, conversation: { id: "c", title: "", turns } });
const delta = (id: string, thought: string, answer: string) =>
  ({ type: "delta", turn: id, thought, answer, thoughtTokens: 3, thoughtMs: 40, answerTokens: 5 }) as const;

describe("the page's state", () => {
  it("puts a turn in the place of the one with its id, or at the end", () => {
    const state = reduce(showing(turn("a"), turn("b")), { type: "turn", turn: turn("a", { answer: "x" }), title: "T" });
    assert.deepEqual(
      state.conversation?.turns.map(({ id, reply }) => id + reply.answer),
      ["ax", "b"],
    );
    assert.equal(state.conversation?.title, "T");
    const more = reduce(state, { type: "turn", turn: turn("c"), title: "T" });
    assert.equal(more.conversation?.turns.at(-1)?.id, "c");
    assert.equal(more.conversation?.turns[1], state.conversation?.turns[1], "others stay the same objects");
  });

  it("appends a delta and goes from thinking to answering", () => {
    const thinking = reduce(showing(turn("a")), delta("a", "hm", ""));
    assert.equal(thinking.conversation?.turns[0]?.reply.state, "thinking");
    const answering = reduce(thinking, delta("a", "", "Yes"));
    const { state, thought, answer, thoughtTokens, thoughtMs, answerTokens } = answering.conversation!.turns[0]!.reply;
    assert.deepEqual(
      { state, thought, answer, thoughtTokens, thoughtMs, answerTokens },
      { state: "answering", thought: "hm", answer: "Yes", thoughtTokens: 3, thoughtMs: 40, answerTokens: 5 },
    );
  });

  it("ignores deltas that come late", () => {
    for (const state of [EMPTY, showing(), showing(turn("a", { state: "stopped" }))])
      assert.equal(reduce(state, delta("a", "x", "y")), state);
  });

  it("knows which turn is running", () => {
    assert.equal(runningTurn(showing(turn("a", { state: "done" }), turn("b", { state: "reading" })))?.id, "b");
    assert.equal(runningTurn(showing(turn("a", { state: "failed" }))), undefined);
    assert.equal(runningTurn(EMPTY), undefined);
  });
});
