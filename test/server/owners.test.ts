/** Clients that share an engine: the state of one is never used for another, and is deleted with its conversation. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Supervisor } from "../../server/engine/client/supervisor.ts";
import type { ReplyEvent } from "../../server/engine/engine.ts";
import type { Message, Usage } from "../../server/protocol.ts";
import { TOY } from "../support/client.ts";
import { llamaNemotronToy, write } from "../support/otherModels.ts";
import { savedStates, temporaryStates } from "../support/savedStates.ts";

const SYSTEM: Message = { role: "system", content: "Answer briefly, and say where you are not sure of it. ".repeat(6) };
const user = (content: string): Message => ({ role: "user", content });
const SECRET = "My neighbour, of all people, has told me where the treasure is: under the old apple tree. ".repeat(3);
/** Tokens that a follow-up may read: its message, and some where the reused state ends. */
const MAX_FOLLOW_UP_TOKENS = 12 + 16;

type Asked = { answer: string; usage: Usage; messages: Message[] };

class Person {
  private readonly engine: Supervisor;
  readonly owner: string;

  constructor(engine: Supervisor, owner: string) {
    this.engine = engine;
    this.owner = owner;
  }

  /** Asks, and waits until the engine has also read the answer. */
  async ask(messages: Message[], conversation?: string): Promise<Asked> {
    const whose = { owner: this.owner, conversation };
    const thinking = { mode: "off" as const };
    const signal = new AbortController().signal;
    const asked = { messages, thinking, ...whose, sampling: { temperature: 0 }, maxTokens: 60 };
    const events: ReplyEvent[] = [];
    for await (const event of this.engine.respond({ ...asked, priority: "chat", kind: "followUp" }, signal))
      events.push(event);
    const answer = events.map((event) => (event.type === "answer" ? event.text : "")).join("");
    const usage = events.find((event) => event.type === "usage")!.usage;
    const all: Message[] = [...messages, { role: "assistant", content: answer }];
    while ((await this.engine.prepare({ messages: all, thinking, ...whose }, signal)).interrupted);
    return { answer, usage, messages: all };
  }
}

