/** Which request gets which slot. */
import type { RespondRequest } from "./engine.ts";
import type { Sought } from "./parking.ts";
import type { Slot } from "./slot.ts";
import { RANK, Turns, type Waiting } from "./turns.ts";

/** Work that holds a slot only until somebody wants it. */
type Background = { stop: AbortController; ended: Promise<void> };

type Suited = Pick<RespondRequest, "kind" | "priority" | "owner">;

type Waiter = Waiting & { candidates: Slot[]; take: (slot: Slot) => void };

/**
 * Chats have one large slot. Edits have small ones of their own, so that none waits for a chat; what is not an edit
 * never takes the last of them.
 */
export class Slots {
  private readonly chat: Slot;
  private readonly edits: Slot[];
  private readonly taken = new Set<Slot>();
  private readonly background = new Map<Slot, Background>();
  private waiters: Waiter[] = [];
  private readonly turns = new Turns();
  private uses = 0;
  /** Told of a slot that nobody has any more, and nothing works on. */
  onFree: (slot: Slot) => void = () => {};
  /** The number of each slot's last use. */
  private readonly used = new Map<Slot, number>();

  constructor(chat: Slot, edits: Slot[]) {
    this.chat = chat;
    this.edits = edits;
  }

  get all(): readonly Slot[] {
    return [this.chat, ...this.edits];
  }

  /** The most that a prompt and its reply may have, tokens. */
  get contextTokens(): number {
    return this.chat.contextTokens;
  }

  /**
   * Waits for a slot that suits the request and can hold so many tokens; of those that are free, one that has read most of
   * the prompt, else the one that has been of no use for longest. Owners that wait take turns. The caller gives it back.
   */
  async acquire(request: Suited, tokens: number, prompt: Sought, signal: AbortSignal): Promise<Slot> {
    const candidates = [...this.own(request, tokens, prompt), this.chat];
    return this.takeOver(candidates, { rank: RANK[request.priority], owner: request.owner }, signal);
  }

  private own({ kind, priority }: Suited, tokens: number, prompt: Sought): Slot[] {
    const own = kind === "followUp" ? [] : priority === "edit" ? this.edits : this.edits.slice(1);
    const roomy = own.filter((slot) => slot.contextTokens >= tokens);
    const read = (slot: Slot) => (slot.reusable(prompt) > prompt.tokens.length / 2 ? 1 : 0);
    return roomy.toSorted((a, b) => read(b) - read(a) || (this.used.get(a) ?? 0) - (this.used.get(b) ?? 0));
  }

  /** Stops what holds the slot only in idle time. */
  private async takeOver(candidates: Slot[], who: Waiting, signal: AbortSignal): Promise<Slot> {
    const slot = await this.take(candidates, who, signal);
    this.used.set(slot, ++this.uses);
    const background = this.background.get(slot);
    background?.stop.abort(new Error("Something more urgent came"));
    await background?.ended;
    return slot;
  }

  release(slot: Slot): void {
    const next = this.turns.next(this.waiters, ({ candidates }) => candidates.includes(slot));
    if (!next) {
      this.taken.delete(slot);
      this.tellFree(slot);
      return;
    }
    this.turns.had(next);
    this.waiters = this.waiters.filter((w) => w !== next);
    next.take(slot);
  }

  /**
   * Runs idle work on the slot where such a request would run, as soon as none has it; a request, or other idle work,
   * stops it through the signal it gets. Resolves to false when its turn did not come: the caller's own signal did, or
   * somebody else at once.
   */
  async idle(
    request: Suited,
    tokens: number,
    prompt: Sought,
    work: (slot: Slot, signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<boolean> {
    let slot: Slot;
    try {
      const own = this.own(request, tokens, prompt);
      slot = await this.takeOver(own.length > 0 ? own : [this.chat], { rank: RANK.idle, owner: request.owner }, signal);
    } catch {
      return false;
    }
    // Taking over may have waited for a chunk. Work that would be stopped as soon as it starts only makes others wait.
    if (signal.aborted || this.waiters.some(({ candidates }) => candidates.includes(slot))) {
      this.release(slot);
      return false;
    }
    this.startIdle(slot, work, signal);
    const { ended } = this.background.get(slot)!;
    this.release(slot);
    await ended;
    return true;
  }

  /** Like `idle`, on a slot that nobody has; does nothing where somebody has it. */
  whileFree(slot: Slot, work: (slot: Slot, signal: AbortSignal) => Promise<void>): void {
    if (this.isFree(slot)) this.startIdle(slot, work);
  }

  /** This slot and no other, once its request is done; what works on it in idle time is stopped. The caller gives it back. */
  claim(slot: Slot, signal: AbortSignal): Promise<Slot> {
    return this.takeOver([slot], { rank: RANK.edit, owner: undefined }, signal);
  }

  /** Resolves when idle work on the slot has come to its end. */
  async quiet(slot: Slot): Promise<void> {
    await this.background.get(slot)?.ended;
  }

  private isFree(slot: Slot): boolean {
    return !this.taken.has(slot) && !this.background.has(slot);
  }

  private tellFree(slot: Slot): void {
    if (this.isFree(slot)) this.onFree(slot);
  }

  /** Like `idle`, for the request that holds the slot now and is about to give it back. */
  startIdle(slot: Slot, work: (slot: Slot, signal: AbortSignal) => Promise<void>, signal?: AbortSignal): void {
    const stop = new AbortController();
    const combined = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    const ended = work(slot, combined)
      .catch(() => {})
      .finally(() => {
        if (this.background.get(slot)?.stop !== stop) return;
        this.background.delete(slot);
        this.tellFree(slot);
      });
    this.background.set(slot, { stop, ended });
  }

  private take(candidates: Slot[], who: Waiting, signal: AbortSignal): Promise<Slot> {
    signal.throwIfAborted();
    const free = candidates.find((slot) => !this.taken.has(slot));
    if (free) {
      this.taken.add(free);
      this.turns.had(who);
      return Promise.resolve(free);
    }
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        ...who,
        candidates,
        take: (slot) => {
          signal.removeEventListener("abort", abort);
          resolve(slot);
        },
      };
      const abort = () => {
        this.waiters = this.waiters.filter((w) => w !== waiter);
        reject(signal.reason);
      };
      signal.addEventListener("abort", abort, { once: true });
      this.waiters.push(waiter);
    });
  }
}
