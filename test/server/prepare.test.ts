/** Reading ahead as an editor does: at each pause in typing, after cancelling the previous call. */
import assert from "node:assert/strict";
import { type ChatResult, type ContextItem, type Message, Method, type PrepareResult } from "../../server/protocol.ts";
import { Client, rejection, type Streaming } from "../support/client.ts";
import { held, WITH_PACE } from "../support/pace.ts";

const user = (content: string): Message => ({ role: "user", content });
/** About 4,000 tokens, which are dozens of chunks. */
const context = (name: string): ContextItem[] => [
  { type: "text", title: name, text: Array.from({ length: 500 }, (_, i) => `${name} ${i}`).join("\n") },
];
const question = "What is the difference between a stack and a queue?";

describe("repeated nemotron/prepare", () => {
  let client: Client;
  before(async () => {
    client = await Client.toy([], { env: WITH_PACE });
    await client.ready();
  });
  after(() => client.stop());

  const prepare = (typed: string, items: ContextItem[]): Streaming<PrepareResult> => {
    const prepared = client.stream<PrepareResult>(Method.prepare, { messages: [user(typed)], context: items });
    prepared.result.catch(() => {});
    return prepared;
  };
  const ask = (items: ContextItem[]) =>
    client.chat({ messages: [user(question)], context: items, thinking: { mode: "off" }, maxTokens: 1 });

  it("keeps what cancelled calls have read", async () => {
    const items = context("alpha");
    const last = await held({ pid: client.enginePid()! }, async (pace) => {
      let last = prepare("", items);
      for (let typed = 5, calls = 1; typed < 40; typed += 5, calls++) {
        // The engine reads two chunks of each call, and begins a third.
        await pace.received("prepare", calls);
        await pace.step(2);
        last.cancel();
        await pace.received("cancel", calls);
        last = prepare(question.slice(0, typed), items);
      }
      return last;
    });
    const { readTokens, interrupted } = await last.result;
    assert.equal(interrupted, false);
    const { usage } = await ask(items);
    assert.ok(readTokens < usage.promptTokens, `the last call read ${readTokens} of ${usage.promptTokens}: all of it`);
    assert.ok(usage.readTokens <= 32, `read ${usage.readTokens} of ${usage.promptTokens}`);
  });

  it("lets a newer call take over from one that was not cancelled", async () => {
    const items = context("beta");
    const second = await held({ pid: client.enginePid()! }, async (pace) => {
      const first = prepare("", items);
      await pace.step(2);
      const second = prepare(question.slice(0, 20), items);
      await pace.received("prepare", 2);
      await pace.release();
      assert.equal((await first.result).interrupted, true);
      return second;
    });
    assert.equal((await second.result).interrupted, false);
    assert.ok((await ask(items)).usage.readTokens <= 40);
  });

  it("can be cancelled quickly", async () => {
    await held({ pid: client.enginePid()! }, async (pace) => {
      const running = prepare("", context("gamma"));
      await pace.step(2);
      running.cancel();
      await pace.received("cancel");
      // Lets the current chunk finish; no further one begins.
      await pace.runStep();
      assert.equal((await rejection(running.result)).code, -32800);
    });
  });

  it("in a burst does not delay an unrelated chat", async () => {
    const burst = await held({ pid: client.enginePid()!, of: ["idle"] }, async (pace) => {
      const burst = Array.from({ length: 12 }, (_, i) => prepare(question.slice(0, i), context(`delta${i}`)));
      await pace.received("prepare", burst.length);
      const asked = client.request<ChatResult>(Method.chat, { messages: [user("ping")], thinking: { mode: "off" } });
      assert.match((await pace.stepUntil(asked)).answer, /pong/);
      return burst;
    });
    const results = await Promise.all(burst.map(({ result }) => result));
    // Only the newest call may have run, after the chat.
    assert.ok(
      results.slice(0, -1).every(({ interrupted }) => interrupted),
      JSON.stringify(results),
    );
  });

  it("waits for a reply, but not for calls that were cancelled meanwhile", async () => {
    const asked = { messages: [user("Think for a long time.")], thinking: { mode: "on" } };
    const items = context("epsilon");
    const { chat, last } = await held({ pid: client.enginePid()! }, async (pace) => {
      const chat = await client.begun<ChatResult>(Method.chat, asked, () => true);
      await pace.waiting();
      const waiting = Array.from({ length: 6 }, (_, i) => prepare(question.slice(0, 6 * i), items));
      await pace.received("prepare", waiting.length);
      for (const prepared of waiting.slice(0, -1)) {
        prepared.cancel();
        assert.equal((await rejection(prepared.result)).code, -32800);
      }
      return { chat, last: waiting.at(-1)! };
    });
    assert.ok((await chat.result).answer.length > 0);
    assert.equal((await last.result).interrupted, false);
    assert.ok((await ask(items)).usage.readTokens <= 40);
  });
});
