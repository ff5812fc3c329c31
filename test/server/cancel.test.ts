import assert from "node:assert/strict";
import { type ChatResult, Method, type PrepareResult } from "../../server/protocol.ts";
import { Client, idle, rejection } from "../support/client.ts";
import { slowly } from "../support/pace.ts";

const REQUEST_CANCELLED = -32800;
const user = (content: string) => ({ role: "user" as const, content });

describe("cancelling", () => {
  let client: Client;
  before(async () => {
    client = await Client.toy();
    await client.until((status) => status.type === "ready");
  });
  after(() => client.stop());

  const cancelled = (reply: Promise<unknown>) => slowly(client.enginePid()!, () => rejection(reply));

  it("stops the reading of a prompt, and keeps what was read", async () => {
    const messages = [user(`${"word ".repeat(3800)}\n\nHello`)];
    const chat = client.stream<ChatResult>(Method.chat, { messages }, ({ type }) => {
      if (type === "reading") chat.cancel();
    });
    assert.equal((await cancelled(chat.result)).code, REQUEST_CANCELLED);
    await client.until((status) => status.type === "ready");
    const read = Math.max(...chat.events.map((event) => (event.type === "reading" ? event.read : 0)));
    const { usage } = await client.chat({ messages, thinking: { mode: "off" } });
    assert.ok(read < usage.promptTokens, "it was read to the end");
    assert.ok(usage.reusedTokens >= read, `read ${read}, reused ${usage.reusedTokens}`);
  });

  it("stops generation, in a thought and in an answer", async () => {
    for (const [thinking, question] of [
      [{ mode: "on" }, "Think for a long time."],
      [{ mode: "off" }, "Count to one hundred."],
    ] as const) {
      const chat = client.stream<ChatResult>(Method.chat, { messages: [user(question)], thinking }, ({ type }) => {
        if (type === "thought" || type === "answer") chat.cancel();
      });
      assert.equal((await cancelled(chat.result)).code, REQUEST_CANCELLED);
      await client.until((status) => status.type === "ready");
      const before = chat.events.length;
      await idle(60);
      assert.equal(chat.events.length, before, "something was still streamed");
      assert.match((await client.chat({ messages: [user("ping")], thinking: { mode: "off" } })).answer, /pong/);
    }
  });

  it("takes back a request that waits for another", async () => {
    const long = await slowly(client.enginePid()!, async () => {
      const messages = [user("Think for a long time.")];
      const params = { messages, thinking: { mode: "on" } };
      const long = await client.begun<ChatResult>(Method.chat, params, ({ type }) => type === "thought");
      const waiting = client.stream<ChatResult>(Method.chat, { messages: [user("Hello")] });
      await idle(20);
      waiting.cancel();
      assert.equal((await rejection(waiting.result)).code, REQUEST_CANCELLED);
      return long;
    });
    assert.ok((await long.result).answer.length > 0);
  });

  it("stops reading ahead", async () => {
    await slowly(client.enginePid()!, async () => {
      const prepare = client.stream<PrepareResult>(Method.prepare, { messages: [user("word ".repeat(3800))] });
      await idle(20);
      prepare.cancel();
      assert.equal((await rejection(prepare.result)).code, REQUEST_CANCELLED);
    });
    assert.match((await client.chat({ messages: [user("ping")], thinking: { mode: "off" } })).answer, /pong/);
  });

  it("leaves the server responsive while the model reads", async () => {
    const chat = client.stream<ChatResult>(Method.chat, { messages: [user(`${"word ".repeat(3800)}\n\nHello`)] });
    await slowly(client.enginePid()!, async () => {
      await client.until((status) => status.type === "busy");
      const status = await client.request<{ type: string }>(Method.status, {});
      assert.equal(status.type, "busy");
      chat.cancel();
      await rejection(chat.result);
    });
  });
});
