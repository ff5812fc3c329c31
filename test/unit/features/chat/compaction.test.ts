/** Compaction: what is removed, in which order, and for how many steps that is enough. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  compact,
  compactionTarget,
  compactionTrigger,
  type Sized,
} from "../../../../server/features/chat/compaction.ts";
import { checkConversation } from "../../../../server/nemotron/prompt.ts";
import type { Message } from "../../../../server/protocol.ts";

const total = (sized: readonly Sized[]) => sized.reduce((sum, { tokens }) => sum + tokens, 0);
const system: Sized = { message: { role: "system", content: "system" }, tokens: 600 };
const user = (tokens: number): Sized => ({ message: { role: "user", content: "task" }, tokens });
const assistant = (tokens: number): Sized => ({
  message: { role: "assistant", content: "", toolCalls: [{ name: "read", arguments: {} }] },
  tokens,
});
const answer = (tokens: number): Sized => ({ message: { role: "assistant", content: "Done." }, tokens });
const tool = (tokens: number, name = "a.ts"): Sized => ({
  message: { role: "tool", content: `File: ${name}\n1| x` },
  tokens,
});

const step = fc
  .tuple(fc.integer({ min: 30, max: 300 }), fc.integer({ min: 1, max: 1500 }))
  .map(([call, result]) => [assistant(call), tool(result)]);
const turn = fc
  .tuple(fc.integer({ min: 5, max: 2000 }), fc.array(step, { maxLength: 20 }))
  .map(([task, steps]) => [user(task), ...steps.flat(), answer(40)]);
const conversation = fc
  .array(turn, { minLength: 1, maxLength: 5 })
  .map((turns) => [system, ...turns.flat().slice(0, -1)]);
const sizeOf = (before: readonly Sized[], messages: readonly Message[]) =>
  messages.map((message) => before.find((one) => one.message === message) ?? { message, tokens: 40 });

const summary = [user(60), answer(300)];

describe("compaction", () => {
  it("shortens old results to one line, oldest first, and keeps the newest", () => {
    const sized = [
      system,
      user(50),
      assistant(50),
      tool(1000, "a"),
      assistant(50),
      tool(1000, "b"),
      assistant(50),
      tool(1000, "c"),
      assistant(50),
      tool(1000, "d"),
    ];
    const { messages, elided, dropped } = compact(sized, 3950);
    assert.deepEqual([elided, dropped], [1, 0]);
    assert.equal(messages[3]!.content, "File: a [… left out to save room]");
    assert.deepEqual(
      messages.slice(4),
      sized.slice(4).map(({ message }) => message),
    );
    assert.equal(compact(sized, 0).elided, 2);
  });

  it("removes the oldest turns when that is not enough, and never the last one", () => {
    const sized = [system, user(4000), answer(50), user(4000), answer(50), user(50)];
    assert.deepEqual(compact(sized, 5000), {
      messages: [system, ...sized.slice(3)].map(({ message }) => message),
      elided: 0,
      dropped: 2,
      summarized: false,
    });
    assert.equal(compact(sized, 0).messages.length, 2);
    assert.deepEqual(compact(sized, 100_000), {
      messages: sized.map(({ message }) => message),
      elided: 0,
      dropped: 0,
      summarized: false,
    });
  });

  it("leaves a valid conversation: no result without its call, the last task there, order kept", () => {
    fc.assert(
      fc.property(conversation, fc.nat(30_000), (sized, target) => {
        const { messages, elided, dropped } = compact(sized, target);
        checkConversation(messages);
        assert.equal(messages[0], system.message);
        assert.equal(messages.length + dropped, sized.length);
        const lastTask = sized.findLastIndex(({ message }) => message.role === "user");
        assert.ok(messages.includes(sized[lastTask]!.message));
        const after = sizeOf(sized, messages);
        assert.ok(elided + dropped > 0 || total(sized) <= target || total(after) === total(sized));
        // Nothing is removed without need.
        if (total(sized) <= target) assert.equal(elided + dropped, 0);
        // Turns are removed only when everything that can be shortened is.
        if (dropped > 0) {
          const results = sized.filter(({ message, tokens }) => message.role === "tool" && tokens > 40);
          assert.ok(
            elided >= Math.min(results.length, sized.filter(({ message }) => message.role === "tool").length - 2) - 2 ||
              elided === results.length,
          );
        }
      }),
    );
  });

  it("puts a summary in the place of the oldest turns, if that is shorter", () => {
    const instead = summary.map(({ message }) => message);
    fc.assert(
      fc.property(conversation, fc.nat(30_000), (sized, target) => {
        const plain = compact(sized, target);
        const { messages, dropped, summarized } = compact(sized, target, summary);
        checkConversation(messages);
        assert.ok(dropped >= plain.dropped);
        if (plain.dropped === 0) assert.ok(!summarized && dropped === 0);
        if (!summarized) assert.deepEqual(messages, plain.messages);
        else {
          assert.deepEqual(messages.slice(0, 3), [system.message, ...instead]);
          assert.equal(messages.length, sized.length - dropped + 2);
          const gone = total(sized.slice(1, 1 + dropped));
          assert.ok(gone > total(summary));
        }
      }),
    );
  });

  it("is enough for at least ten more steps like those so far", () => {
    fc.assert(
      fc.property(conversation, fc.constantFrom(16_384, 32_768, 65_536), fc.boolean(), (sized, contextTokens, sums) => {
        const trigger = compactionTrigger(contextTokens);
        fc.pre(total(sized) > trigger);
        const target = compactionTarget(sized, trigger);
        const { messages } = compact(sized, target, sums ? summary : []);
        const after = total(sizeOf([...sized, ...summary], messages));
        // What must stay can exceed the target.
        fc.pre(after <= target);
        const steps = sized.filter(({ message }) => message.role === "assistant").length;
        const own = total(sized.filter(({ message }) => message.role === "assistant" || message.role === "tool"));
        assert.ok(after + 10 * (own / Math.max(1, steps)) <= trigger);
      }),
    );
  });
});
