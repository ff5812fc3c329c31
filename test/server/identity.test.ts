/**
 * Reused state must not change a word: greedy replies of a server that has held many conversations equal those of a new
 * process that gets the same messages.
 */
import assert from "node:assert/strict";
import { type Message, Method, type Thinking } from "../../server/protocol.ts";
import { Client, idle, TOY } from "../support/client.ts";

/** The first and the last seed. `npm run test:identity` plays enough for every kind of event to meet every other. */
const [FIRST, LAST] = (process.env.NEMOTRON_TEST_CONVERSATIONS ?? "1-12").split("-").map(Number) as [number, number];
const CONVERSATIONS = LAST - FIRST + 1;
const QUESTIONS = [
  "Hello",
  "Who are you?",
  "What is recursion?",
  "Give me an example.",
  "Thanks!",
  "What is a closure?",
  "Count to thirty.",
  "What is Git?",
  "How do I start?",
  "Tell me a joke.",
  "Another one!",
  "What is 2 + 2?",
  "Are you sure?",
  "My name is Ada.",
  "What is my name?",
  "Write FizzBuzz in Python.",
  "Hallo",
  "¿Qué es la recursión?",
  "Qui es-tu ?",
  "Grazie",
  "再帰とは何ですか?",
  "Why does 🦀 the <SPECIAL_12> table </think> sleep?",
  "Write a long text.",
  "What is 17 + 25?",
];

/** A small generator with a seed (mulberry32), so that a failed conversation can be repeated. */
function random(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number) => Math.floor(next() * below);
  return { int, chance: (p: number) => next() < p, pick: <T>(from: readonly T[]) => from[int(from.length)]! };
}

type Request = { messages: Message[]; thinking: Thinking };

/** What a conversation does with a server. */
type Player = {
  ask: (request: Request) => Promise<string>;
  /** Asks, and cancels at event n of the reply, 0-based. */
  giveUp: (request: Request, n: number) => Promise<void>;
  prepare: (messages: Message[]) => Promise<void>;
};

/** Plays one random conversation of several turns, or two alternating ones; returns each request with its reply. */
async function play(seed: number, { ask, giveUp, prepare }: Player): Promise<{ request: Request; reply: string }[]> {
  const r = random(seed);
  const chats: Message[][] = Array.from({ length: r.chance(0.5) ? 2 : 1 }, () =>
    r.chance(0.5)
      ? [{ role: "system", content: r.pick(["Answer briefly.", "You are a helpful coding assistant."]) }]
      : [],
  );
  const played: { request: Request; reply: string }[] = [];
  for (let turn = 0; turn < 3 + r.int(3); turn++) {
    const chat = r.pick(chats);
    const users = chat.flatMap((message, i) => (message.role === "user" ? [i] : []));
    const [edit, regenerate] = [r.chance(0.2), r.chance(0.2)].map((wish) => wish && users.length > 0);
    // Edits an earlier message and continues from it, regenerates the last reply, or sends a new message.
    if (edit) chat.length = r.pick(users);
    if (regenerate && !edit) chat.pop();
    else chat.push({ role: "user", content: r.pick(QUESTIONS) });
    const thinking: Thinking = r.chance(0.6) ? { mode: "on", budget: r.pick([8, 40, 200]) } : { mode: "off" };
    const request = { messages: structuredClone(chat), thinking };
    const { content } = chat.at(-1)!;
    if (r.chance(0.2))
      await prepare([...chat.slice(0, -1), { role: "user", content: content.slice(0, r.int(content.length)) }]);
    if (r.chance(0.2)) await giveUp(request, r.int(4));
    const reply = await ask(request);
    played.push({ request, reply });
    chat.push({ role: "assistant", content: reply.slice(reply.indexOf("\n") + 1) });
    if (r.chance(0.6)) await idle(r.int(40));
  }
  return played;
}

/** Two servers with a new engine process for every request: one loads while the other answers. */
class FreshServers {
  private readonly servers: { client: Client; loaded: Promise<unknown> }[] = [];
  private next = 0;

  static async start(): Promise<FreshServers> {
    const fresh = new FreshServers();
    for (const client of await Promise.all([Client.start(), Client.start()]))
      fresh.servers.push({ client, loaded: fresh.load(client) });
    return fresh;
  }

  async ask<T>(question: (client: Client) => Promise<T>): Promise<T> {
    const server = this.servers[this.next++ % this.servers.length]!;
    await server.loaded;
    try {
      return await question(server.client);
    } finally {
      server.loaded = this.load(server.client);
    }
  }

  async stop(): Promise<void> {
    for (const { client, loaded } of this.servers) {
      await loaded;
      await client.stop();
    }
  }

  private load(client: Client): Promise<unknown> {
    return client.request(Method.load, { model: TOY, gpu: "off", contextTokens: 8192 });
  }
}

describe("replies from reused state", () => {
  it(`equal those of a new process in ${CONVERSATIONS} random conversations with edits, regenerations, alternating chats, reading ahead and cancels`, async function () {
    this.timeout(CONVERSATIONS * 30_000);
    const [used, fresh] = await Promise.all([Client.toy(), FreshServers.start()]);
    let reused = 0;
    const reply = async (client: Client, request: Request) => {
      const { thought, answer, usage } = await client.chat({ ...request, maxTokens: 120 });
      return { text: `${thought.replaceAll("\n", "⏎")}\n${answer}`, reused: usage.reusedTokens };
    };
    try {
      for (let seed = FIRST; seed <= LAST; seed++) {
        const played = await play(seed, {
          ask: async (request) => {
            const { text, reused: tokens } = await reply(used, request);
            reused += tokens;
            return text;
          },
          giveUp: async (request, n) => {
            let pieces = 0;
            const chat = used.stream(Method.chat, request, () => {
              if (pieces++ === n) chat.cancel();
            });
            await chat.result.catch(() => {});
          },
          prepare: async (messages) => {
            await used.request(Method.prepare, { messages });
          },
        });
        for (const { request, reply: text } of played) {
          const expected = await fresh.ask((client) => reply(client, request));
          assert.equal(text, expected.text, `seed ${seed}: ${JSON.stringify(request)}`);
        }
      }
      assert.ok(reused > 100 * CONVERSATIONS, "hardly anything was reused, so nothing was shown");
    } finally {
      await Promise.all([used.stop(), fresh.stop()]);
    }
  });
});
