/** The replies that are running, so that later requests can steer them. */
import type { ProgressToken } from "vscode-languageserver";
import { EngineError, type Reply } from "../engine/engine.ts";
import type { ChatResult, ReplyProgress } from "../protocol.ts";

/** Gets each piece of a reply as it comes. */
export type Report = (progress: ReplyProgress) => void;

/** All that came of a reply. */
export type Collected = Omit<ChatResult, "userContent">;

export class Replies {
  private readonly running = new Map<ProgressToken, Reply>();

  /**
   * Streams a reply to its end; until then it can be steered by its token, if it has one. Throws what the reply
   * throws: EngineError, or the reason of its signal.
   */
  async run(token: ProgressToken | undefined, reply: Reply, report: Report): Promise<Collected> {
    if (token !== undefined) this.running.set(token, reply);
    try {
      return await collect(reply, report);
    } finally {
      // A client that uses a token twice must not lose the second reply with the first.
      if (token !== undefined && this.running.get(token) === reply) this.running.delete(token);
    }
  }

  /** Throws EngineError notThinking where no such reply is running, or its thought is over. */
  async answerNow(token: ProgressToken): Promise<void> {
    await this.get(token).answerNow();
  }

  /** The thought's new budget in tokens. Throws as answerNow does. */
  async addBudget(token: ProgressToken, tokens: number): Promise<number | "unlimited"> {
    return this.get(token).addBudget(tokens);
  }

  private get(token: ProgressToken): Reply {
    const reply = this.running.get(token);
    if (!reply) throw new EngineError("notThinking", `No running reply has the token ${token}.`);
    return reply;
  }
}

async function collect(reply: Reply, report: Report): Promise<Collected> {
  const collected: Pick<Collected, "answer" | "thought" | "toolCalls"> = { answer: "", thought: "", toolCalls: [] };
  let end: Pick<Collected, "stopReason" | "usage"> | undefined;
  for await (const event of reply) {
    if (event.type === "usage") {
      end = { stopReason: event.stopReason, usage: event.usage };
      continue;
    }
    if (event.type === "thought") collected.thought += event.text;
    else if (event.type === "answer") collected.answer += event.text;
    else if (event.type === "toolCall") collected.toolCalls.push(event.toolCall);
    report(event);
  }
  if (!end) throw new Error("The reply ended without its usage.");
  return { ...collected, ...end };
}
