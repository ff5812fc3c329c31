import assert from "node:assert/strict";
import type { Engine, ReplyEvent } from "../../../../server/engine/engine.ts";
import { chat } from "../../../../server/features/chat/chat.ts";
import { explain } from "../../../../server/features/chat/explain.ts";
import { resume } from "../../../../server/features/chat/resume.ts";
import { cart, documentsOf, END, range, replyOf, signal, USAGE, world } from "../support.ts";

const SAID: ReplyEvent[] = [
  { type: "reading", read: 2, total: 2 },
  { type: "thought", text: "Hm.", tokens: 2 },
  { type: "answer", text: "Yes.", tokens: 2 },
];
const silent = () => {};

describe("features: resuming a reply", () => {
  it("repeats all events, and can be steered by its new token", async () => {
    const { deps } = world(documentsOf());
    const asked: unknown[] = [];
    const steered: string[] = [];
    const engine: Partial<Engine> = {
      resume(replyId, given) {
        asked.push([replyId, given]);
        return replyOf([...SAID, END], { answerNow: async () => void steered.push(replyId) });
      },
    };
    Object.assign(deps.engine, engine);
    const reported: unknown[] = [];
    const result = resume({ replyId: "r1", partialResultToken: "t" }, deps, signal, (progress) =>
      reported.push(progress),
    );
    await deps.replies.answerNow("t");
    const { usage, ...said } = await result;
    assert.deepEqual([usage, said], [USAGE, { answer: "Yes.", thought: "Hm.", toolCalls: [], stopReason: "stop" }]);
    assert.deepEqual(reported, SAID);
    assert.deepEqual([asked, steered], [[["r1", signal]], ["r1"]]);
  });

  it("fails if the engine does not know the reply", async () => {
    const { deps } = world(documentsOf());
    await assert.rejects(resume({ replyId: "r1" }, deps, signal, silent), {
      code: "noReply",
      data: { reason: "The reply is no longer available.", next: "Ask again." },
    });
  });

  it("passes on the client's id for the reply", async () => {
    const document = cart();
    const { deps, responded } = world(documentsOf(document));
    await chat({ messages: [{ role: "user", content: "?" }], replyId: "r1" }, deps, signal, silent);
    const textDocument = { uri: document.uri };
    await explain({ textDocument, range: range(0, 0, 1, 0), replyId: "r2" }, deps, signal, silent);
    assert.deepEqual(
      responded.map(({ replyId }) => replyId),
      ["r1", "r2"],
    );
  });
});
