/**
 * Decides which waiting request is next when several owners want the same thing: the model's next step, or a slot.
 */
import type { Priority } from "../engine.ts";

/** The rank of each priority. Lower ranks go first. */
export const PRIORITY_ORDER: Record<Priority, number> = { edit: 0, chat: 1, idle: 2 };

/** How many owners to remember in each rank. A forgotten owner counts as one that has not had a turn. */
const REMEMBERED_OWNERS = 64;

/** Requests without an `owner` count as one owner. */
export type Waiting = { rank: number; owner: string | undefined };

/**
 * Picks the lowest rank first, then the owner whose last turn is longest ago, then the request that came first. An
 * owner's share does not grow with the number of its requests, and nobody waits for more than one turn of each other
 * owner.
 */
export class FairQueue {
  private turn = 0;
  /** The number of each owner's last turn, by rank; least recent first. */
  private readonly last: Map<string, number>[] = Object.values(PRIORITY_ORDER).map(() => new Map());

  /** The waiter whose turn it is. `waiting` is in the order of arrival. */
  next<W extends Waiting>(waiting: readonly W[], isAllowed: (waiter: W) => boolean): W | undefined {
    let best: W | undefined;
    for (const waiter of waiting) if (isAllowed(waiter) && (!best || this.before(waiter, best))) best = waiter;
    return best;
  }

  /** Records a turn. Call it for every turn. */
  record({ rank, owner = "" }: Waiting): void {
    const last = this.last[rank]!;
    last.delete(owner);
    last.set(owner, ++this.turn);
    if (last.size > REMEMBERED_OWNERS) last.delete(last.keys().next().value!);
  }

  private before(a: Waiting, b: Waiting): boolean {
    return a.rank === b.rank ? this.lastOf(a) < this.lastOf(b) : a.rank < b.rank;
  }

  private lastOf({ rank, owner = "" }: Waiting): number {
    return this.last[rank]!.get(owner) ?? 0;
  }
}
