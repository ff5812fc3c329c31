import assert from "node:assert/strict";
import type { AgentRow } from "../../../media/agent.ts";
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

  describe("of an agent", () => {
    const row = (id: string, change: Partial<AgentRow> = {}): AgentRow => ({
      ...{ id, icon: "run", title: id, state: "running", details: [], restorable: false, regenerable: false },
      ...change,
    });
    const thought = { text: "a", tokens: 1, ms: 10, budget: 256, running: true };
    const more = (change: object) => ({ type: "rowDelta", turn: "a", row: "r", ...change }) as const;
    const rowsOf = (state: PageState) => state.conversation!.turns[0]!.agent!.rows;
    const begun = reduce(showing(turn("a")), { type: "row", turn: "a", row: row("r", { thought }) });

    it("adds a row or replaces the one with its id, and keeps the others", () => {
      const added = reduce(begun, { type: "row", turn: "a", row: row("s") });
      const replaced = reduce(added, { type: "row", turn: "a", row: row("r", { state: "done" }) });
      assert.deepEqual(
        rowsOf(replaced).map(({ id, state }) => id + state),
        ["rdone", "srunning"],
      );
      assert.equal(rowsOf(replaced)[1], rowsOf(added)[1]);
    });

    it("appends to a running row's thought and last output", () => {
      const thinking = reduce(begun, more({ thought: "b", thoughtTokens: 2, thoughtMs: 20 }));
      assert.deepEqual(rowsOf(thinking)[0]!.thought, { ...thought, text: "ab", tokens: 2, ms: 20 });
      assert.equal(runningTurn(thinking)?.reply.state, "thinking");
      const running = reduce(reduce(thinking, more({ output: "1\n" })), more({ output: "2\n" }));
      assert.deepEqual(rowsOf(running)[0]!.details, [{ kind: "output", text: "1\n2\n" }]);
    });

    it("keeps the end of a long output, from the beginning of a line", () => {
      const long = reduce(begun, more({ output: "a line of output\n".repeat(2000) }));
      const [{ text }] = rowsOf(long)[0]!.details as [AgentRow["details"][number]];
      assert.ok(text.length <= 16_000 && text.length > 15_900, String(text.length));
      assert.ok(text.startsWith("a line"));
    });

    it("ignores what comes late, or is for a row that it does not know", () => {
      const done = reduce(begun, { type: "row", turn: "a", row: row("r", { state: "done" }) });
      assert.equal(rowsOf(reduce(done, more({ output: "x" }))), rowsOf(done));
      const ended = showing(turn("a", { state: "stopped" }));
      for (const message of [
        more({ thought: "x" }),
        { type: "row", turn: "a", row: row("x") },
        { type: "approval", turn: "a" },
        { type: "progress", turn: "a", state: "reading" },
      ] as const)
        assert.equal(reduce(ended, message), ended);
    });

    it("knows what is asked, and what the reply does", () => {
      const approval = { id: "p", kind: "command", text: "npm test", detail: "" } as const;
      const asked = reduce(begun, { type: "approval", turn: "a", approval });
      assert.equal(runningTurn(asked)?.agent?.approval, approval);
      assert.equal(rowsOf(asked), rowsOf(begun));
      assert.equal(runningTurn(reduce(asked, { type: "approval", turn: "a" }))?.agent?.approval, undefined);
      const reading = { read: 1, total: 2 };
      const read = runningTurn(reduce(begun, { type: "progress", turn: "a", state: "reading", reading }))!.reply;
      assert.deepEqual([read.state, read.reading], ["reading", reading]);
    });
  });

  it("knows which turn is running", () => {
    assert.equal(runningTurn(showing(turn("a", { state: "done" }), turn("b", { state: "reading" })))?.id, "b");
    assert.equal(runningTurn(showing(turn("a", { state: "failed" }))), undefined);
    assert.equal(runningTurn(EMPTY), undefined);
  });
});
