/** Saving the states of conversations when it is impossible, when it is interrupted, and when one is deleted. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type ChatResult, ErrorCode, type Message, Method, type PrepareResult } from "../../server/protocol.ts";
import { Client, idle, rejection, TOY } from "../support/client.ts";
import { below, savedStates, temporaryStates } from "../support/savedStates.ts";

const user = (content: string): Message => ({ role: "user", content });
const LONG = "Tell me of the sea, of the ships that sail it, and of those who wait for them at home. ".repeat(6);
const OFF = { mode: "off" as const };

type Turn = { conversation: string; messages: Message[] };

/** Asks, and waits until the engine has also read the answer. */
async function ask(client: Client, { conversation, messages }: Turn, question: string): Promise<ChatResult> {
  messages.push(user(question));
  const result = await client.chat({ messages, thinking: OFF, conversation, maxTokens: 80 });
  messages.push({ role: "assistant", content: result.answer });
  while ((await client.request<PrepareResult>(Method.prepare, { messages, conversation, thinking: OFF })).interrupted);
  return result;
}

/** Asks in two conversations alternately, so that each evicts the other. */
async function takeTurns(client: Client): Promise<string[]> {
  const [a, b]: Turn[] = [
    { conversation: "a", messages: [] },
    { conversation: "b", messages: [] },
  ];
  const answers = [];
  for (const question of [LONG, "What is Git?", "Count to thirty."])
    for (const turn of [a!, b!]) answers.push((await ask(client, turn, `${turn.conversation}: ${question}`)).answer);
  return answers;
}

describe("saving conversations", () => {
  let states: ReturnType<typeof temporaryStates>;
  beforeEach(() => {
    states = temporaryStates();
  });
  afterEach(() => states.remove());
  const start = async (folder = states.folder) => {
    const client = await Client.toy([], { env: { NEMOTRON_STATES_DIR: folder } });
    await client.until(({ type }) => type === "ready");
    return client;
  };
  const conversations = () => savedStates(states.folder).filter(({ kind }) => kind === "conversation");

  describe("when it is impossible", () => {
    let expected: string[];
    before(async () => {
      const client = await Client.toy();
      expected = await takeTurns(client);
      await client.stop();
    });

    async function isReportedOnceAndChangesNoAnswer(folder: string): Promise<void> {
      const client = await Client.start({ env: { NEMOTRON_STATES_DIR: folder } });
      const log: string[] = [];
      client.connection.onNotification(
        "window/logMessage",
        ({ message }: { message: string }) => void log.push(message),
      );
      await client.request(Method.load, { model: TOY, gpu: "off", contextTokens: 8192 });
      assert.deepEqual(await takeTurns(client), expected);
      await client.stop();
      const ofThis = (lines: string[]) => lines.filter((line) => line.includes("not kept on disk")).length;
      assert.equal(ofThis(log), 1, log.join("\n"));
      const ready = client.statuses.findLast(({ type }) => type === "ready");
      assert.ok(ready?.type === "ready" && ofThis(ready.model.notes) === 1, "a note says so");
    }

    it("costs only reading, and is reported once, if the folder cannot be created", async () => {
      const file = path.join(states.folder, "file");
      writeFileSync(file, "");
      await isReportedOnceAndChangesNoAnswer(path.join(file, "states"));
    });

    it("costs only reading, and is reported once, if the disk is full", async () => {
      const disk = path.join(states.folder, "disk");
      mkdirSync(disk);
      // Has room for a part of one state. Without the right to mount, a file stands in for a disk that takes nothing.
      const mounted = mount(disk);
      if (!mounted) rmSync(disk, { recursive: true });
      if (!mounted) writeFileSync(disk, "");
      try {
        await isReportedOnceAndChangesNoAnswer(disk);
        if (mounted)
          assert.deepEqual(
            below(disk).filter((file) => /\.(bin|json)$/.test(file)),
            [],
          );
      } finally {
        if (mounted) execFileSync("umount", [disk]);
      }
    });
  });

  it("can be interrupted by kill -9 at any moment: the next engine reads what is missing, and answers the same", async () => {
    const reference = await start(path.join(states.folder, "reference"));
    const first: Turn = { conversation: "c", messages: [] };
    await ask(reference, first, LONG);
    const second = structuredClone(first);
    const { answer } = await ask(reference, second, "What is Git?");
    await reference.stop();
    const client = await start();
    for (const delay of [0, 4, 10, 20, 50]) {
      const turn: Turn = { conversation: `c${delay}`, messages: [] };
      await ask(client, turn, LONG);
      const engine = client.enginePid()!;
      const unloaded = client.request(Method.unload, {});
      await idle(delay);
      try {
        process.kill(engine, "SIGKILL");
      } catch {
        // The engine has saved everything and exited.
      }
      await unloaded;
      await client.request(Method.load, { model: TOY, gpu: "off", contextTokens: 8192 });
      assert.equal((await ask(client, turn, "What is Git?")).answer, answer, `after ${delay} ms`);
    }
    await client.stop();
    const unfinished = below(states.folder).filter((file) => path.basename(file).startsWith("tmp."));
    assert.deepEqual(unfinished, [], "what was left in the middle has not been swept");
  });

  it("is undone when a conversation is deleted, in memory and on disk", async () => {
    const client = await start();
    const [a, b]: Turn[] = [
      { conversation: "a", messages: [] },
      { conversation: "b", messages: [] },
    ];
    await ask(client, a!, LONG);
    await ask(client, b!, `And now: ${LONG}`);
    assert.equal(conversations().length, 1);
    await client.request(Method.forget, { conversation: "a" });
    assert.equal(conversations().length, 0);
    await client.request(Method.forget, { conversation: "b" });
    for (const turn of [a!, b!]) {
      const { usage } = await ask(client, { ...turn, conversation: "new" }, "Thanks!");
      assert.ok(usage.readTokens > 150, `${usage.reusedTokens} tokens were remembered`);
    }
    await client.stop();
    const without = await Client.start({ env: { NEMOTRON_STATES_DIR: states.folder } });
    assert.ok(conversations().length > 0);
    await without.request(Method.forget, { conversation: "new" });
    assert.equal(conversations().length, 0);
    await without.stop();
    assert.ok(readdirSync(states.folder).length > 0, "the system prompt's state is no conversation's");
  });

  it("refuses invalid conversation ids", async () => {
    const client = await Client.start();
    for (const params of [{}, { conversation: "" }, { conversation: 7 }, { conversation: "x".repeat(300) }])
      assert.equal((await rejection(client.request(Method.forget, params))).code, -32602);
    const chat = client.request(Method.chat, { messages: [user("Hello")], conversation: {} });
    assert.equal((await rejection(chat)).code, -32602);
    const { code } = await rejection(client.request(Method.chat, { messages: [user("Hello")], conversation: "x" }));
    assert.equal(code, ErrorCode.noModel);
    await client.stop();
  });
});

function mount(folder: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=48k", "none", folder], { stdio: "ignore" });
    return true;
  } catch {
    console.warn("A full disk could not be mounted; a folder that takes nothing is in its place.");
    return false;
  }
}
