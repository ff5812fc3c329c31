/** Summaries in idle time, on the real engine: they cost the next question nothing, and never hold one up. */
import assert from "node:assert/strict";
import { Supervisor } from "../../server/engine/client/supervisor.ts";
import type { ReplyEvent, RespondRequest } from "../../server/engine/engine.ts";
import { conversationKey } from "../../server/engine/states/origin.ts";
import { Summaries } from "../../server/features/summaries.ts";
import { SYSTEM_PROMPT } from "../../server/features/text/prompts.ts";
import type { Message, Usage } from "../../server/protocol.ts";
import { TOY } from "../support/client.ts";
import { savedStates, temporaryStates } from "../support/savedStates.ts";

const signal = new AbortController().signal;
/** Framing, and the question. */
const MAX_READ_TOKENS = 32;

describe("a summary", () => {
  const states = temporaryStates();
  const engine = new Supervisor({ enginePath: "dist/engine.mjs", statesFolder: states.folder, log: () => {} });
  const load = () => engine.load({ model: TOY, gpu: "off", contextTokens: 8192 });
  before(load);
  after(async () => {
    await engine.dispose();
    states.remove();
  });

  const user = (content: string): Message => ({ role: "user", content });
  const request = (messages: Message[], conversation: string, more: Partial<RespondRequest> = {}): RespondRequest => ({
    messages,
    thinking: { mode: "off" },
    sampling: { temperature: 0 },
    priority: "chat",
    kind: "followUp",
    conversation,
    ...more,
  });
  async function ask(messages: Message[], conversation: string, onAnswer = () => {}) {
    let content = "";
    let usage: Usage | undefined;
    for await (const event of engine.respond(request(messages, conversation), signal)) {
      if (event.type === "answer") {
        if (content === "") onAnswer();
        content += event.text;
      }
      if (event.type === "usage") ({ usage } = event);
    }
    return { messages: [...messages, { role: "assistant", content } as Message], usage: usage! };
  }
  /** A conversation of two questions, and summaries for which it is long. `events`: of their replies. */
  async function talk(conversation: string, onEvent = () => {}) {
    let said = await ask([{ role: "system", content: SYSTEM_PROMPT }, user("What is recursion?")], conversation);
    said = await ask([...said.messages, user("Give me an example.")], conversation);
    const { messages, usage } = said;
    const tokens = usage.promptTokens + usage.answerTokens;
    const events: ReplyEvent[] = [];
    const summaries = new Summaries(
      {
        model: async () => ({ ...(await engine.model()), contextTokens: tokens }),
        respond: (...args) => {
          const reply = engine.respond(...args);
          const all = async function* () {
            for await (const event of reply) {
              events.push(event);
              onEvent();
              yield event;
            }
          };
          return Object.assign(all(), { answerNow: reply.answerNow, addBudget: reply.addBudget });
        },
      },
      0,
    );
    return { summaries, messages, events, sumUp: () => summaries.sumUp({ messages, conversation }, tokens) };
  }
  const assertReadsLittle = (usage: Usage) => assert.ok(usage.readTokens <= MAX_READ_TOKENS, JSON.stringify(usage));

  it("is made from what has been read, and leaves that as it was", async () => {
    const { messages, summaries, events, sumUp } = await talk("long");
    // As the window does after each reply: nothing has been typed yet.
    await engine.prepare({ messages: [...messages, user("")], conversation: "long" }, signal);
    await sumUp();
    assert.ok(summaries.find("long", messages));
    const usages = events.flatMap((event) => (event.type === "usage" ? [event.usage] : []));
    // The request to sum up has some sixty tokens.
    assert.ok(usages.at(-1)!.readTokens <= 2 * MAX_READ_TOKENS + 32, JSON.stringify(usages));
    assertReadsLittle((await ask([...messages, user("Thanks!")], "long")).usage);
  });

  it("leaves what was read as it was after a restart too", async () => {
    const { messages, summaries, sumUp } = await talk("restarted");
    await sumUp();
    assert.ok(summaries.find("restarted", messages));
    await engine.unload();
    await load();
    assertReadsLittle((await ask([...messages, user("Thanks!")], "restarted")).usage);
  });

  it("gives way to a question", async () => {
    const { messages } = await ask([user("Hello")], "urgent");
    const long = request([...messages, user("Think for a long time.")], "urgent", { thinking: { mode: "on" } });
    const events: ReplyEvent["type"][] = [];
    let asked: Promise<unknown> | undefined;
    for await (const { type } of engine.respond({ ...long, priority: "idle" }, signal)) {
      events.push(type);
      if (type === "thought") asked ??= ask([...messages, user("Hello")], "urgent");
    }
    await asked;
    assert.ok(events.includes("thought") && !events.includes("usage"), events.at(-1));
  });

  it("is not made while or after the next question is answered, or typed, or another conversation has come", async () => {
    const { messages, summaries, events, sumUp } = await talk("asked");
    const question = user(`${"There is much to say before the question. ".repeat(20)}Hello`);
    const draft = { messages: [...messages, question], conversation: "asked" };
    while ((await engine.prepare(draft, signal)).interrupted);
    await sumUp();
    let during: Promise<void> | undefined;
    const answered = await ask(draft.messages, "asked", () => {
      during = sumUp();
    });
    assertReadsLittle(answered.usage);
    await during;
    await sumUp();
    const next = await ask([...answered.messages, user("Thanks!")], "asked");
    assert.ok(next.usage.readTokens <= MAX_READ_TOKENS + answered.usage.answerTokens, JSON.stringify(next.usage));
    await ask([user("Hello")], "another");
    await sumUp();
    assert.deepEqual([events, summaries.find("asked", messages)], [[], undefined]);
  });

  it("brings nothing of a deleted conversation back", async () => {
    let forgotten: Promise<void> | undefined;
    const forget = () => {
      summaries.forget("deleted");
      forgotten ??= engine.forget("deleted");
    };
    const { summaries, messages, events, sumUp } = await talk("deleted", forget);
    await sumUp();
    await forgotten;
    assert.ok(events.length > 0);
    assert.equal(summaries.find("deleted", messages), undefined);
    await engine.unload();
    const key = conversationKey("", "deleted");
    assert.ok(savedStates(states.folder).every(({ conversation }) => conversation !== key));
    await load();
  });
});
