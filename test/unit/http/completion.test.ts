import assert from "node:assert/strict";
import type { ReplyEvent } from "../../../server/engine/engine.ts";
import { chunksOf, completionOf } from "../../../server/http/chat/completion.ts";

const OPTIONS = { model: "m", singleCall: false, includeUsage: false };
const counts = { thoughtTokens: 1, answerTokens: 1 };
const usage: ReplyEvent = {
  type: "usage",
  stopReason: "stop",
  usage: { ...counts, promptTokens: 1, readTokens: 1, reusedTokens: 0, firstTokenMs: 1, tokensPerSecond: 1 },
};
const thought = (text: string): ReplyEvent => ({ type: "thought", text, tokens: 1 });
const answer = (text: string): ReplyEvent => ({ type: "answer", text, tokens: 1 });
const revised = (thought: string, answer: string): ReplyEvent => ({ type: "revised", thought, answer, ...counts });

async function* reply(events: ReplyEvent[]): AsyncGenerator<ReplyEvent> {
  yield* [...events, usage];
}

/** The thought and the answer that a client has of a stream, and of a whole reply. */
async function both(...events: ReplyEvent[]) {
  const streamed = ["", ""];
  for await (const chunk of chunksOf(reply(events), OPTIONS)) {
    const [choice] = (chunk as { choices: { delta: { reasoning_content?: string; content?: string } }[] }).choices;
    streamed[0] += choice?.delta.reasoning_content ?? "";
    streamed[1] += choice?.delta.content ?? "";
  }
  const { message } = (await completionOf(reply(events), OPTIONS)).choices[0]!;
  return { streamed, whole: [message.reasoning_content ?? "", message.content] };
}

describe("http: a reply whose thought shows late", () => {
  it("is sent as it is if nothing has been sent yet, or only a part of it", async () => {
    for (const events of [
      [revised("Hm.", "Four"), answer(".")],
      [thought("H"), revised("Hm.", "Fo"), answer("ur.")],
      [thought("Hm."), answer("Fo"), revised("Hm.", "Four."), answer("")],
      [thought("Hm. "), revised("Hm.", ""), answer("Four.")],
    ]) {
      const { streamed, whole } = await both(...events);
      assert.deepEqual([streamed[0]?.trim(), streamed[1]], ["Hm.", "Four."]);
      assert.deepEqual(whole, ["Hm.", "Four."]);
    }
  });

  it("has the whole answer when that was taken for a thought", async () => {
    const { streamed, whole } = await both(thought("Four."), revised("", "Four."), answer(" Yes."));
    assert.deepEqual(streamed, ["Four.", "Four. Yes."]);
    assert.deepEqual(whole, ["", "Four. Yes."]);
  });

  it("closes a thought that was sent as the answer, and sends the answer behind the tag", async () => {
    const orphan = [answer("Hm."), answer(" Well."), revised("Hm. Well.", "Fo"), answer("ur.")];
    const { streamed, whole } = await both(...orphan);
    assert.deepEqual(streamed, ["Hm. Well.", "Hm. Well.\n</think>\n\nFour."]);
    assert.deepEqual(whole, ["Hm. Well.", "Four."]);
    // A model that thinks again behind a part of its answer.
    const again = [thought("Hm."), answer("So: no"), revised("Hm.\n\nno", "So:"), answer(" four.")];
    assert.deepEqual((await both(...again)).streamed, ["Hm.\n\nno", "So: no\n</think>\n\nSo: four."]);
  });
});
