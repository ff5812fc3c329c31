import assert from "node:assert/strict";
import { type ChatResult, ErrorCode, Method, type ReplyProgress, type Status } from "../../server/protocol.ts";
import { Client, idle, isRunning, rejection, TOY } from "../support/client.ts";
import { held, WITH_PACE } from "../support/pace.ts";
import { below, savedStates, temporaryStates, until } from "../support/savedStates.ts";

type Failed = Extract<Status, { type: "failed" }>;
const user = (content: string) => ({ role: "user" as const, content });
const isFailed = (status: Status) => status.type === "failed";
const isReady = (status: Status) => status.type === "ready";

/** `kill -9`, as the system's out-of-memory killer does. */
function killEngine(client: Client): void {
  const pid = client.enginePid();
  assert.ok(pid, "there is no engine process");
  process.kill(pid, "SIGKILL");
}

describe("the engine's death", () => {
  let client: Client;
  beforeEach(async () => {
    client = await Client.toy([], { env: WITH_PACE });
    await client.until(isReady);
  });
  afterEach(() => client.stop());

  /** Sends a request, kills the engine at the first event of this type, and returns the error. */
  const killedAt = (params: object, type: ReplyProgress["type"]) =>
    held({ pid: client.enginePid()! }, async (pace) => {
      const begun = client.begun<ChatResult>(Method.chat, params, (progress) => progress.type === type);
      const { result } = await pace.stepUntil(begun);
      killEngine(client);
      return rejection(result);
    });

  async function survives(): Promise<void> {
    assert.match((await client.chat({ messages: [user("ping")], thinking: { mode: "off" } })).answer, /pong/);
    await client.until(isReady);
  }

  it("during generation causes a named error on the request, a status and a restart", async () => {
    const asked = { messages: [user("Think for a long time.")], thinking: { mode: "on" } };
    const { code, message, data } = await killedAt(asked, "thought");
    assert.equal(code, ErrorCode.engineCrashed);
    assert.match(message, /SIGKILL/);
    assert.equal(data?.name, "engineCrashed");
    assert.ok(data?.reason && data?.next);
    const failed = await client.until<Failed>(isFailed);
    assert.match(failed.reason, /SIGKILL.*memory/);
    assert.ok(failed.next && failed.retryInMs);
    await survives();
  });

  it("while it reads a prompt causes the same error", async () => {
    const { code } = await killedAt({ messages: [user("word ".repeat(3800))] }, "reading");
    assert.equal(code, ErrorCode.engineCrashed);
    await survives();
  });

  it("when idle is reported and repaired automatically", async () => {
    killEngine(client);
    await client.until(isFailed);
    await client.until(isReady);
    await survives();
  });

  it("leaves no request waiting when the model is unloaded before the restart", async () => {
    killEngine(client);
    await client.until(isFailed);
    const waiting = rejection(client.chat({ messages: [user("ping")] }));
    await client.request(Method.unload, {});
    assert.equal((await waiting).code, ErrorCode.noModel);
    await idle(700);
    assert.equal(client.status.type, "noModel");
  });

  it("while it settles costs the follow-up its reuse, not its answer", async () => {
    const messages = [user("Count to one hundred.")];
    const { answer } = await client.chat({ messages, thinking: { mode: "on" } });
    killEngine(client);
    await client.until(isFailed);
    const followUp = [...messages, { role: "assistant" as const, content: answer }, user("Thanks!")];
    assert.match((await client.chat({ messages: followUp, thinking: { mode: "off" } })).answer, /welcome/i);
  });

  it("while it loads causes a named error, a status and a restart", async () => {
    const old = client.enginePid();
    const loading = rejection(client.request(Method.load, { model: TOY, gpu: "off", contextTokens: 4096 }));
    while (client.enginePid() === undefined || client.enginePid() === old) await idle(5);
    killEngine(client);
    const { code, data } = await loading;
    assert.equal(code, ErrorCode.engineCrashed);
    assert.ok(data?.next);
    await client.until(isReady);
    await survives();
  });

  it("several times in a row makes the server give up with advice; loading again works", async () => {
    let deaths = 0;
    for (;;) {
      const status = await client.until((s) => isReady(s) || (s.type === "failed" && s.retryInMs === undefined));
      if (status.type === "failed") break;
      assert.ok(++deaths < 10, "the server never gives up");
      killEngine(client);
      await client.until((s) => !isReady(s));
    }
    const { next } = client.status as Failed;
    assert.match(next, /Load the model again/);
    assert.equal((await rejection(client.chat({ messages: [user("ping")] }))).code, ErrorCode.loadFailed);
    await client.request(Method.load, { model: TOY, gpu: "off" });
    await survives();
  });

  it("leaves no process and no incomplete file when the server ends in mid-reply", async () => {
    const states = temporaryStates();
    const other = await Client.toy([], { env: { NEMOTRON_STATES_DIR: states.folder } });
    await other.until(isReady);
    await other.chat({ messages: [user("Count to one hundred.")], thinking: { mode: "off" } });
    const pid = other.enginePid()!;
    const long = other.stream<ChatResult>(
      Method.chat,
      { messages: [user("Think for a long time.")], thinking: { mode: "on" } },
      ({ type }) => type === "thought" && begun(),
    );
    let begun = () => {};
    const thinking = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const failed = rejection(long.result);
    await thinking;
    await other.stop();
    await failed;
    await until(() => !isRunning(pid));
    assert.ok(savedStates(states.folder).some(({ kind }) => kind === "conversation"));
    assert.deepEqual(
      below(states.folder).filter((file) => file.includes("tmp.")),
      [],
    );
    states.remove();
  });

  it("follows the server's exit, which follows its client's", async () => {
    const pid = client.enginePid()!;
    const exited = new Promise((resolve) => client.process.once("exit", resolve));
    client.process.stdin!.end();
    await exited;
    await until(() => !isRunning(pid));
  });

  it("follows the server's even when the server is killed in the middle of a reply", async () => {
    const pid = client.enginePid()!;
    await held({ pid }, async (pace) => {
      const asked = { messages: [user("Think for a long time.")], thinking: { mode: "on" } };
      const begun = client.begun<ChatResult>(Method.chat, asked, ({ type }) => type === "thought");
      (await pace.stepUntil(begun)).result.catch(() => {});
      const exited = new Promise((resolve) => client.process.once("exit", resolve));
      client.process.kill("SIGKILL");
      await exited;
      await until(() => !isRunning(pid));
    });
  });
});
