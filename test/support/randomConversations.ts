/**
 * Random conversations with edits, regenerations, alternating chats, reading ahead and cancels, and servers that have
 * read nothing before.
 */
import { type Message, Method, type Thinking } from "../../server/protocol.ts";
import { Client, type ClientOptions, idle, TOY } from "./client.ts";

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

export type Request = { messages: Message[]; thinking: Thinking };

/** What a conversation does with a server. */
export type Player = {
  ask: (request: Request) => Promise<string>;
  /** Asks, and cancels at event n of the reply, 0-based. */
  giveUp: (request: Request, n: number) => Promise<void>;
  prepare: (messages: Message[]) => Promise<void>;
};

/** Plays one random conversation of several turns, or two alternating ones; returns each request with its reply. */
export async function play(
  seed: number,
  { ask, giveUp, prepare }: Player,
): Promise<{ request: Request; reply: string }[]> {
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
export class FreshServers {
  private readonly servers: { client: Client; loaded: Promise<unknown> }[] = [];
  private next = 0;

  static async start(options: ClientOptions = {}): Promise<FreshServers> {
    const fresh = new FreshServers();
    for (const client of await Promise.all([Client.start(options), Client.start(options)]))
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
