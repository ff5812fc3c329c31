/** What a chat panel relies on beside the replies themselves. */
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import {
  type ChatResult,
  ErrorCode,
  type ExplainResult,
  type Message,
  Method,
  type ReplyProgress,
} from "../../server/protocol.ts";
import { Client, rejection, TOY } from "../support/client.ts";
import { cancelledAt, held, Pace, WITH_PACE } from "../support/pace.ts";

const CLAMP = { start: { line: 8, character: 0 }, end: { line: 13, character: 0 } };
const explainClamp = { textDocument: { uri: pathToFileURL("test/samples/cart.ts").href }, range: CLAMP };
const user = (content: string): Message => ({ role: "user", content });
const assistant = (content: string): Message => ({ role: "assistant", content });

const countsOf = (events: ReplyProgress[], type: "thought" | "answer") =>
  events.flatMap((event) => (event.type === type ? [event.tokens] : []));

function assertGrows(counts: number[], last: number): void {
  assert.ok(counts.length > 1, "there is only one count");
  for (const [i, tokens] of counts.entries()) assert.ok(tokens > (counts[i - 1] ?? 0), counts.join(", "));
  assert.equal(counts.at(-1), last);
}

describe("a chat panel", () => {
  let client: Client;
  before(async () => {
    client = await Client.toy([], { env: WITH_PACE });
    await client.ready();
  });
  after(() => client.stop());

  /** Asks, and steps the engine until two events of each type have come: events that come at once are sent as one. */
  const watched = <R>(method: string, params: object, ...types: ("thought" | "answer")[]) =>
    held({ pid: client.enginePid()! }, async (pace) => {
      const streaming = client.stream<R>(method, params);
      for (const type of types)
        while (countsOf(streaming.events, type).length < 2) {
          await pace.step();
          await client.reached();
        }
      return streaming;
    });

  it("can follow how many tokens the thought and the answer have", async () => {
    for (const sampling of [{ temperature: 0 }, { temperature: 0, stop: ["17, 18"] }]) {
      const params = { messages: [user("Count to thirty.")], thinking: { mode: "on", budget: 40 }, sampling };
      const { events, result } = await watched<ChatResult>(Method.chat, params, "thought", "answer");
      const { usage } = await result;
      assertGrows(countsOf(events, "thought"), usage.thoughtTokens);
      assertGrows(countsOf(events, "answer"), usage.answerTokens);
    }
  });

  it("gets the user's turn as the model saw it, even when the reply is cancelled", async () => {
    const params = {
      messages: [user("Think for a long time.")],
      context: [{ type: "text", title: "Notes", text: "one" }],
      thinking: { mode: "on" },
    };
    const { code, events } = await cancelledAt(client, Method.chat, params, "thought");
    assert.equal(code, -32800);
    const [prompt] = events;
    assert.ok(prompt?.type === "prompt", "the prompt does not come first");
    assert.equal(prompt.userContent, "Notes:\none\n\nThink for a long time.");
    // The next turn continues from it, and reads little more than its own message.
    const messages = [user(prompt.userContent), assistant("Stopped."), user("Hello")];
    const { usage } = await client.chat({ messages, thinking: { mode: "off" } });
    assert.ok(usage.readTokens <= 32, `read ${usage.readTokens} of ${usage.promptTokens}`);
  });

  it("continues from an explanation by reading only the new message", async () => {
    const params = {
      ...explainClamp,
      followUp: true,
      sampling: { temperature: 0 },
      thinking: { mode: "on", budget: 64 },
    };
    const { events, result } = await watched<ExplainResult>(Method.explain, params, "answer");
    const { answer, userContent, usage: first } = await result;
    assert.deepEqual(events[0], { type: "prompt", userContent, range: explainClamp.range });
    assert.match(userContent, /Selected code from cart\.ts[\s\S]*Explain the selected code\.$/);
    assertGrows(countsOf(events, "answer"), first.answerTokens);
    // Waits until the engine has read the answer, in idle time.
    await (await Pace.of(client.enginePid()!)).quiet();
    const messages = [user(userContent), assistant(answer), user("Thanks!")];
    const { usage } = await client.chat({ messages, thinking: { mode: "on", budget: 16 } });
    // "Thanks!" is about four tokens.
    assert.ok(usage.readTokens <= 4 + 16, `read ${usage.readTokens} of ${usage.promptTokens}`);
  });

  it("samples an explanation with its seed", async () => {
    const sampled = (seed: number) =>
      client.request<ExplainResult>(Method.explain, { ...explainClamp, sampling: { temperature: 2.5, topP: 1, seed } });
    const [a, b, c] = [await sampled(7), await sampled(7), await sampled(8)];
    assert.equal(a.thought + a.answer, b.thought + b.answer);
    assert.notEqual(a.thought + a.answer, c.thought + c.answer);
  });

  it("gets the reason when an explanation's parameters are wrong", async () => {
    const cases: [object, RegExp][] = [
      [{ followUp: "yes" }, /followUp/],
      [{ sampling: { topP: "most" } }, /topP/],
      [{ diagnostics: [{ message: "no range" }] }, /diagnostics/],
      [{ range: 7 }, /range/],
    ];
    for (const [wrong, message] of cases) {
      const error = await rejection(client.request(Method.explain, { ...explainClamp, ...wrong }));
      assert.equal(error.code, -32602);
      assert.match(error.message, message);
    }
  });
});

describe("a chat panel whose engine ends", () => {
  let client: Client;
  beforeEach(async () => {
    client = await Client.toy([], { env: WITH_PACE });
    await client.ready();
  });
  afterEach(() => client.stop());

  const longChat = { messages: [user("Think for a long time.")], thinking: { mode: "on" } };

  it("gets the reason and the next step, and keeps the events so far, in a chat and in an explanation", async () => {
    for (const [method, params] of [
      [Method.chat, longChat],
      [Method.explain, { ...explainClamp, followUp: true, thinking: { mode: "on" } }],
    ] as const) {
      const pid = client.enginePid()!;
      const reply = await held({ pid }, async (pace) => {
        const reply = await pace.stepUntil(client.begun(method, params, ({ type }) => type === "thought"));
        process.kill(pid, "SIGKILL");
        return reply;
      });
      const { code, data } = await rejection(reply.result);
      assert.deepEqual([code, data?.name], [ErrorCode.engineCrashed, "engineCrashed"]);
      assert.match(String(data?.reason), /SIGKILL/);
      assert.match(String(data?.next), /again/);
      assert.equal(reply.events[0]?.type, "prompt");
      await client.ready();
    }
  });

  it("gets an error when the model is unloaded, or the server shut down, in mid-reply", async () => {
    for (const end of [Method.unload, "shutdown"]) {
      const { code, data } = await held({ pid: client.enginePid()! }, async (pace) => {
        const begun = client.begun<ChatResult>(Method.chat, longChat, ({ type }) => type === "thought");
        const failure = rejection((await pace.stepUntil(begun)).result);
        const ended = client.connection.sendRequest(end, {});
        const failed = await failure;
        await pace.release();
        await ended;
        return failed;
      });
      assert.deepEqual([code, data?.name], [ErrorCode.engineCrashed, "engineCrashed"]);
      assert.match(String(data?.reason), end === "shutdown" ? /shut down/ : /unloaded/);
      if (end === Method.unload) await client.request(Method.load, { model: TOY, gpu: "off" });
    }
  });
});
