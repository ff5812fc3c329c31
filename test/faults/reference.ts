/** The answers without faults: each question once, in an undisturbed engine. */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import {
  type ChatParams,
  type ChatResult,
  type CountParams,
  type CountResult,
  type EditResult,
  Method,
} from "../../server/protocol.ts";
import { Client } from "../support/client.ts";
import { documentIn, World } from "./world.ts";

/** Several engines run at a time. On a busy machine, threads that wait for each other cost more than they gain. */
export const ONE_THREAD = ["--threads", "1"];

/** The expected parts of a chat's result. */
export type Answered = Pick<ChatResult, "answer" | "thought" | "userContent" | "stopReason">;

export class Reference {
  private readonly world = new World();
  private readonly client: Promise<Client>;
  private readonly known = new Map<string, Promise<unknown>>();
  private queue: Promise<unknown> = Promise.resolve();

  constructor() {
    const folder = this.world.workspace(0);
    this.client = Client.toy(ONE_THREAD, { runtime: this.world.runtime, env: this.world.env, folder });
  }

  async chat(params: ChatParams): Promise<Answered> {
    const { answer, thought, userContent, stopReason } = await this.once<ChatResult>(Method.chat, greedy(params));
    return { answer, thought, userContent, stopReason };
  }

  async count(params: CountParams): Promise<number> {
    return (await this.once<CountResult>(Method.count, params)).promptTokens;
  }

  async edit(): Promise<EditResult["edits"]> {
    const document = documentIn(this.world.workspace(0));
    const uri = pathToFileURL(document).href;
    const { edits } = await this.once<EditResult>(Method.edit, editParams(uri), async (client) =>
      client.open(uri, "typescript", readFileSync(document, "utf8")),
    );
    return edits;
  }

  async close(): Promise<void> {
    await (await this.client).stop();
    this.world.remove();
  }

  /** Requests run one after the other, so that no answer depends on another one. Equal ones run once. */
  private once<R>(method: string, params: object, before?: (client: Client) => Promise<void>): Promise<R> {
    const key = JSON.stringify([method, params]);
    const asked =
      this.known.get(key) ??
      this.enqueue(async (client) => {
        await before?.(client);
        return client.request<R>(method, params);
      });
    this.known.set(key, asked);
    return asked as Promise<R>;
  }

  private enqueue<R>(work: (client: Client) => Promise<R>): Promise<R> {
    const result = this.queue.then(async () => work(await this.client));
    this.queue = result.catch(() => {});
    return result;
  }
}

/** The same chat at temperature 0. */
export const greedy = <P extends ChatParams>(params: P): P => ({ ...params, sampling: { temperature: 0 } });

/** Parameters of an edit of the method isEven in the document. */
export const editParams = (uri: string) => ({
  textDocument: { uri, version: 1 },
  range: { start: { line: 21, character: 0 }, end: { line: 28, character: 0 } },
  instruction: { id: "simplify" },
});
