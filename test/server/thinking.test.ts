import assert from "node:assert/strict";
import { type AddBudgetResult, type ChatParams, type ChatResult, ErrorCode, Method } from "../../server/protocol.ts";
import { Client, rejection, textOf } from "../support/client.ts";
import { held, WITH_PACE } from "../support/pace.ts";

/** The engine's own constant: how far past its budget a thought may go to end its line, tokens. */
const GRACE = 32;
const LONG_THOUGHT = {
  messages: [{ role: "user" as const, content: "Think for a long time." }],
  sampling: { temperature: 0 },
};

describe("thinking", () => {
  let client: Client;
  before(async () => {
    client = await Client.toy([], { env: WITH_PACE });
    await client.ready();
  });
  after(() => client.stop());

  /** Steers a long thought once it has begun; the thought continues when the steering request has been answered. */
  const steered = <T>(thinking: ChatParams["thinking"], steer: (token: string) => Promise<T>) =>
    held({ pid: client.enginePid()! }, async (pace) => {
      const asked = { ...LONG_THOUGHT, thinking };
      const begun = client.begun<ChatResult>(Method.chat, asked, ({ type }) => type === "thought");
      const chat = await pace.stepUntil(begun);
      return { ...chat, answered: await steer(chat.token) };
    });

  it("stays within the budget and its grace, and leads to an answer", async () => {
    for (const budget of [1, 16, 50, 128]) {
      const { thought, answer, usage } = await client.chat({ ...LONG_THOUGHT, thinking: { mode: "on", budget } });
      assert.ok(
        usage.thoughtTokens >= budget && usage.thoughtTokens <= budget + GRACE,
        `${usage.thoughtTokens} of ${budget}`,
      );
      assert.ok(thought.length > 0 && answer.length > 0);
      assert.doesNotMatch(thought + answer, /think>/);
    }
  });

  it("runs as long as it needs without a budget", async () => {
    const { answer, usage } = await client.chat({ ...LONG_THOUGHT, thinking: { mode: "on", budget: "unlimited" } });
    assert.ok(usage.thoughtTokens > 200, `${usage.thoughtTokens}`);
    assert.ok(answer.length > 0);
  });

  it("is cut short by answerNow", async () => {
    const { result, events } = await steered({ mode: "on" }, (token) => client.request(Method.answerNow, { token }));
    const { answer, thought, usage } = await result;
    assert.ok(usage.thoughtTokens < 200, `${usage.thoughtTokens}`);
    assert.ok(answer.length > 0);
    assert.equal(textOf(events, "thought"), thought);
    assert.doesNotMatch(thought + answer, /think>/);
  });

  it("is extended by addBudget while it runs", async () => {
    const { result, answered } = await steered({ mode: "on", budget: 40 }, (token) =>
      client.request<AddBudgetResult>(Method.addBudget, { token, tokens: 100 }),
    );
    const { usage } = await result;
    assert.deepEqual(answered, { budget: 140 });
    assert.ok(usage.thoughtTokens >= 140 && usage.thoughtTokens <= 140 + GRACE, `${usage.thoughtTokens}`);
  });

  it("cannot be steered when there is no thought", async () => {
    const unknown = await rejection(client.request(Method.answerNow, { token: "nobody's" }));
    assert.equal(unknown.code, ErrorCode.notThinking);
    const late: Promise<{ code: number }>[] = [];
    const chat = client.stream<ChatResult>(
      Method.chat,
      { messages: [{ role: "user", content: "Count to one hundred." }], thinking: { mode: "off" } },
      () => {
        if (late.length === 0)
          late.push(rejection(client.request(Method.addBudget, { token: chat.token, tokens: 10 })));
      },
    );
    await chat.result;
    assert.equal((await late[0]!).code, ErrorCode.notThinking);
  });

  it("leaves room for the answer when the context is nearly full", async () => {
    const small = await Client.toy(["--context", "2048"]);
    try {
      const content = `${"word ".repeat(880)}\n\nThink for a long time.`;
      const { usage, stopReason, answer } = await small.chat({
        messages: [{ role: "user", content }],
        thinking: { mode: "on" },
      });
      assert.ok(usage.promptTokens + usage.thoughtTokens < 2048);
      assert.ok(stopReason === "stop" || stopReason === "length");
      assert.ok(answer.length > 0, JSON.stringify(usage));
    } finally {
      await small.stop();
    }
  });
});
