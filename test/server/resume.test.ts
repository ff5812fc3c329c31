/** Replies that go on in the engine's host when their client is gone, and are taken up by the next one. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { type ChatParams, type ChatResult, ErrorCode, Method, type ResumeResult } from "../../server/protocol.ts";
import { Client, rejection, type Streaming, textOf } from "../support/client.ts";

const ASKED: ChatParams = {
  messages: [{ role: "user", content: "Think for a long time." }],
  thinking: { mode: "on", budget: 512 },
  sampling: { temperature: 0 },
};

describe("a reply whose client is lost", () => {
  let folder: string;
  let undisturbed: ChatResult;
  const clients = new Set<Client>();
  let replies = 0;

  async function client(owner = "one"): Promise<Client> {
    const at = (name: string) => path.join(folder, name);
    const env = { NEMOTRON_RUNTIME_DIR: at("run"), NEMOTRON_STATES_DIR: at("states") };
    const started = await Client.toy([], { env, initializationOptions: { owner } });
    await started.until(({ type }) => type === "ready" || type === "busy");
    clients.add(started);
    return started;
  }

  /** Begins a reply, and returns when so many tokens of its thought have come. */
  async function begin(by: Client, tokens = 20): Promise<{ replyId: string; asked: Streaming<ChatResult> }> {
    const replyId = `r${++replies}`;
    const asked = await new Promise<Streaming<ChatResult>>((resolve) => {
      const streaming = by.stream<ChatResult>(Method.chat, { ...ASKED, replyId }, (progress) => {
        if (progress.type === "thought" && progress.tokens >= tokens) resolve(streaming);
      });
      streaming.result.catch(() => {});
    });
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
    folder = await mkdtemp(path.join(os.tmpdir(), "nemotron-resume-"));
    undisturbed = await (await client()).chat(ASKED);
    assert.ok(undisturbed.usage.thoughtTokens > 100);
  });
  after(async () => {
    for (const started of clients) await started.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
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
    assert.equal((await asked.result).thought, undisturbed.thought);
    const nobodys = await rejection((await client()).request(Method.resume, { replyId: "r0" }));
    assert.equal(nobodys.code, ErrorCode.noReply);
  });

  it("is steered and stopped by who has taken it up", async () => {
    const first = await client();
    const { replyId } = await begin(first);
    await kill(first);
    const second = await client();
    const again = await new Promise<Streaming<ResumeResult>>((resolve) => {
      const streaming = second.stream<ResumeResult>(Method.resume, { replyId }, ({ type }) => {
        if (type === "thought") resolve(streaming);
      });
      streaming.result.catch(() => {});
    });
    await second.request(Method.answerNow, { token: again.token });
    const { usage, answer } = await again.result;
    assert.ok(usage.thoughtTokens < undisturbed.usage.thoughtTokens && answer !== "");

    const endless = await begin(second);
    await kill(second);
    const third = await client();
    const stopped = third.stream<ResumeResult>(Method.resume, { replyId: endless.replyId }, ({ type }) => {
      if (type === "thought") stopped.cancel();
    });
    assert.equal((await rejection(stopped.result)).code, -32800);
    const { code } = await rejection(third.request(Method.resume, { replyId: endless.replyId }));
    assert.equal(code, ErrorCode.noReply);
  });
});
