/** Running replies, so that later requests can steer them. */
import type { ProgressToken } from "vscode-languageserver";
import { EngineError, type Reply } from "../engine/engine.ts";
import type { ChatResult, ReplyProgress } from "../protocol.ts";

/** Gets each piece of a reply as it comes. */
export type ReportProgress = (progress: ReplyProgress) => void;

/** Everything that a reply has produced. */
export type CollectedReply = Omit<ChatResult, "userContent">;

/** The running replies by their progress tokens. */
export class RunningReplies {
  private readonly running = new Map<ProgressToken, Reply>();

  /**
   * Streams a reply to its end. Until then, its token can steer it. Throws what the reply throws: EngineError, or the
   * signal's reason.
   */
  async run(token: ProgressToken | undefined, reply: Reply, report: ReportProgress): Promise<CollectedReply> {
    if (token !== undefined) this.running.set(token, reply);
    try {
      return await collect(reply, report);
    } finally {
      // If a client reuses a token, its second reply must not be removed with the first.
      if (token !== undefined && this.running.get(token) === reply) this.running.delete(token);
    }
  }

  /** Throws EngineError notThinking if no such reply is running, or its thought is over. */
  async answerNow(token: ProgressToken): Promise<void> {
    await this.get(token).answerNow();
  }

  /** Returns the thought's new budget, tokens. Throws like answerNow. */
  async addBudget(token: ProgressToken, tokens: number): Promise<number | "unlimited"> {
    return this.get(token).addBudget(tokens);
  }

  private get(token: ProgressToken): Reply {
    const reply = this.running.get(token);
    if (!reply) throw new EngineError("notThinking", `No running reply has the token ${token}.`);
    return reply;
  }
}

async function collect(reply: Reply, report: ReportProgress): Promise<CollectedReply> {
  const collected: Pick<CollectedReply, "answer" | "thought" | "toolCalls"> = {
    answer: "",
    thought: "",
    toolCalls: [],
  };
  let end: Pick<CollectedReply, "stopReason" | "usage"> | undefined;
  for await (const event of reply) {
    if (event.type === "usage") {
      end = { stopReason: event.stopReason, usage: event.usage };
      continue;
    }
    if (event.type === "callPart") continue;
    if (event.type === "thought") collected.thought += event.text;
    else if (event.type === "answer") collected.answer += event.text;
    else if (event.type === "revised") Object.assign(collected, { thought: event.thought, answer: event.answer });
    else if (event.type === "toolCall") collected.toolCalls.push(event.toolCall);
    report(event);
  }
  if (!end) throw new Error("The reply ended without its usage.");
  return { ...collected, ...end };
}
