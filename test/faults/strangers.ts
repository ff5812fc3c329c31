/** Other programs: single questions over HTTP without a conversation, and texts that are hard for the tokenizer. */
import { Method, type StartEndpointResult } from "../../server/protocol.ts";
import { Client } from "../support/client.ts";
import type { World } from "./world.ts";

/** Texts that llama.cpp takes for one word, which needs more stack than it has. */
const HARD_TEXTS = ["=", "a", "漢", " ", "\n", "\u0301", "0"].map((character) => character.repeat(60_000));

const example = (number: number) => [
  { role: "user", content: `Example ${number}: ${"dolor sit ".repeat(20)}` },
  { role: "assistant", content: "Latin" },
];

export class Strangers {
  requests = 0;
  private readonly client: Client;
  private readonly url: string;

  private constructor(client: Client, url: string) {
    this.client = client;
    this.url = url;
  }

  /** @param args of their server: they must load the model as the others do. */
  static async start(world: World, args: string[]): Promise<Strangers> {
    const client = await Client.toy(args, { runtime: world.runtime, env: world.env, folder: world.workspace(9) });
    await client.until(({ type }) => type === "ready" || type === "failed");
    const { url } = await client.request<StartEndpointResult>(Method.startEndpoint, { port: 0 });
    return new Strangers(client, url);
  }

  /** The server with the endpoint. */
  get pid(): number | undefined {
    return this.client.process.pid;
  }

  /**
   * Asks one question with a number of its own. Every other one has a system prompt of its own, and every third one
   * comes behind an example. Throws if it is not answered.
   */
  async ask(): Promise<void> {
    const number = ++this.requests;
    const messages = [
      {
        role: "system",
        content: number % 2 ? "Classify the text in one word." : `Classify text ${number} in one word.`,
      },
      ...(number % 3 === 0 ? example(number) : []),
      { role: "user", content: `Text ${number}: ${"lorem ipsum ".repeat(20)}` },
    ];
    const response = await fetch(`${this.url}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ messages, temperature: 0, max_tokens: 8, reasoning_budget: 0 }),
    });
    const body = await response.text();
    if (!response.ok) throw new Error(`A stranger's request got status ${response.status}: ${body}`);
  }

  /** Texts that end llama.cpp's tokenizer if they are passed on unchanged. */
  async sendHardTexts(): Promise<void> {
    await this.client.request(Method.countTokens, { texts: HARD_TEXTS });
  }

  leave(): Promise<void> {
    return this.client.stop();
  }
}
