/** The agent on the real engine when the engine dies, the user stops it, or the client exits. */
import assert from "node:assert/strict";
import { type AgentParams, type AgentProgress, type AgentResult, ErrorCode, Method } from "../../server/protocol.ts";
import { Client, newRuntime } from "../support/client.ts";

const LONG: AgentParams = {
  messages: [{ role: "user", content: "Think for a long time." }],
  budgets: { plan: "unlimited", step: 16 },
  limits: { steps: 2 },
  sampling: { temperature: 0 },
  check: "",
};

describe("an interrupted agent", () => {
  let client: Client;
  before(async () => {
    client = await Client.toy();
    await client.until((status) => status.type === "ready");
  });
  after(() => client.stop());

  /** Runs the agent, and calls `then` at the first event of a type. */
  function agent(params: AgentParams, type: AgentProgress["type"], then: (token: string) => unknown) {
    let once = false;
    const streaming = client.stream<AgentResult>(Method.agent, params, (event) => {
      if ((event as AgentProgress).type !== type || once) return;
      once = true;
      void then(streaming.token);
    });
    return { ...streaming, events: streaming.events as unknown as AgentProgress[] };
  }
  const stop = (token: string) => client.request(Method.agentStop, { token });

  it("repeats a step whose engine was killed", async () => {
    const killed = agent(LONG, "thought", () => process.kill(client.enginePid()!, "SIGKILL"));
    const { steps, messages } = await killed.result;
    assert.ok(steps >= 1 && messages.length >= 1);
    const types = killed.events.map(({ type }) => type);
    const first = types.slice(types.indexOf("step"), types.indexOf("usage"));
    // The step ran twice, and is reported as one.
    assert.equal(first.filter((type) => type === "step").length, 1);
    const thoughts = first.flatMap((type, i) => (type === "thought" && first[i - 1] !== "thought" ? [i] : []));
    assert.equal(thoughts.length, 2);
  });

  it("stops while it reads its prompt, and in a thought", async () => {
    const words = Array.from({ length: 3000 }, (_, i) => `word${i}`).join(" ");
    const context = [{ type: "text" as const, title: "Words", text: words }];
    const reading = await agent({ ...LONG, context }, "reading", stop).result;
    assert.deepEqual([reading.outcome, reading.steps, reading.messages.length], ["stopped", 1, 1]);
    const thinking = await agent(LONG, "thought", stop).result;
    assert.deepEqual([thinking.outcome, thinking.steps, thinking.messages.length], ["stopped", 1, 1]);
  });

  it("ends at a limit when the context is full", async () => {
    const words = Array.from({ length: 9000 }, (_, i) => `word${i}`).join(" ");
    const full = agent(LONG, "thought", async (token) => {
      await client.request(Method.agentSay, { token, text: words });
      await client.request(Method.answerNow, { token });
    });
    const { outcome, reason, steps } = await full.result;
    assert.deepEqual([outcome, reason, steps], ["limit", "The context is full.", 2]);
    await assert.rejects(agent({ ...LONG, messages: [{ role: "user", content: words }] }, "step", () => {}).result, {
      code: ErrorCode.contextOverflow,
    });
  });

  it("ends with its client, and leaves the engine free for others", async () => {
    const runtime = newRuntime();
    const [one, other] = [await Client.toy([], { runtime }), await Client.toy([], { runtime })];
    const gone = new Promise((resolve) => one.process.once("exit", resolve));
    await one.begun(Method.agent, LONG, ({ type }) => type === "thought");
    one.process.kill("SIGKILL");
    await gone;
    one.connection.dispose();
    const { answer } = await other.chat({ messages: [{ role: "user", content: "Hello" }] });
    assert.ok(answer.length > 0);
    await other.until((status) => status.type === "ready");
    await other.stop();
  });
});
