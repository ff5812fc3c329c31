/** Summaries of long conversations, and what compaction does with them. */
import assert from "node:assert/strict";
import type { RespondRequest } from "../../../server/engine/engine.ts";
import { chat } from "../../../server/features/chat/chat.ts";
import { Summaries, summaryTurn } from "../../../server/features/summaries.ts";
import { SUM_UP_REQUEST, SYSTEM_PROMPT } from "../../../server/features/text/prompts.ts";
import type { Message, ModelInfo, ReplyProgress } from "../../../server/protocol.ts";
import { documentsOf, END, replyOf, signal, worldOf } from "./support.ts";

const user = (content: string): Message => ({ role: "user", content });
const assistant = (content: string): Message => ({ role: "assistant", content });
const TALK = [user("Plan it."), assistant("Yes."), user("Build it."), assistant("Done.")];
const LONG = 600;

describe("summaries", () => {
  /** An engine with a context of 1,000 tokens that answers with this text, or is interrupted. */
  function summaries(text: string | undefined, more: Partial<ModelInfo> = {}) {
    const requests: RespondRequest[] = [];
    const engine: ConstructorParameters<typeof Summaries>[0] = {
      model: async () => ({ contextTokens: 1000, ...more }) as ModelInfo,
      respond: (request) => {
        requests.push(request);
        return replyOf(
          text === undefined
            ? [{ type: "answer", text: "You", tokens: 1 }]
            : [{ type: "answer", text, tokens: 1 }, END],
        );
      },
    };
    return { made: new Summaries(engine, 0), requests };
  }
  const sumUp = ({ made }: ReturnType<typeof summaries>, messages = TALK, tokens = LONG) =>
    made.sumUp({ messages, conversation: "c" }, tokens);

  it("are short, made without a thought, when nothing else is to do", async () => {
    const world = summaries(" You planned it. ");
    await sumUp(world);
    assert.equal(world.made.find("c", [...TALK, user("Next")]), "You planned it.");
    const [request] = world.requests;
    assert.deepEqual(request!.messages, [...TALK, user(SUM_UP_REQUEST)]);
    assert.deepEqual([request!.priority, request!.thinking.mode, request!.maxTokens], ["idle", "off", 320]);
  });

  it("are made once, and again when the conversation has grown", async () => {
    const world = summaries("You planned it.");
    await sumUp(world);
    await sumUp(world, TALK, LONG + 50);
    assert.equal(world.requests.length, 1);
    await sumUp(world, TALK, LONG + 100);
    assert.equal(world.requests.length, 2);
  });

  it("are not made of short, unanswered or nameless conversations, nor by a remote engine", async () => {
    const world = summaries("You planned it.");
    await sumUp(world, TALK, 400);
    await sumUp(world, TALK.slice(0, 2));
    await sumUp(world, TALK.slice(0, 3));
    await world.made.sumUp({ messages: TALK }, LONG);
    const remote = summaries("You planned it.", { remote: {} as NonNullable<ModelInfo["remote"]> });
    await sumUp(remote);
    assert.deepEqual([...world.requests, ...remote.requests], []);
  });

  it("are not there after an interruption, or when the user has gone back", async () => {
    const interrupted = summaries(undefined);
    await sumUp(interrupted);
    assert.equal(interrupted.requests.length, 6);
    assert.equal(interrupted.made.find("c", TALK), undefined);
    const world = summaries("You planned it.");
    await sumUp(world);
    assert.equal(world.made.find("c", TALK.slice(0, 2)), undefined);
    assert.equal(world.made.find("c", [user("Paint it."), ...TALK.slice(1)]), undefined);
    assert.equal(world.made.find("other", TALK), undefined);
  });

  it("end with the next question, and with their conversation", async () => {
    const world = summaries("You planned it.");
    const pending = sumUp(world);
    world.made.stop();
    await pending;
    const late = sumUp(world);
    world.made.forget("c");
    await late;
    assert.deepEqual([world.requests, world.made.find("c", TALK)], [[], undefined]);
    await sumUp(world);
    world.made.forget("c");
    assert.equal(world.made.find("c", TALK), undefined);
    const { deps } = worldOf(documentsOf(), [[{ type: "answer", text: "Yes.", tokens: 1 }, END]]);
    let stops = 0;
    deps.summaries.stop = () => stops++;
    await chat({ messages: TALK.slice(0, 1) }, deps, signal, () => {});
    assert.equal(stops, 1);
  });

  it("take the place of what a chat leaves out, and are sent again by the client", async () => {
    const { deps, responded } = worldOf(documentsOf(), [[{ type: "answer", text: "Yes.", tokens: 1 }, END]]);
    deps.engine.model = async () => ({ contextTokens: 1000, dialect: "nano-v2" }) as ModelInfo;
    const old = [user("word ".repeat(500)), assistant("Yes."), user("b"), assistant("Yes.")];
    const reported: ReplyProgress[] = [];
    const ask = (messages: Message[], summary?: string) =>
      chat({ messages, compact: true, conversation: "c", summary }, deps, signal, (event) => reported.push(event));
    deps.summaries.find = () => "You counted.";
    await ask([...old, user("word ".repeat(300))]);
    const system: Message = { role: "system", content: SYSTEM_PROMPT };
    const sent = responded.find(({ priority }) => priority === "chat")!.messages;
    assert.deepEqual(sent.slice(0, 3), [system, ...summaryTurn("You counted.")]);
    const [prompt] = reported;
    assert.ok(prompt?.type === "prompt" && prompt.summary === "You counted." && prompt.dropped! > 0);
    responded.length = 0;
    await ask([user("c")], prompt.summary);
    assert.deepEqual(responded[0]!.messages, [system, ...summaryTurn("You counted."), user("c")]);
  });
});
