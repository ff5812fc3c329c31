/** Whose turn it is, where several owners want the same thing: the engine's next step, a slot. */
import type { Priority } from "./engine.ts";

/** The smaller, the sooner. */
export const RANK: Record<Priority, number> = { edit: 0, chat: 1, idle: 2 };

/** So many owners are remembered in each rank; whoever is forgotten counts as one that has had no turn. */
const REMEMBERED = 64;

/** `owner`: all that names none belongs together. */
export type Waiting = { rank: number; owner: string | undefined };

/**
 * The most urgent goes first; of those that are equally urgent the one whose owner had a turn least recently, and of an
 * owner's own the one that came first. So what an owner gets does not grow with how much it asks for, and nobody waits for
 * more than one turn of each other owner.
 */
export class Turns {
  private turn = 0;
  /** The number of each owner's last turn, by rank; least recent first. */
  private readonly last: Map<string, number>[] = Object.values(RANK).map(() => new Map());

  /** The one whose turn it is, of those that wait in the order in which they came. */
  next<W extends Waiting>(waiting: readonly W[], may: (waiter: W) => boolean): W | undefined {
    let best: W | undefined;
    for (const waiter of waiting) if (may(waiter) && (!best || this.before(waiter, best))) best = waiter;
    return best;
  }

  /** To be told of every turn that somebody has. */
  had({ rank, owner = "" }: Waiting): void {
    const last = this.last[rank]!;
    last.delete(owner);
    last.set(owner, ++this.turn);
    if (last.size > REMEMBERED) last.delete(last.keys().next().value!);
  }

  private before(a: Waiting, b: Waiting): boolean {
    return a.rank === b.rank ? this.lastOf(a) < this.lastOf(b) : a.rank < b.rank;
  }

  private lastOf({ rank, owner = "" }: Waiting): number {
    return this.last[rank]!.get(owner) ?? 0;
  }
}
