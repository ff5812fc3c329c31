/** A reply that its client may lose and take up again: all that it has said is kept while it may be wanted. */

import type { Reply, ReplyEvent } from "../engine/engine.ts";
import { noReply } from "../engine/errors.ts";
import { joinText } from "../engine/joinText.ts";

/** After its end, ms: a window that is reloaded is back in seconds, an editor that is started again in minutes. */
const KEPT_MS = 10 * 60_000;
/** Without a client a reply is stopped after so long: nobody knows whether anyone will come back for it, ms. */
const UNWATCHED_MS = 5 * 60_000;
/** The most that are kept once they are over. */
const MOST_KEPT = 32;

export class GoingReply {
  readonly stop = new AbortController();
  /** Settles with the reply; rejects as it does. */
  readonly over: Promise<void>;
  isOver = false;
  readonly reply: Reply;
  private readonly said: ReplyEvent[] = [];
  private readonly followers = new Set<(events: ReplyEvent[]) => void>();
  private unwatched: NodeJS.Timeout | undefined;

  constructor(begin: (signal: AbortSignal) => Reply) {
    this.reply = begin(this.stop.signal);
    this.over = this.collect().finally(() => {
      this.isOver = true;
      clearTimeout(this.unwatched);
    });
    this.over.catch(() => {});
  }

  /** Tells of all that has been said and will be. Returns a function that ends it. */
  follow(listener: (events: ReplyEvent[]) => void): () => void {
    clearTimeout(this.unwatched);
    // Copies: the last one grows, perhaps before it has been written to the wire.
    if (this.said.length > 0) listener(this.said.map((event) => ({ ...event })));
    this.followers.add(listener);
    return () => {
      this.followers.delete(listener);
      if (this.followers.size > 0 || this.isOver) return;
      this.unwatched = setTimeout(() => this.stop.abort(new Error("Nobody came back for it")), UNWATCHED_MS);
      this.unwatched.unref();
    };
  }

  private async collect(): Promise<void> {
    for await (const event of this.reply) {
      // Of what is read only the last tells anything.
      if (event.type === "reading" && this.said.at(-1)?.type === "reading") this.said.pop();
      if (!joinText(this.said.at(-1), event)) this.said.push({ ...event });
      for (const listener of this.followers) listener([event]);
    }
  }
}

/** Those that can be taken up again, each by its owner alone. */
export class GoingReplies {
  private readonly replies = new Map<string, GoingReply>();
  private readonly conversations = new WeakMap<GoingReply, string>();

  /** How many are not over. */
  get running(): number {
    return [...this.replies.values()].filter(({ isOver }) => !isOver).length;
  }

  has(reply: GoingReply): boolean {
    return [...this.replies.values()].includes(reply);
  }

  add(owner: string, { replyId, conversation }: { replyId: string; conversation?: string }, reply: GoingReply): void {
    const key = keyOf(owner, replyId);
    this.replies.set(key, reply);
    if (conversation !== undefined) this.conversations.set(reply, keyOf(owner, conversation));
    const drop = () => {
      if (this.replies.get(key) === reply) this.replies.delete(key);
    };
    const ended = () => {
      setTimeout(drop, KEPT_MS).unref();
      const over = [...this.replies].filter(([, { isOver }]) => isOver);
      for (const [old] of over.slice(0, Math.max(0, over.length - MOST_KEPT))) this.replies.delete(old);
    };
    // What was stopped on purpose nobody asks for again.
    reply.over.then(ended, () => (reply.stop.signal.aborted ? drop() : ended()));
  }

  /** Throws EngineError noReply. */
  get(owner: string, replyId: string): GoingReply {
    const reply = this.replies.get(keyOf(owner, replyId));
    if (!reply) throw noReply();
    return reply;
  }

  /** What was said in a conversation that is deleted goes with it; what is being said is stopped. */
  forget(owner: string, conversation: string): void {
    for (const [key, reply] of this.replies) {
      if (this.conversations.get(reply) !== keyOf(owner, conversation)) continue;
      reply.stop.abort(new Error("The conversation was deleted"));
      this.replies.delete(key);
    }
  }
}

const keyOf = (owner: string, id: string) => JSON.stringify([owner, id]);
