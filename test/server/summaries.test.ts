/** Summaries in idle time, on the real engine: they cost the next question nothing, and never hold one up. */
import assert from "node:assert/strict";
import { Supervisor } from "../../server/engine/client/supervisor.ts";
import type { ReplyEvent, RespondRequest } from "../../server/engine/engine.ts";
import { Summaries } from "../../server/features/summaries.ts";
import { SYSTEM_PROMPT } from "../../server/features/text/prompts.ts";
import type { Message, Usage } from "../../server/protocol.ts";
import { TOY } from "../support/client.ts";
import { temporaryStates } from "../support/savedStates.ts";

const signal = new AbortController().signal;
const conversation = "long";
/** Framing, and the question. */
const MAX_READ_TOKENS = 32;

describe("a summary", () => {
  const states = temporaryStates();
  const engine = new Supervisor({ enginePath: "dist/engine.mjs", statesFolder: states.folder, log: () => {} });
  before(() => engine.load({ model: TOY, gpu: "off", contextTokens: 8192 }));
  after(async () => {
    await engine.dispose();
    states.remove();
  });

  const user = (content: string): Message => ({ role: "user", content });
  const request = (messages: Message[], more: Partial<RespondRequest> = {}): RespondRequest => ({
    messages,
    thinking: { mode: "off" },
    sampling: { temperature: 0 },
    priority: "chat",
    kind: "followUp",
    conversation,
    ...more,
  });
  async function ask(messages: Message[]): Promise<{ answer: Message; usage: Usage }> {
    let content = "";
    for await (const event of engine.respond(request(messages), signal)) {
      if (event.type === "answer") content += event.text;
      if (event.type === "usage") return { answer: { role: "assistant", content }, usage: event.usage };
    }
    throw new Error("The reply has no usage.");
  }

  it("is made from what has been read, and leaves that as it was", async () => {
    let messages = [{ role: "system", content: SYSTEM_PROMPT } as Message];
    let tokens = 0;
    for (const question of ["What is recursion?", "Give me an example."]) {
      const { answer, usage } = await ask([...messages, user(question)]);
      messages = [...messages, user(question), answer];
      tokens = usage.promptTokens + usage.answerTokens;
    }
    const events: ReplyEvent[] = [];
    const summaries = new Summaries(
      {
        model: async () => ({ ...(await engine.model()), contextTokens: tokens }),
        prepare: (...args) => engine.prepare(...args),
        respond: (...args) => {
          const reply = engine.respond(...args);
          const all = async function* () {
            for await (const event of reply) {
              events.push(event);
              yield event;
            }
          };
          return Object.assign(all(), { answerNow: reply.answerNow, addBudget: reply.addBudget });
        },
      },
      0,
    );
    await summaries.sumUp({ messages, conversation }, tokens);
    assert.ok(summaries.find(conversation, messages));
    const usages = events.flatMap((event) => (event.type === "usage" ? [event.usage] : []));
    // The request to sum up has some sixty tokens.
    assert.ok(usages.at(-1)!.readTokens <= 2 * MAX_READ_TOKENS + 32, JSON.stringify(usages));
    const { usage } = await ask([...messages, user("Thanks!")]);
    assert.ok(usage.readTokens <= MAX_READ_TOKENS, JSON.stringify(usage));
  });

  it("gives way to a question", async () => {
    const idle = engine.respond(
      request([user("Think for a long time.")], { thinking: { mode: "on" }, priority: "idle" }),
      signal,
    );
    const events: ReplyEvent["type"][] = [];
    let asked: Promise<unknown> | undefined;
    for await (const { type } of idle) {
      events.push(type);
      if (type === "thought") asked ??= ask([user("Hello")]);
    }
    await asked;
    assert.ok(events.includes("thought") && !events.includes("usage"), events.at(-1));
  });
});
