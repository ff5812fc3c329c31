/** Saved states of conversations survive the model, the engine and the server. Damaged ones are removed. */
import assert from "node:assert/strict";
import { lstatSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type ChatResult, type Message, Method, type PrepareResult } from "../../server/protocol.ts";
import { Client, hostPid, TOY } from "../support/client.ts";
import { held, WITH_PACE } from "../support/pace.ts";
import { below, bytesBelow, flipBit, savedStates, temporaryStates, until } from "../support/savedStates.ts";

/** Tokens that a follow-up may read: a question here has about eight, and some more are read where the state ends. */
const MAX_FOLLOW_UP_TOKENS = 12 + 16;
const THINKING = { mode: "on" as const, budget: 64 };
const user = (content: string): Message => ({ role: "user", content });

/** Three conversations, one with a system message of its own. */
const CHATS: Record<string, Message[]> = {
  recursion: [user("What is recursion?")],
  counting: [user("Count to one hundred.")],
  brief: [
    { role: "system", content: "Answer briefly, and say where you are not sure of it. ".repeat(8) },
    user("What is Git?"),
  ],
};
const FOLLOW_UPS = ["Give me an example.", "Thanks!"];

type Chats = Record<string, Message[]>;

/** Asks in each conversation, appends question and answer to it, and returns the results. */
async function askAll(client: Client, chats: Chats, question?: string): Promise<Record<string, ChatResult>> {
  const results: Record<string, ChatResult> = {};
  for (const [conversation, messages] of Object.entries(chats)) {
    if (question !== undefined) messages.push(user(question));
    const result = await client.chat({ messages, thinking: THINKING, conversation });
    messages.push({ role: "assistant", content: result.answer });
    // Waits until the engine has also read the answer, as it does in idle time.
    while ((await client.request<PrepareResult>(Method.prepare, { messages, conversation })).interrupted);
    results[conversation] = result;
  }
  return results;
}

const said = (results: Record<string, ChatResult>) =>
  Object.entries(results).map(([name, { thought, answer }]) => [name, thought, answer]);

