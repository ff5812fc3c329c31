/** The real engine, shared by owners with different demands. */
import assert from "node:assert/strict";
import { Supervisor } from "../../server/engine/client/supervisor.ts";
import type { RespondRequest } from "../../server/engine/engine.ts";
import { TOY } from "../support/client.ts";

const signal = new AbortController().signal;

describe("owners that share the engine", () => {
  const engine = new Supervisor({ enginePath: "dist/engine.mjs", log: () => {} });
  before(() => engine.load({ model: TOY, gpu: "off", contextTokens: 8192 }));
  after(() => engine.dispose());

  /** Samples greedily, without a thought. Reports new tokens as they come, and resolves to their total number. */
  async function reply(
    owner: string,
    content: string,
    kind: Pick<RespondRequest, "kind" | "priority">,
    onTokens: (more: number) => void = () => {},
  ): Promise<number> {
    let tokens = 0;
    const messages = [{ role: "user" as const, content }];
    const request = { ...kind, owner, messages, thinking: { mode: "off" as const } };
    for await (const event of engine.respond(request, signal)) {
      if (event.type !== "answer") continue;
      onTokens(event.tokens - tokens);
      tokens = event.tokens;
    }
    return tokens;
  }

  it("do not wait for all queued chats of another owner", async () => {
    const order: string[] = [];
    const chat = async (owner: string) => {
      await reply(owner, "Hello", { kind: "followUp", priority: "chat" });
      order.push(owner);
    };
    await Promise.all([..."aaaaab"].map(chat));
    assert.equal(order.join(""), "abaaaa");
  });

  it("get the same speed, even if one has two replies running", async () => {
    const had = { a: 0, b: 0 };
    let whenOver: typeof had | undefined;
    const count = async (owner: "a" | "b", content: string) => {
      await reply(owner, content, { kind: "once", priority: "edit" }, (more) => (had[owner] += more));
      whenOver ??= { ...had };
    };
    const question = "Count to one hundred.";
    await Promise.all([count("a", question), count("b", question), count("a", question)]);
    // The single reply ends first: it gets as many tokens as both others together.
    assert.ok(whenOver!.b > 100, `${whenOver!.b} tokens`);
    const share = whenOver!.a / whenOver!.b;
    assert.ok(share > 0.75 && share < 1.25, `${whenOver!.a} tokens beside ${whenOver!.b}`);
  });
});
