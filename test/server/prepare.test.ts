/** Reading ahead, the way an editor asks for it: again at each pause in typing, the call before taken back. */
import assert from "node:assert/strict";
import { type ChatResult, type ContextItem, type Message, Method, type PrepareResult } from "../../server/protocol.ts";
import { Client, idle, rejection, type Streaming } from "../support/client.ts";
import { slowly } from "../support/pace.ts";

const user = (content: string): Message => ({ role: "user", content });
/** Some 4,000 tokens: dozens of chunks. */
const context = (name: string): ContextItem[] => [
  { type: "text", title: name, text: Array.from({ length: 500 }, (_, i) => `${name} ${i}`).join("\n") },
];
const question = "What is the difference between a stack and a queue?";

describe("nemotron/prepare, again and again", () => {
  let client: Client;
  before(async () => {
    client = await Client.toy();
    await client.until((status) => status.type === "ready");
  });
  after(() => client.stop());

  const prepare = (typed: string, items: ContextItem[]): Streaming<PrepareResult> => {
    const prepared = client.stream<PrepareResult>(Method.prepare, { messages: [user(typed)], context: items });
    prepared.result.catch(() => {});
    return prepared;
  };
  const ask = (items: ContextItem[]) =>
    client.chat({ messages: [user(question)], context: items, thinking: { mode: "off" }, maxTokens: 1 });

  it("keeps what was read by calls that were taken back", async () => {
    const items = context("alpha");
    let last = prepare("", items);
    for (let typed = 5; typed < 40; typed += 5) {
      await idle(30);
      last.cancel();
      last = prepare(question.slice(0, typed), items);
    }
    const { readTokens, interrupted } = await last.result;
    assert.equal(interrupted, false);
    const { usage } = await ask(items);
    assert.ok(readTokens < usage.promptTokens, `the last call read ${readTokens} of ${usage.promptTokens}: all of it`);
    assert.ok(usage.readTokens <= 32, `read ${usage.readTokens} of ${usage.promptTokens}`);
  });

  it("lets a newer call take over from one that was not taken back", async () => {
    const items = context("beta");
    const first = prepare("", items);
    const second = await slowly(client.enginePid()!, async () => {
      await idle(30);
      const second = prepare(question.slice(0, 20), items);
      assert.equal((await first.result).interrupted, true);
      return second;
    });
    assert.equal((await second.result).interrupted, false);
    assert.ok((await ask(items)).usage.readTokens <= 40);
  });

  it("is given up soon", async () => {
    const running = prepare("", context("gamma"));
    await slowly(client.enginePid()!, async () => {
      await idle(60);
      const cancelled = performance.now();
      running.cancel();
      assert.equal((await rejection(running.result)).code, -32800);
      // One chunk; the promise is 150 ms, at full speed.
      assert.ok(performance.now() - cancelled < 3000, `${performance.now() - cancelled} ms`);
    });
  });

  it("in a burst does not hold up a chat, which reads nothing of theirs", async () => {
    const burst = Array.from({ length: 12 }, (_, i) => prepare(question.slice(0, i), context(`delta${i}`)));
    await idle(20);
    const { answer, usage } = await client.request<ChatResult>(Method.chat, {
      messages: [user("ping")],
      thinking: { mode: "off" },
    });
    assert.match(answer, /pong/);
    // From its arrival at the engine: the chunk that was being read, its own few tokens, no queue of others' chunks.
    assert.ok(usage.firstTokenMs < 3000, `${usage.firstTokenMs} ms`);
    const results = await Promise.all(burst.map(({ result }) => result));
    // Only the newest may have had its turn, when the chat was over.
    assert.ok(
      results.slice(0, -1).every(({ interrupted }) => interrupted),
      JSON.stringify(results),
    );
  });

  it("waits for a reply, and for none of those that were taken back meanwhile", async () => {
    const asked = { messages: [user("Think for a long time.")], thinking: { mode: "on" } };
    const items = context("epsilon");
    const { chat, last } = await slowly(client.enginePid()!, async () => {
      const chat = await client.begun<ChatResult>(Method.chat, asked, () => true);
      const waiting = Array.from({ length: 6 }, (_, i) => prepare(question.slice(0, 6 * i), items));
      await idle(20);
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