for (const [what, model] of [
  ["a hybrid model", () => TOY],
  ["a model that can be rewound to any token", attentionOnly],
] as const)
  describe(`owners, with ${what}`, () => {
    let states: ReturnType<typeof temporaryStates>;
    let file: string;
    let engine: Supervisor;
    const [anna, ben] = ["anna's secret", "ben's secret"];
    let strangers = 0;
    /** A new owner each time: an owner may reuse the state of its own earlier guess. */
    const stranger = () => new Person(engine, `stranger ${++strangers}`);
    const engineOn = async () => {
      const supervisor = new Supervisor({
        enginePath: path.resolve("dist/engine.mjs"),
        statesFolder: states.folder,
        log: () => {},
      });
      await supervisor.load({ model: file, gpu: "off", contextTokens: 8192 });
      return supervisor;
    };
    before(() => {
      file = model();
    });
    after(() => file !== TOY && rmSync(path.dirname(file), { recursive: true }));
    beforeEach(async () => {
      states = temporaryStates();
      engine = await engineOn();
    });
    afterEach(async () => {
      await engine.dispose();
      states.remove();
    });

    const conversations = () => savedStates(states.folder).filter(({ kind }) => kind === "conversation");

    it("cannot learn what another one said, whether its state is in memory, on disk, or from before a restart", async () => {
      const said = await new Person(engine, anna).ask([SYSTEM, user(SECRET)], "treasure");
      const guess = async (content: string) => {
        const { usage } = await stranger().ask([SYSTEM, user(content)], "treasure");
        return usage.reusedTokens;
      };
      // All owners share the system prompt.
      const right = await guess(SECRET.slice(0, 120));
      const wrong = await guess(`Yesterday ${SECRET.slice(0, 100)}`);
      assert.ok(right > 40, `only ${right} tokens were reused`);
      assert.equal(right, wrong);
      await new Person(engine, anna).ask([...said.messages, user("Thanks!")], "treasure");
      await engine.dispose();
      engine = await engineOn();
      assert.equal(await guess(`${SECRET.slice(0, 140)}`), right);
      const whole = await stranger().ask([...said.messages, user("Thanks!")], "treasure");
      assert.equal(whole.usage.reusedTokens, right);
    });

    it("keep their own conversations, and continue them as if alone", async () => {
      const first: Record<string, Asked> = {};
      const second: Record<string, Asked> = {};
      for (const owner of [anna, ben])
        first[owner] = await new Person(engine, owner).ask([SYSTEM, user(`${owner} ${SECRET}`)], "one");
      for (const owner of [anna, ben])
        second[owner] = await new Person(engine, owner).ask([...first[owner]!.messages, user("Thanks!")], "one");
      await engine.dispose();
      engine = await engineOn();
      for (const owner of [anna, ben]) {
        assert.ok(second[owner]!.usage.readTokens <= MAX_FOLLOW_UP_TOKENS, `${second[owner]!.usage.readTokens}`);
        const third = await new Person(engine, owner).ask([...second[owner]!.messages, user("Hello")], "one");
        assert.ok(third.usage.readTokens <= MAX_FOLLOW_UP_TOKENS, `${third.usage.readTokens}`);
      }
      assert.equal(conversations().length, 2);
    });

    it("share nothing of system prompts that differ", async () => {
      const secret: Message = { role: "system", content: SECRET };
      await new Person(engine, anna).ask([secret, user("Hello")]);
      const [half, none] = [SECRET.slice(0, 150), `No ${SECRET.slice(0, 140)}`];
      const reused = [];
      for (const content of [half, none])
        reused.push((await stranger().ask([{ role: "system", content }, user("Hello")])).usage.reusedTokens);
      assert.equal(reused[0], reused[1]);
    });

    it("forget only their own conversations, in memory and on disk", async () => {
      const both = [new Person(engine, anna), new Person(engine, ben)];
      const asked = [];
      for (const person of both) asked.push(await person.ask([SYSTEM, user(SECRET)], "treasure"));
      // Ben's conversation has the slot, Anna's is on disk.
      await engine.forget("treasure", ben);
      assert.equal(conversations().length, 1);
      const again = await both[1]!.ask([...asked[1]!.messages, user("Thanks!")], "other");
      assert.ok(again.usage.reusedTokens < 120, `${again.usage.reusedTokens} tokens were remembered`);
      const hers = await both[0]!.ask([...asked[0]!.messages, user("Thanks!")], "treasure");
      assert.ok(hers.usage.readTokens <= MAX_FOLLOW_UP_TOKENS);
      await engine.forget("treasure", anna);
      const reread = await both[0]!.ask([...asked[0]!.messages, user("Thanks!")], "another");
      assert.ok(reread.usage.reusedTokens < 120, `${reread.usage.reusedTokens} tokens were remembered`);
    });

    it("can forget a conversation without a loaded model, and while it is being saved", async () => {
      const person = new Person(engine, anna);
      await person.ask([SYSTEM, user(SECRET)], "saved");
      await person.ask([SYSTEM, user(`But ${SECRET}`)], "ending");
      const ended = engine.unload();
      await engine.forget("ending", anna);
      await ended;
      assert.equal(conversations().length, 1);
      await engine.forget("saved", ben);
      assert.equal(conversations().length, 1);
      await engine.forget("saved", anna);
      assert.equal(conversations().length, 0);
    });

    it("can forget a conversation that is being saved because another takes its slot", async () => {
      const person = new Person(engine, anna);
      for (let i = 0; i < 8; i++) {
        await person.ask([SYSTEM, user(`${i} ${SECRET}`)], `c${i}`);
        const other = person.ask([SYSTEM, user(`Other ${i} ${SECRET}`)], "other");
        await new Promise((resolve) => setTimeout(resolve, 4 * i));
        await engine.forget(`c${i}`, anna);
        await other;
      }
      await engine.dispose();
      assert.equal(conversations().length, 1);
    });
  });

function attentionOnly(): string {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), "nemotron-owners-")), "attention.gguf");
  write(file, llamaNemotronToy("llama"));
  return file;
}
