/** One client of the soak test: it uses all requests, follows up, cancels, leaves and comes back. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type ChatResult, type Message, Method } from "../../server/protocol.ts";
import { Client } from "../support/client.ts";
import type { Random } from "./random.ts";
import { editParams, greedy, ONE_THREAD } from "./reference.ts";
import type { Failure } from "./violations.ts";
import { documentIn, type World } from "./world.ts";

const QUESTIONS = ["Hello", "What is recursion?", "What is Git?", "Who are you?", "Thanks!", "Give me an example."];
const LONG = ["Count to one hundred.", "Think for a long time.", "Write a long text."];
/** After this many turns a client begins a new conversation. */
const TURNS = 6;
/** One in this many requests is the last one of a stay. */
const STAY = 60;
const CANCELLED = -32800;
/** A small limit for states, MiB, so that it is soon reached. */
export const LITTLE = ["--idle-states", "8"];

export class Visitor {
  requests = 0;
  readonly failures: string[] = [];
  private readonly index: number;
  private readonly world: World;
  private readonly random: Random;
  private readonly owner = randomUUID();
  private client: Client | undefined;
  private conversation = randomUUID();
  private messages: Message[] = [];

  constructor(index: number, world: World, random: Random) {
    this.index = index;
    this.world = world;
    this.random = random;
  }

  /** The id of its language server. */
  get pid(): number | undefined {
    return this.client?.process.pid;
  }

  async work(until: number, leaves: boolean): Promise<void> {
    while (performance.now() < until) {
      this.client ??= await this.connect();
      await this.ask(this.client).catch(({ code, message }: Failure) => {
        if (code !== CANCELLED) this.failures.push(message);
      });
      this.requests++;
      if (leaves && this.random.between(1, STAY) === 1) await this.leave();
    }
  }

  async leave(): Promise<void> {
    await this.client?.stop();
    this.client = undefined;
  }

  private async connect(): Promise<Client> {
    const folder = this.world.workspace(this.index);
    const client = await Client.toy([...ONE_THREAD, ...LITTLE], {
      runtime: this.world.runtime,
      env: this.world.env,
      folder,
      initializationOptions: { ownCommands: true, owner: this.owner },
    });
    const document = documentIn(folder);
    await client.open(pathToFileURL(document).href, "typescript", readFileSync(document, "utf8"));
    return client;
  }

  private async ask(client: Client): Promise<void> {
    const sort = this.random.between(0, 9);
    if (sort < 3) return this.chat(client);
    if (sort < 5) return void (await client.request(Method.count, this.next()));
    if (sort < 7)
      return void (await client.request(Method.prepare, { ...this.next(), conversation: this.conversation }));
    if (sort === 7) return this.changesItsMind(client);
    if (sort === 8) return this.answersNow(client);
    const uri = pathToFileURL(documentIn(this.world.workspace(this.index))).href;
    await client.request(Method.edit, editParams(uri));
  }

  private next(content = this.random.pick(QUESTIONS)) {
    return { messages: [...this.messages, { role: "user" as const, content }] };
  }

  private async chat(client: Client): Promise<void> {
    if (this.messages.length > 2 * TURNS) {
      this.messages = [];
      this.conversation = randomUUID();
    }
    const kept = { conversation: this.conversation, replyId: randomUUID() };
    const thinking = this.random.chance(0.5) ? { mode: "off" as const } : { mode: "on" as const, budget: 32 };
    const params = { ...greedy({ ...this.next(), thinking, maxTokens: 100 }), ...kept };
    const { answer, userContent } = await client.stream<ChatResult>(Method.chat, params).result;
    this.messages.push({ role: "user", content: userContent }, { role: "assistant", content: answer });
  }

  private async changesItsMind(client: Client): Promise<void> {
    const params = { ...greedy(this.next(this.random.pick(LONG))), replyId: randomUUID() };
    const events = this.random.between(1, 4);
    let seen = 0;
    const reply = client.stream<ChatResult>(Method.chat, params, () => ++seen === events && reply.cancel());
    await reply.result;
  }

  private async answersNow(client: Client): Promise<void> {
    const params = greedy({ ...this.next("Think for a long time."), thinking: { mode: "on" }, maxTokens: 60 });
    let asked: Promise<unknown> | undefined;
    const reply = client.stream<ChatResult>(Method.chat, params, ({ type }) => {
      // By then the thought may have ended by itself.
      if (type === "thought") asked ??= client.request(Method.answerNow, { token: reply.token }).catch(() => {});
    });
    await reply.result;
    await asked;
  }
}
