import assert from "node:assert/strict";
import {
  conversationView,
  dropOldest,
  historyOf,
  interruptLostReplies,
  isConversation,
  keepVersion,
  showVersion,
  titleOf,
  turnView,
} from "../../../../src/chat/conversation.ts";
import { toMarkdown } from "../../../../src/chat/markdown.ts";
import { conversation, file, turn } from "./turns.ts";

describe("a conversation", () => {
  it("sends the model what it saw: questions with their context, answers without thoughts", () => {
    const turns = [
      turn("Explain it.", "It adds.", { userContent: "File: a.ts\n\nExplain it." }, { thought: "Hmm." }),
      turn("Shorter.", "Adds."),
    ];
    assert.deepEqual(historyOf(turns), [
      { role: "user", content: "File: a.ts\n\nExplain it." },
      { role: "assistant", content: "It adds." },
      { role: "user", content: "Shorter." },
      { role: "assistant", content: "Adds." },
    ]);
  });

  it("marks the oldest turns as no longer sent, by their messages", () => {
    const turns = [
      turn("gone", "x", { dropped: true }),
      turn("one", "1"),
      turn("failed", "", {}, { state: "failed" }),
      turn("unanswered", "", {}, { state: "stopped" }),
      turn("two", "2"),
    ];
    assert.deepEqual(
      dropOldest(turns, 3).map(({ text }) => text),
      ["one", "unanswered"],
    );
    assert.deepEqual(
      historyOf(turns).map(({ content }) => content),
      ["two", "2"],
    );
    assert.deepEqual(dropOldest(turns, 0), []);
  });

  it("leaves out what was dropped, and questions that failed without an answer", () => {
    const turns = [
      turn("dropped", "x", { dropped: true }),
      turn("failed", "", {}, { state: "failed" }),
      turn("stopped in the thought", "", {}, { state: "stopped" }),
      turn("stopped in the answer", "Half of", {}, { state: "stopped" }),
      turn("interrupted", "An", {}, { state: "interrupted" }),
    ];
    assert.deepEqual(
      historyOf(turns).map(({ content }) => content),
      ["stopped in the thought", "stopped in the answer", "Half of", "interrupted", "An"],
    );
  });

  it("keeps the versions of an answer, and continues from the shown one", () => {
    const asked = turn("q", "first");
    assert.equal(turnView(asked).versions, undefined);
    for (const answer of ["second", "third"]) {
      keepVersion(asked);
      asked.reply = turn("q", answer).reply;
    }
    assert.deepEqual(turnView(asked).versions, { shown: 3, count: 3 });
    for (const [version, answer] of [
      [1, "first"],
      [3, "third"],
      [2, "second"],
    ] as const) {
      assert.ok(showVersion(asked, version));
      assert.deepEqual([asked.reply.answer, turnView(asked).versions], [answer, { shown: version, count: 3 }]);
      assert.equal(historyOf([asked])[1]?.content, answer);
    }
    for (const none of [0, 2, 4]) assert.equal(showVersion(asked, none), false);
    assert.ok(isConversation(JSON.parse(JSON.stringify(conversation(asked)))));
    keepVersion(asked);
    asked.reply = turn("q", "").reply;
    keepVersion(asked);
    assert.deepEqual(turnView(asked).versions, { shown: 4, count: 4 }, "what says nothing is no version to keep");
  });

  it("is named after its first question, cut between characters", () => {
    assert.equal(titleOf("  Why is this\tslow?\nmore"), "Why is this slow?");
    assert.equal(titleOf("x".repeat(60)), "x".repeat(60));
    assert.equal([...titleOf("😀".repeat(80))].length, 60);
    assert.match(titleOf("😀".repeat(80)), /^😀+…$/u);
  });

  it("is read from disk with replies that can be resumed unchanged", () => {
    const running = turn("q", "Half", { replyId: "r1" }, { state: "answering" });
    const kept = conversation(turn("a", "b", { replyId: "r0" }), running);
    assert.deepEqual(interruptLostReplies(kept), kept);
    // Only the last reply can still be running.
    const [first, last] = interruptLostReplies(conversation(running, turn("a", "b"))).turns;
    assert.deepEqual([first!.reply.state, last!.reply.state], ["interrupted", "done"]);
  });

  it("is read from disk with other running replies interrupted, and nothing else changed", () => {
    const running = turn("q", "Half", {}, { state: "answering" });
    const kept = conversation(turn("a", "b"), running);
    const read: unknown = JSON.parse(JSON.stringify(kept));
    assert.ok(isConversation(read));
    const [first, second] = interruptLostReplies(read).turns;
    assert.deepEqual(first, kept.turns[0]);
    assert.equal(second!.reply.state, "interrupted");
    assert.equal(second!.reply.answer, "Half");
    assert.ok(second!.reply.error);
  });

  it("is not read from any other content of a file", () => {
    const good = conversation(turn("a", "b"));
    for (const value of [
      undefined,
      null,
      [],
      "x",
      {},
      { ...good, version: 2 },
      { ...good, turns: {} },
      { ...good, turns: [null] },
      { ...good, turns: [{ ...good.turns[0], reply: undefined }] },
      { ...good, turns: [{ ...good.turns[0], sources: undefined }] },
    ])
      assert.equal(isConversation(value), false, JSON.stringify(value));
  });

  it("shows the page no paths and no prompt", () => {
    const source = file();
    const picture = JSON.stringify(
      conversationView(conversation(turn("a", "b", { sources: [source], userContent: "prompt" }))),
    );
    assert.doesNotMatch(picture, /file:\/\/|prompt/);
    assert.match(picture, /cart\.ts/);
  });

  it("is exported with its thoughts folded away and unable to end the fold", () => {
    const asked = turn(
      "Explain <b>.",
      "It **adds**.",
      { sources: [file()] },
      { thought: "a\n</details> b", thoughtTokens: 7 },
    );
    const markdown = toMarkdown({
      ...conversation(asked, turn("Go on", "Half", {}, { state: "stopped" })),
      title: "T\n# x",
    });
    assert.match(markdown, /^# T # x\n/);
    assert.match(markdown, /## You\n\nExplain <b>\.\n\n- `cart\.ts`\n\n## Nemotron/);
    assert.equal(markdown.match(/<\/details>/g)?.length, 1);
    assert.match(markdown, /> &lt;\/details> b/);
    assert.match(markdown, /It \*\*adds\*\*\./);
    assert.match(markdown, /Half\n\n\*Stopped\.\*\n$/);
  });
});
