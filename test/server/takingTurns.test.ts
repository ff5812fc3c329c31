/**
 * Conversations over HTTP that take turns. A client that has asked once may be one of thousands that never come back, so
 * its state must not go to disk; it may come back, so its state stays in memory, where the system has files there.
 */
import assert from "node:assert/strict";
import { readdirSync, readlinkSync } from "node:fs";
import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";
import { startToyEndpoint, type ToyEndpoint } from "../support/endpoint.ts";
import { Pace } from "../support/pace.ts";
import { savedStates } from "../support/savedStates.ts";

const MODEL = "nvidia/NVIDIA-Nemotron-Nano-9B-v2";
/** Tokens that a follow-up may read: its message has about eight, and some more are read where the state ends. */
const MAX_FOLLOW_UP_TOKENS = 12 + 16;
/** As many single questions stay in memory. */
const MAX_IN_MEMORY = 4;
const FOLLOW_UPS = ["Give me an example.", "Thanks!"];

class Conversation {
  private readonly toy: ToyEndpoint;
  private readonly thinks: boolean;
  private readonly messages: ChatCompletionMessageParam[] = [];

  constructor(toy: ToyEndpoint, thinks = false) {
    this.toy = toy;
    this.thinks = thinks;
  }

  /** Asks, and waits until the engine has also read the answer. */
  async ask(content: string) {
    this.messages.push({ role: "user", content });
    const { choices, usage } = await this.toy.openai.chat.completions.create({
      model: MODEL,
      messages: this.messages,
      temperature: 0,
      max_tokens: 200,
      stream: false,
      ...{ reasoning_budget: this.thinks ? 64 : 0 },
    });
    const answer = choices[0]!.message.content!;
    this.messages.push({ role: "assistant", content: answer });
    const pace = await Pace.of(this.toy.pid);
    await pace.quiet();
    pace.close();
    const { prompt_tokens: prompt, prompt_tokens_details: details } = usage!;
    return { answer, prompt, read: prompt - details!.cached_tokens! };
  }
}

const long = (name: string) => `My name is ${name}. ${"There is much to say before the question. ".repeat(20)}Hello`;
const NAMES = ["Ada", "Bob", "Cleo", "Dan", "Eve", "Finn"];

describe("conversations over HTTP that take turns", () => {
  let toy: ToyEndpoint;
  before(function () {
    if (process.platform !== "linux") this.skip();
  });
  beforeEach(async () => {
    toy = await startToyEndpoint();
  });
  afterEach(() => toy.stop());

  const onDisk = () => savedStates(toy.statesFolder).filter(({ kind }) => kind === "conversation").length;
  const filesInMemory = () =>
    readdirSync(`/proc/${toy.pid}/fd`).filter((fd) => {
      try {
        return readlinkSync(`/proc/${toy.pid}/fd/${fd}`).startsWith("/dev/shm/nemotron-");
      } catch {
        // It was closed after it had been listed.
        return false;
      }
    }).length;

  for (const thinks of [false, true])
    it(`read only their own message on each turn, ${thinks ? "with" : "without"} thoughts, as if alone`, async () => {
      const said: string[][] = [[], []];
      const both = [new Conversation(toy, thinks), new Conversation(toy, thinks)];
      const ask = async (i: number, question: string) => {
        const { answer, ...counts } = await both[i]!.ask(question);
        said[i]!.push(answer);
        return counts;
      };
      for (const i of both.keys()) await ask(i, long(NAMES[i]!));
      assert.equal(onDisk(), 0);
      for (const question of FOLLOW_UPS)
        for (const i of both.keys()) {
          const { read, prompt } = await ask(i, question);
          assert.ok(prompt > 200 && read <= MAX_FOLLOW_UP_TOKENS, `read ${read} of ${prompt}`);
        }

      const alone = await startToyEndpoint();
      for (const [i, answers] of said.entries()) {
        const conversation = new Conversation(alone, thinks);
        for (const [turn, answer] of answers.entries()) {
          const question = turn === 0 ? long(NAMES[i]!) : FOLLOW_UPS[turn - 1]!;
          assert.equal((await conversation.ask(question)).answer, answer);
        }
      }
      await alone.stop();
    });

  it("give way to later ones: of many single questions, only the last ones stay in memory", async () => {
    const all = NAMES.map(() => new Conversation(toy));
    for (const [i, conversation] of all.entries()) await conversation.ask(long(NAMES[i]!));
    assert.equal(filesInMemory(), MAX_IN_MEMORY);
    const newer = await all[1]!.ask(FOLLOW_UPS[0]!);
    assert.ok(newer.read <= MAX_FOLLOW_UP_TOKENS, `read ${newer.read} of ${newer.prompt}`);
    const oldest = await all[0]!.ask(FOLLOW_UPS[0]!);
    assert.ok(oldest.read > 100, `read ${oldest.read} of ${oldest.prompt}`);
    assert.ok(filesInMemory() <= MAX_IN_MEMORY);
  });
});
