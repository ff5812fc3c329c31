/** Assigns slots to requests. */
import { once } from "node:events";
import type { RespondRequest } from "../engine.ts";
import { FairQueue, PRIORITY_ORDER, type Waiting } from "./fairQueue.ts";
import { idleWorkChanged } from "./observed.ts";
import type { Slot } from "./slot.ts";
import type { StateQuery } from "./stateCache.ts";

/** Idle work in a slot, which stops when a request needs the slot. */
type Background = { stop: AbortController; ended: Promise<void> };

type SlotRequest = Pick<RespondRequest, "kind" | "priority" | "owner">;

type Waiter = Waiting & { candidates: Slot[]; take: (slot: Slot) => void };

/**
 * Chats share one large slot. Edits have small slots of their own, so no edit waits for a chat. Other requests never
 * take the last edit slot.
 */
export class Slots {
  private readonly chat: Slot;
  private readonly edits: Slot[];
  private readonly taken = new Set<Slot>();
  private readonly background = new Map<Slot, Background>();
  private waiters: Waiter[] = [];
  private readonly queue = new FairQueue();
  private uses = 0;
  /** Called when neither a request nor idle work uses the slot any more. */
  onFree: (slot: Slot) => void = () => {};
  /** The number of each slot's last use: higher is more recent. */
  private readonly lastUse = new Map<Slot, number>();

  constructor(chat: Slot, edits: Slot[]) {
    this.chat = chat;
    this.edits = edits;
  }

  get all(): readonly Slot[] {
    return [this.chat, ...this.edits];
  }

  /** Maximum size of a prompt with its reply, tokens. */
  get contextTokens(): number {
    return this.chat.contextTokens;
  }

  /**
   * Waits for a slot that suits the request and has room for this many tokens. Prefers a free slot that has read most
   * of the prompt, then the least recently used one. Waiting owners take turns. The caller releases the slot.
   */
  async acquire(request: SlotRequest, tokens: number, prompt: StateQuery, signal: AbortSignal): Promise<Slot> {
    const candidates = [...this.ownSlots(request, tokens, prompt), this.chat];
    return this.takeOver(candidates, { rank: PRIORITY_ORDER[request.priority], owner: request.owner }, signal);
  }

  private ownSlots({ kind, priority }: SlotRequest, tokens: number, prompt: StateQuery): Slot[] {
    const ownSlots = kind === "followUp" ? [] : priority === "edit" ? this.edits : this.edits.slice(1);
    const largeEnough = ownSlots.filter((slot) => slot.contextTokens >= tokens);
    const read = (slot: Slot) => (slot.reusable(prompt) > prompt.tokens.length / 2 ? 1 : 0);
    return largeEnough.toSorted((a, b) => read(b) - read(a) || (this.lastUse.get(a) ?? 0) - (this.lastUse.get(b) ?? 0));
  }

  /** Takes one of the slots and stops its idle work. */
  private async takeOver(candidates: Slot[], request: Waiting, signal: AbortSignal): Promise<Slot> {
    const slot = await this.take(candidates, request, signal);
    this.lastUse.set(slot, ++this.uses);
    const background = this.background.get(slot);
    background?.stop.abort(new Error("Something more urgent came"));
    await background?.ended;
    return slot;
  }

  /** Gives the slot to the next waiting request, or frees it. */
  release(slot: Slot): void {
    const next = this.queue.next(this.waiters, ({ candidates }) => candidates.includes(slot));
    if (!next) {
      this.taken.delete(slot);
      this.notifyFree(slot);
      return;
    }
    this.queue.record(next);
    this.waiters = this.waiters.filter((w) => w !== next);
    next.take(slot);
  }

  /**
   * Runs idle work on the slot that this request would get, as soon as the slot is free. A request, or other idle
   * work, stops it through its signal. A request of the priority `idle` stops no other idle work, and only continues
   * what the slot holds. Resolves to false when the work did not start: because of the caller's signal, or because the
   * slot is needed for something else.
   */
  async idle(
    request: SlotRequest,
    tokens: number,
    prompt: StateQuery,
    work: (slot: Slot, signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<boolean> {
    let slot: Slot;
    try {
      const waiting = { rank: PRIORITY_ORDER.idle, owner: request.owner };
      const ownSlots = this.ownSlots(request, tokens, prompt);
      slot =
        request.priority === "idle"
          ? await this.takeUnneeded(prompt, waiting, signal)
          : await this.takeOver(ownSlots.length > 0 ? ownSlots : [this.chat], waiting, signal);
    } catch {
      return false;
    }
    // Taking over may have waited for a chunk. Work that would be stopped at once would only delay others.
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

  /**
   * Takes the chat's slot after its idle work, if it still holds only a beginning of this prompt. Throws if it does not,
   * or if a request has it, or the signal's reason.
   */
  private async takeUnneeded(prompt: StateQuery, request: Waiting, signal: AbortSignal): Promise<Slot> {
    const slot = this.chat;
    for (let background = this.background.get(slot); background; background = this.background.get(slot))
      await Promise.race([background.ended, once(signal, "abort")]).then(() => signal.throwIfAborted());
    if (this.taken.has(slot) || !slot.isContinuedBy(prompt)) throw new Error("Something else came");
    return this.take([slot], request, signal);
  }

  /** Like `idle`, on a free slot; does nothing if the slot is not free. */
  idleIfFree(slot: Slot, work: (slot: Slot, signal: AbortSignal) => Promise<void>): void {
    if (this.isFree(slot)) this.startIdle(slot, work);
  }

  /** Waits until this slot's request is done, and stops its idle work. The caller releases the slot. */
  claim(slot: Slot, signal: AbortSignal): Promise<Slot> {
    return this.takeOver([slot], { rank: PRIORITY_ORDER.edit, owner: undefined }, signal);
  }

  /** Resolves when the slot's idle work has ended. */
  async idleEnded(slot: Slot): Promise<void> {
    await this.background.get(slot)?.ended;
  }

  private isFree(slot: Slot): boolean {
    return !this.taken.has(slot) && !this.background.has(slot);
  }

  private notifyFree(slot: Slot): void {
    if (this.isFree(slot)) this.onFree(slot);
  }

  /** Like `idle`, called by the request that has the slot now and is about to release it. */
  startIdle(slot: Slot, work: (slot: Slot, signal: AbortSignal) => Promise<void>, signal?: AbortSignal): void {
    const stop = new AbortController();
    const combined = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    const ended = work(slot, combined)
      .catch(() => {})
      .finally(() => {
        if (this.background.get(slot)?.stop !== stop) return;
        this.background.delete(slot);
        idleWorkChanged(this.background.size);
        this.notifyFree(slot);
      });
    this.background.set(slot, { stop, ended });
    idleWorkChanged(this.background.size);
  }

  private take(candidates: Slot[], request: Waiting, signal: AbortSignal): Promise<Slot> {
    signal.throwIfAborted();
    const free = candidates.find((slot) => !this.taken.has(slot));
    if (free) {
      this.taken.add(free);
      this.queue.record(request);
      return Promise.resolve(free);
    }
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        ...request,
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