describe("the saved state of conversations", () => {
  let states: ReturnType<typeof temporaryStates>;
  let undisturbed: { first: unknown; second: unknown; third: unknown };
  const start = async (args: string[] = [], env: Record<string, string> = {}) => {
    const client = await Client.toy(args, { env: { ...env, NEMOTRON_STATES_DIR: states.folder } });
    await client.ready();
    return client;
  };

  before(async () => {
    const client = await Client.toy();
    const chats = structuredClone(CHATS);
    undisturbed = {
      first: said(await askAll(client, chats)),
      second: said(await askAll(client, chats, FOLLOW_UPS[0])),
      third: said(await askAll(client, chats, FOLLOW_UPS[1])),
    };
    await client.stop();
  });
  beforeEach(() => {
    states = temporaryStates();
  });
  afterEach(() => states.remove());

  function readsLittle(results: Record<string, ChatResult>): void {
    for (const [name, { usage }] of Object.entries(results))
      assert.ok(usage.readTokens <= MAX_FOLLOW_UP_TOKENS, `${name} read ${usage.readTokens} of ${usage.promptTokens}`);
  }

  it("survives a restart of everything: follow-ups read only their message, and get the same replies", async () => {
    const chats = structuredClone(CHATS);
    const one = await start();
    assert.deepEqual(said(await askAll(one, chats)), undisturbed.first);
    await one.stop();
    const two = await start();
    const second = await askAll(two, chats, FOLLOW_UPS[0]);
    await two.stop();
    const three = await start();
    const third = await askAll(three, chats, FOLLOW_UPS[1]);
    await three.stop();
    readsLittle(second);
    readsLittle(third);
    assert.deepEqual(said(second), undisturbed.second);
    assert.deepEqual(said(third), undisturbed.third);
    // One state for each, not one for each turn.
    const kept = savedStates(states.folder).filter(({ kind }) => kind === "conversation");
    assert.equal(kept.length, Object.keys(CHATS).length);
  });

  it("survives a reload of the model", async () => {
    const chats = structuredClone(CHATS);
    const client = await start();
    await askAll(client, chats);
    await client.request(Method.unload, {});
    await client.request(Method.load, { model: TOY, gpu: "off", contextTokens: 8192 });
    const second = await askAll(client, chats, FOLLOW_UPS[0]);
    await client.request(Method.load, { model: TOY, gpu: "off", contextTokens: 8192 });
    const third = await askAll(client, chats, FOLLOW_UPS[1]);
    await client.stop();
    readsLittle(second);
    readsLittle(third);
    assert.deepEqual([said(second), said(third)], [undisturbed.second, undisturbed.third]);
  });

  it("includes the system prompt, which a new conversation does not read again", async () => {
    const [system] = CHATS.brief!;
    const one = await start();
    await one.chat({ messages: CHATS.brief!, thinking: THINKING });
    await one.stop();
    const two = await start();
    const { usage } = await two.chat({ messages: [system!, user("Who are you?")], thinking: THINKING });
    await two.stop();
    assert.ok(usage.reusedTokens > 100 && usage.readTokens <= MAX_FOLLOW_UP_TOKENS, JSON.stringify(usage));
  });

  it("includes no system prompt whose reading ahead was interrupted", async () => {
    const client = await start([], WITH_PACE);
    const [system] = CHATS.brief!;
    await held({ pid: client.enginePid()! }, async (pace) => {
      const reading = client.stream<PrepareResult>(Method.prepare, { messages: [system] });
      reading.result.catch(() => {});
      await pace.step(2);
      reading.cancel();
      await pace.received("cancel");
    });
    await client.chat({ messages: CHATS.recursion!, thinking: THINKING, conversation: "recursion" });
    await client.stop();
    const conversations = savedStates(states.folder).filter(({ kind }) => kind === "conversation");
    assert.equal(conversations.length, 1, JSON.stringify(conversations));
  });

  it("leaves out what was being typed, and a follow-up still reads only its message", async () => {
    const chats = structuredClone({ recursion: CHATS.recursion! });
    const one = await start();
    await askAll(one, chats);
    await one.request(Method.prepare, {
      messages: [...chats.recursion, user("Something that is never asked, after")],
      conversation: "recursion",
    });
    await one.stop();
    const two = await start();
    const second = await askAll(two, chats, FOLLOW_UPS[0]);
    await two.stop();
    readsLittle(second);
  });

  it("is on disk some seconds after a reply, so that even kill -9 of all processes costs nothing", async () => {
    const chats = structuredClone({ recursion: CHATS.recursion! });
    const one = await start();
    await askAll(one, chats);
    await until(() => savedStates(states.folder).some(({ kind }) => kind === "conversation"));
    const all = [one.process.pid!, hostPid(one.runtime)!, one.enginePid()!];
    for (const pid of all) process.kill(pid, "SIGKILL");
    one.connection.dispose();
    const two = await start();
    const second = await askAll(two, chats, FOLLOW_UPS[0]);
    await two.stop();
    readsLittle(second);
  });

  it("is private: nobody else can read it, and it does not name the conversation", async () => {
    const client = await start();
    await askAll(client, structuredClone(CHATS));
    await client.stop();
    const all = below(states.folder);
    assert.ok(all.some((file) => file.endsWith("state.bin")));
    for (const file of all) {
      const found = lstatSync(file);
      assert.equal(found.mode & 0o777, found.isDirectory() ? 0o700 : 0o600, file);
      if (file.endsWith(".json")) assert.ok(!/recursion|counting|brief/.test(file + readFileSync(file, "utf8")));
    }
  });

  const DAMAGES: [what: string, damage: (folder: string) => void][] = [
    ["a bit has flipped", (folder) => flipBit(path.join(folder, "state.bin"))],
    ["its end is missing", (folder) => truncateSync(path.join(folder, "state.bin"), 1000)],
    ["it is empty", (folder) => writeFileSync(path.join(folder, "state.bin"), "")],
    ["its index is missing", (folder) => rmSync(path.join(folder, "index.json"))],
    ["its index is not JSON", (folder) => writeFileSync(path.join(folder, "index.json"), '{"index":')],
    ["its index has been changed", (folder) => flipBit(path.join(folder, "index.json"))],
  ];
  for (const [what, damage] of DAMAGES)
    it(`is not used when ${what}: it is removed, and the conversation is read again`, async () => {
      const chats = structuredClone(CHATS);
      const one = await start();
      await askAll(one, chats);
      await one.stop();
      const before = savedStates(states.folder).map(({ folder }) => folder);
      for (const folder of before) damage(folder);
      const two = await start();
      const engine = two.enginePid();
      const second = await askAll(two, chats, FOLLOW_UPS[0]);
      assert.equal(two.enginePid(), engine, "the engine has ended");
      await two.stop();
      assert.deepEqual(said(second), undisturbed.second);
      for (const { usage } of Object.values(second)) assert.ok(usage.readTokens > MAX_FOLLOW_UP_TOKENS);
      const left = new Set(below(states.folder));
      assert.deepEqual(
        before.filter((folder) => left.has(folder)),
        [],
      );
    });

  it("is not used for a context of another size", async () => {
    const chats = structuredClone(CHATS);
    const one = await start();
    await askAll(one, chats);
    await one.stop();
    const kept = savedStates(states.folder).length;
    const two = await start(["--context", "4096"]);
    const second = await askAll(two, chats, FOLLOW_UPS[0]);
    await two.stop();
    for (const { usage } of Object.values(second)) assert.ok(usage.readTokens > MAX_FOLLOW_UP_TOKENS);
    assert.ok(savedStates(states.folder).length > kept, "those of the other context are gone");
  });

  it("stays within its size limit: the least recently used states go first, whatever their context size", async () => {
    const chats = structuredClone(CHATS);
    const one = await start();
    await askAll(one, chats);
    await one.stop();
    const MIB = 1024 ** 2;
    assert.ok(bytesBelow(states.folder) > MIB, "there is too little to be capped");
    const two = await start(["--idle-states", "1", "--context", "4096"]);
    assert.ok(bytesBelow(states.folder) <= MIB);
    await askAll(two, chats, FOLLOW_UPS[0]);
    await two.stop();
    assert.ok(bytesBelow(states.folder) <= MIB, `${bytesBelow(states.folder)} bytes`);
    assert.ok(savedStates(states.folder).length > 0);
    const three = await start(["--idle-states", "0"]);
    await askAll(three, chats, FOLLOW_UPS[1]);
    await three.stop();
    assert.deepEqual(savedStates(states.folder), []);
    assert.deepEqual(readdirSync(states.folder), []);
  });
});
