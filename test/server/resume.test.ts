/** Replies that continue in the engine host when their client is gone, and are resumed by the next one. */
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import path from "node:path";
import { type ChatParams, type ChatResult, ErrorCode, Method, type ResumeResult } from "../../server/protocol.ts";
import {
  Client,
  enginePid,
  hostGone,
  hostPid,
  newRuntime,
  rejection,
  type Streaming,
  textOf,
} from "../support/client.ts";
import { newerVersion } from "../support/newerVersion.ts";
import { held, Pace, WITH_PACE } from "../support/pace.ts";

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
    const started = await Client.toy([], { runtime, initializationOptions: { owner }, env: WITH_PACE });
    await started.until(({ type }) => type === "ready" || type === "busy");
    clients.add(started);
    return started;
  }

  /** Begins a reply, and returns when this many tokens of its thought have come. */
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
    await allGone();
    await rm(runtime, { recursive: true });
  });

  async function stopAll(): Promise<void> {
    for (const started of clients) await started.stop();
    clients.clear();
  }
  async function allGone(): Promise<void> {
    await stopAll();
    await hostGone(runtime);
  }

  async function takenUpWhole(replyId: string, asked: Streaming<ChatResult>): Promise<void> {
    const { events, result } = (await client()).stream<ResumeResult>(Method.resume, { replyId });
    const { thought, answer, stopReason, toolCalls } = await result;
    const { usage, userContent, ...whole } = undisturbed;
    assert.deepEqual({ thought, answer, stopReason, toolCalls }, whole);
    assert.deepEqual([textOf(events, "thought"), textOf(events, "answer")], [thought, answer]);
    assert.ok(thought.startsWith(textOf(asked.events, "thought")));
  }

  it("by kill -9 in mid-thought is repeated whole to the next client, as if nothing had happened", async () => {
    const first = await client();
    const { replyId, asked } = await held({ pid: enginePid(runtime)! }, async (pace) => {
      const begun = await pace.stepUntil(begin(first));
      await kill(first);
      return begun;
    });
    await takenUpWhole(replyId, asked);
  });

  it("by its normal end in mid-thought is repeated too, as often as a client asks", async () => {
    const first = await client();
    const { replyId, asked } = await held({ pid: enginePid(runtime)! }, async (pace) => {
      const begun = await pace.stepUntil(begin(first));
      await first.stop();
      clients.delete(first);
      return begun;
    });
    await takenUpWhole(replyId, asked);
    await takenUpWhole(replyId, asked);
  });

  it("is hidden from other owners", async () => {
    const first = await client();
    const other = await client("two");
    const asked = await held({ pid: enginePid(runtime)! }, async (pace) => {
      const { replyId, asked } = await pace.stepUntil(begin(first));
      const { code, data } = await rejection(other.request(Method.resume, { replyId }));
      assert.deepEqual([code, data?.name], [ErrorCode.noReply, "noReply"]);
      assert.ok(data?.reason && data?.next);
      await other.request(Method.forget, { conversation: "c1" });
      return asked;
    });
    assert.equal((await asked.result).thought, undisturbed.thought);
    const nobodys = await rejection((await client()).request(Method.resume, { replyId: "r0" }));
    assert.equal(nobodys.code, ErrorCode.noReply);
  });

  describe("by an update", () => {
    let bundles: string;
    before(() => {
      bundles = newerVersion();
    });
    afterEach(allGone);
    after(() => rm(bundles, { recursive: true }));

    /** A window of the new version. It does not wait for its model. */
    async function update(): Promise<Client> {
      const module = path.join(bundles, "dist/server.mjs");
      const updated = await Client.toy([], { runtime, module, initializationOptions: { owner: "one" } });
      clients.add(updated);
      return updated;
    }

    it("ends in the old host, and the new version takes it up from there", async () => {
      const first = await client();
      const old = hostPid(runtime)!;
      const { updated, asked, again } = await held({ pid: enginePid(runtime)! }, async (pace) => {
        const { replyId, asked } = await pace.stepUntil(begin(first));
        await kill(first);
        await stopAll();
        const updated = await update();
        return { updated, asked, again: updated.stream<ResumeResult>(Method.resume, { replyId }) };
      });
      const { thought, answer } = await again.result;
      assert.deepEqual([thought, answer], [undisturbed.thought, undisturbed.answer]);
      assert.ok(thought.startsWith(textOf(asked.events, "thought")));
      await updated.until(({ type }) => type === "ready");
      assert.notEqual(hostPid(runtime), old);
    });

    it("is kept for the new version when it ends before that one has come", async () => {
      const [first, other] = [await client(), await client("two")];
      const { replyId } = await held({ pid: enginePid(runtime)! }, async (pace) => {
        const begun = await pace.stepUntil(begin(first));
        await kill(first);
        return begun;
      });
      // The engine answers one chat after the other.
      await other.chat(ASKED);
      const updated = await update();
      assert.equal((await updated.request<ResumeResult>(Method.resume, { replyId })).thought, undisturbed.thought);
      await updated.until(({ type }) => type === "ready");
    });
  });

  describe("a resumed reply", () => {
    let second: Client;
    let again: Streaming<ResumeResult>;
    let replyId: string;
    let pace: Pace;
    beforeEach(async () => {
      const first = await client();
      second = await client();
      pace = await Pace.of(enginePid(runtime)!);
      await pace.hold();
      ({ replyId } = await pace.stepUntil(begin(first)));
      await kill(first);
      again = await second.begun<ResumeResult>(Method.resume, { replyId }, ({ type }) => type === "thought");
    });
    afterEach(async () => {
      await pace.release();
      pace.close();
    });

    it("is steered by the new client", async () => {
      await second.request(Method.answerNow, { token: again.token });
      await pace.release();
      const { usage, answer } = await again.result;
      assert.ok(usage.thoughtTokens < undisturbed.usage.thoughtTokens && answer !== "");
    });

    it("is stopped and deleted with its conversation", async () => {
      const ended = rejection(again.result);
      const forgotten = second.request(Method.forget, { conversation: "c1" });
      await pace.received("cancel");
      await pace.release();
      await forgotten;
      await ended;
      const { code } = await rejection(second.request(Method.resume, { replyId }));
      assert.equal(code, ErrorCode.noReply);
    });

    it("is stopped by the new client", async () => {
      again.cancel();
      await pace.received("cancel");
      await pace.release();
      assert.equal((await rejection(again.result)).code, -32800);
      await second.until(({ type }) => type === "ready");
      const { code } = await rejection(second.request(Method.resume, { replyId }));
      assert.equal(code, ErrorCode.noReply);
    });
  });
});
