/** Replies that go on in the engine's host when their client is gone, and are taken up by the next one. */
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { type ChatParams, type ChatResult, ErrorCode, Method, type ResumeResult } from "../../server/protocol.ts";
import { Client, enginePid, hostGone, newRuntime, rejection, type Streaming, textOf } from "../support/client.ts";
import { slowly } from "../support/pace.ts";
import { slowDown } from "../support/processes.ts";

const ASKED: ChatParams = {
  messages: [{ role: "user", content: "Think for a long time." }],
  thinking: { mode: "on", budget: 512 },
  sampling: { temperature: 0 },
};

describe("a reply whose client is lost", () => {
  const runtime = newRuntime();
  let undisturbed: ChatResult;
  const clients = new Set<Client>();
  let replies = 0;

  async function client(owner = "one"): Promise<Client> {
    const started = await Client.toy([], { runtime, initializationOptions: { owner } });
    await started.until(({ type }) => type === "ready" || type === "busy");
    clients.add(started);
    return started;
  }

  /** Begins a reply, and returns when so many tokens of its thought have come. */
  async function begin(by: Client, tokens = 20): Promise<{ replyId: string; asked: Streaming<ChatResult> }> {
    const replyId = `r${++replies}`;
    const params = { ...ASKED, replyId, conversation: "c1" };
    const asked = await by.begun<ChatResult>(
      Method.chat,
      params,
      (progress) => progress.type === "thought" && progress.tokens >= tokens,
    );
    return { replyId, asked };
  }

  const kill = async (by: Client) => {
    const exited = new Promise((resolve) => by.process.once("exit", resolve));
    by.process.kill("SIGKILL");
    await exited;
    by.connection.dispose();
    clients.delete(by);
  };

  before(async () => {
    undisturbed = await (await client()).chat(ASKED);
    assert.ok(undisturbed.usage.thoughtTokens > 100);
  });
  after(async () => {
    for (const started of clients) await started.stop();
    await hostGone(runtime);
    await rm(runtime, { recursive: true });
  });

  async function takenUpWhole(replyId: string, asked: Streaming<ChatResult>): Promise<void> {
    const { events, result } = (await client()).stream<ResumeResult>(Method.resume, { replyId });
    const { thought, answer, stopReason, toolCalls } = await result;
    const { usage, userContent, ...whole } = undisturbed;
    assert.deepEqual({ thought, answer, stopReason, toolCalls }, whole);
    assert.deepEqual([textOf(events, "thought"), textOf(events, "answer")], [thought, answer]);
    assert.ok(thought.startsWith(textOf(asked.events, "thought")));
  }

  it("by kill -9 in mid-thought is told whole to the next, as if nothing had been", async () => {
    const first = await client();
    const { replyId, asked } = await begin(first);
    await kill(first);
    await takenUpWhole(replyId, asked);
  });

  it("by its end in mid-thought is so too, and as often as somebody asks", async () => {
    const first = await client();
    const { replyId, asked } = await begin(first);
    await first.stop();
    clients.delete(first);
    await takenUpWhole(replyId, asked);
    await takenUpWhole(replyId, asked);
  });

  it("is another's business to nobody else", async () => {
    const first = await client();
    const { replyId, asked } = await begin(first);
    const other = await client("two");
    const { code, data } = await rejection(other.request(Method.resume, { replyId }));
    assert.deepEqual([code, data?.name], [ErrorCode.noReply, "noReply"]);
    assert.ok(data?.reason && data?.next);
    await other.request(Method.forget, { conversation: "c1" });
    assert.equal((await asked.result).thought, undisturbed.thought);
    const nobodys = await rejection((await client()).request(Method.resume, { replyId: "r0" }));
    assert.equal(nobodys.code, ErrorCode.noReply);
  });

  describe("and taken up", () => {
    let second: Client;
    let again: Streaming<ResumeResult>;
    let replyId: string;
    beforeEach(async () => {
      const first = await client();
      second = await client();
      // The toy is fast: nothing more is said until it is told what becomes of it.
      const slowed = slowDown(enginePid(runtime)!, 0.25);
      ({ replyId } = await begin(first));
      slowed.hold();
      await kill(first);
      again = await second.begun<ResumeResult>(Method.resume, { replyId }, ({ type }) => type === "thought");
    });
    afterEach(() => process.kill(enginePid(runtime)!, "SIGCONT"));
    /** It goes on while that is done, at a pace that leaves time for it. */
    const meanwhile = <T>(work: () => Promise<T>) => slowly(enginePid(runtime)!, work);

    it("is steered by who did that", async () => {
      await meanwhile(() => second.request(Method.answerNow, { token: again.token }));
      const { usage, answer } = await again.result;
      assert.ok(usage.thoughtTokens < undisturbed.usage.thoughtTokens && answer !== "");
    });

    it("is stopped and gone when its conversation is deleted", async () => {
      await meanwhile(async () => {
        await second.request(Method.forget, { conversation: "c1" });
        await rejection(again.result);
      });
      const { code } = await rejection(second.request(Method.resume, { replyId }));
      assert.equal(code, ErrorCode.noReply);
    });

    it("is stopped by who did that", async () => {
      const { code: cancelled } = await meanwhile(() => {
        again.cancel();
        return rejection(again.result);
      });
      assert.equal(cancelled, -32800);
      await second.until(({ type }) => type === "ready");
      const { code } = await rejection(second.request(Method.resume, { replyId }));
      assert.equal(code, ErrorCode.noReply);
    });
  });
});
