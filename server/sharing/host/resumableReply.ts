/** Replies that a client can resume after losing its connection. Their events are kept for that. */
import type { EngineRequests } from "../../engine/client/child.ts";
import type { ModelRequest } from "../../engine/client/engineClient.ts";
import { ReplyRequest, type Steering } from "../../engine/client/ipcReply.ts";
import type { ReplyEvent } from "../../engine/engine.ts";
import { noReplyError } from "../../engine/errors.ts";
import { joinText } from "../../engine/joinText.ts";
import type { EngineResult } from "../../engine/wire.ts";

/** How long to keep a reply after its end, ms. A reloaded window is back in seconds, a restarted editor in minutes. */
const KEPT_MS = 10 * 60_000;
/** How long a reply may run without a client, ms: the client may never come back. */
const UNWATCHED_MS = 5 * 60_000;
/** Maximum number of finished replies to keep. */
const MOST_KEPT = 32;

/** Starts a reply at once. When its last client is gone, it continues for UNWATCHED_MS. */
export class ResumableReply {
  readonly stop = new AbortController();
  /** Settles when the reply ends; rejects with its error. */
  readonly over: Promise<void>;
  isOver = false;
  /** Whether it has ended while no client followed it, and none has come back for it. */
  isUnseen = false;
  private readonly request = new ReplyRequest<ModelRequest>();
  /** The events so far; the texts of adjacent events are joined. */
  private readonly past: ReplyEvent[] = [];
  private readonly followers = new Set<(events: ReplyEvent[]) => void>();
  private unwatched: NodeJS.Timeout | undefined;

  /**
   * @param ready resolves with the engine that generates the reply.
   * @param begin the request for the reply.
   */
  constructor(ready: (signal: AbortSignal) => Promise<EngineRequests<ModelRequest>>, begin: ModelRequest) {
    const { signal } = this.stop;
    const onEvents = (events: ReplyEvent[]) => this.collect(events);
    this.over = this.request
      .run(() => ready(signal), begin, { signal, onEvents })
      .finally(() => {
        this.isOver = true;
        this.isUnseen = this.followers.size === 0;
        clearTimeout(this.unwatched);
      });
    this.over.catch(() => {});
  }

  /** Resolves to the new budget in tokens for `addBudget`, to null for `answerNow`. Throws EngineError notThinking. */
  steer(request: Steering): Promise<EngineResult> {
    return this.request.steer(request);
  }

  /** Sends the listener all events so far, and then new ones. Returns a function that stops this. */
  follow(listener: (events: ReplyEvent[]) => void): () => void {
    clearTimeout(this.unwatched);
    this.isUnseen = false;
    // Send copies: the last event can grow before it has been sent.
    if (this.past.length > 0) listener(this.past.map((event) => ({ ...event })));
    this.followers.add(listener);
    return () => {
      this.followers.delete(listener);
      if (this.followers.size > 0 || this.isOver) return;
      this.unwatched = setTimeout(() => this.stop.abort(new Error("Nobody came back for it")), UNWATCHED_MS);
      this.unwatched.unref();
    };
  }

  private collect(events: ReplyEvent[]): void {
    for (const event of events) {
      // Only the last reading event matters.
      if (event.type === "reading" && this.past.at(-1)?.type === "reading") this.past.pop();
      if (!joinText(this.past.at(-1), event)) this.past.push({ ...event });
    }
    for (const listener of this.followers) listener(events);
  }
}

/** The replies that can be resumed, each only by its owner. */
export class ResumableReplies {
  private readonly replies = new Map<string, ResumableReply>();
  private readonly conversations = new WeakMap<ResumableReply, string>();
  /** The timers that drop ended replies. A timer holds its reply in memory, so it is cleared with the reply. */
  private readonly expiry = new WeakMap<ResumableReply, NodeJS.Timeout>();

  /** Number of unfinished replies. */
  get running(): number {
    return [...this.replies.values()].filter(({ isOver }) => !isOver).length;
  }

  /** Number of replies whose end no client has seen. */
  get unseen(): number {
    return [...this.replies.values()].filter(({ isUnseen }) => isUnseen).length;
  }

  has(reply: ResumableReply): boolean {
    return [...this.replies.values()].includes(reply);
  }

  add(
    owner: string,
    { replyId, conversation }: { replyId: string; conversation?: string },
    reply: ResumableReply,
  ): void {
    const key = keyOf(owner, replyId);
    this.drop(key);
    this.replies.set(key, reply);
    if (conversation !== undefined) this.conversations.set(reply, keyOf(owner, conversation));
    const drop = () => {
      if (this.replies.get(key) === reply) this.drop(key);
    };
    const ended = () => {
      if (this.replies.get(key) !== reply) return;
      this.expiry.set(reply, setTimeout(drop, KEPT_MS).unref());
      const over = [...this.replies].filter(([, { isOver }]) => isOver);
      for (const [old] of over.slice(0, Math.max(0, over.length - MOST_KEPT))) this.drop(old);
    };
    // Nobody resumes a reply that was stopped on purpose.
    reply.over.then(ended, () => (reply.stop.signal.aborted ? drop() : ended()));
  }

  /** Throws EngineError noReply. */
  get(owner: string, replyId: string): ResumableReply {
    const reply = this.replies.get(keyOf(owner, replyId));
    if (!reply) throw noReplyError();
    return reply;
  }

  /** Deletes the replies of a deleted conversation, and stops running ones. */
  forget(owner: string, conversation: string): void {
    for (const [key, reply] of this.replies) {
      if (this.conversations.get(reply) !== keyOf(owner, conversation)) continue;
      reply.stop.abort(new Error("The conversation was deleted"));
      this.drop(key);
    }
  }

  private drop(key: string): void {
    const reply = this.replies.get(key);
    if (reply) clearTimeout(this.expiry.get(reply));
    this.replies.delete(key);
  }
}

const keyOf = (owner: string, id: string) => JSON.stringify([owner, id]);
