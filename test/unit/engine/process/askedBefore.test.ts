import assert from "node:assert/strict";
import { AskedBefore } from "../../../../server/engine/process/askedBefore.ts";
import type { Message } from "../../../../server/protocol.ts";

/** The beginning of a conversation with this many questions, of which the last has no answer yet. */
const conversation = (questions: number, name: string): Message[] =>
  Array.from({ length: questions }, (_, i) => [
    { role: "user" as const, content: `${name} ${i}` },
    { role: "assistant" as const, content: "yes" },
  ])
    .flat()
    .slice(0, -1);

describe("a conversation that the client does not name", () => {
  it("goes on if it was asked before with fewer questions, also when it is repeated or other requests come between", () => {
    const asked = new AskedBefore();
    assert.equal(asked.goesOn({ messages: conversation(1, "a") }), false);
    assert.equal(asked.goesOn({ messages: conversation(1, "b") }), false);
    assert.equal(asked.goesOn({ messages: conversation(2, "a") }), true);
    assert.equal(asked.goesOn({ messages: conversation(2, "a") }), true);
    assert.equal(asked.goesOn({ messages: conversation(3, "b") }), true);
    assert.equal(asked.goesOn({ messages: conversation(1, "b") }), false);
  });

  it("does not go on if it comes with examples, the same each time or others", () => {
    const asked = new AskedBefore();
    for (let i = 0; i < 3; i++) {
      const question: Message = { role: "user", content: `question ${i}` };
      assert.equal(asked.goesOn({ messages: [...conversation(3, "example").slice(0, -1), question] }), false);
      assert.equal(asked.goesOn({ messages: conversation(3, `other ${i}`) }), false);
    }
  });

  it("does not go on if it belongs to another owner", () => {
    const asked = new AskedBefore();
    asked.goesOn({ owner: "a", messages: conversation(1, "a") });
    assert.equal(asked.goesOn({ owner: "b", messages: conversation(2, "a") }), false);
  });

  it("is forgotten after a thousand others", () => {
    const asked = new AskedBefore();
    asked.goesOn({ messages: conversation(1, "first") });
    for (let i = 0; i < 1024; i++) asked.goesOn({ messages: conversation(1, `other ${i}`) });
    assert.equal(asked.goesOn({ messages: conversation(2, "first") }), false);
  });
});
