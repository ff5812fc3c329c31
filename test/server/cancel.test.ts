import assert from "node:assert/strict";
import { type ChatResult, Method, type PrepareResult } from "../../server/protocol.ts";
import { Client, rejection } from "../support/client.ts";
import { cancelledAt, held, WITH_PACE } from "../support/pace.ts";

const REQUEST_CANCELLED = -32800;
const user = (content: string) => ({ role: "user" as const, content });

describe("cancelling", () => {
  let client: Client;
  before(async () => {
    client = await Client.toy([], { env: WITH_PACE });
    await client.ready();
  });
  after(() => client.stop());

  it("stops the reading of a prompt, and keeps the part that was read", async () => {
    const messages = [user(`${"word ".repeat(3800)}\n\nHello`)];
    const { code, events } = await cancelledAt(client, Method.chat, { messages }, "reading");
    assert.equal(code, REQUEST_CANCELLED);
    await client.ready();
    const read = Math.max(...events.map((event) => (event.type === "reading" ? event.read : 0)));
    const { usage } = await client.chat({ messages, thinking: { mode: "off" } });
    assert.ok(read < usage.promptTokens, "it was read to the end");
    assert.ok(usage.reusedTokens >= read, `read ${read}, reused ${usage.reusedTokens}`);
  });

  it("stops generation, in a thought and in an answer", async () => {
    for (const [mode, question, type] of [
      ["on", "Think for a long time.", "thought"],
      ["off", "Count to one hundred.", "answer"],
    ] as const) {
      const params = { messages: [user(question)], thinking: { mode } };
      const { code, events } = await cancelledAt(client, Method.chat, params, type);
      assert.equal(code, REQUEST_CANCELLED);
      await client.ready();
      const before = events.length;
      await client.reached();
      assert.equal(events.length, before, "something was still streamed");
      assert.match((await client.chat({ messages: [user("ping")], thinking: { mode: "off" } })).answer, /pong/);
    }
  });

  it("withdraws a request that waits behind another", async () => {
    const long = await held({ pid: client.enginePid()! }, async (pace) => {
      const messages = [user("Think for a long time.")];
      const params = { messages, thinking: { mode: "on" } };
      const begun = client.begun<ChatResult>(Method.chat, params, ({ type }) => type === "thought");
      const long = await pace.stepUntil(begun);
      const waiting = client.stream<ChatResult>(Method.chat, { messages: [user("Hello")] });
      await pace.received("respond", 2);
      waiting.cancel();
      assert.equal((await rejection(waiting.result)).code, REQUEST_CANCELLED);
      return long;
    });
    assert.ok((await long.result).answer.length > 0);
  });

  it("stops reading ahead", async () => {
    await held({ pid: client.enginePid()! }, async (pace) => {
      const prepare = client.stream<PrepareResult>(Method.prepare, { messages: [user("word ".repeat(3800))] });
      await pace.step();
      prepare.cancel();
      await pace.received("cancel");
      // Lets the current chunk finish; no further one begins.
      await pace.runStep();
      assert.equal((await rejection(prepare.result)).code, REQUEST_CANCELLED);
    });
    assert.match((await client.chat({ messages: [user("ping")], thinking: { mode: "off" } })).answer, /pong/);
  });

  it("leaves the server responsive while the model reads", async () => {
    await held({ pid: client.enginePid()! }, async (pace) => {
      const chat = client.stream<ChatResult>(Method.chat, { messages: [user(`${"word ".repeat(3800)}\n\nHello`)] });
      await pace.step();
      await client.until((status) => status.type === "busy");
      const status = await client.request<{ type: string }>(Method.status, {});
      assert.equal(status.type, "busy");
      chat.cancel();
      await pace.received("cancel");
      await pace.runStep();
      await rejection(chat.result);
    });
  });
});
