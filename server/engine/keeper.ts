/** When conversations are saved to disk: when they have been idle for a while, and before the process ends. */
import { setTimeout as pause } from "node:timers/promises";
import type { Gate } from "./gate.ts";
import type { Parking } from "./parking.ts";
import type { Slot } from "./slot.ts";
import type { Slots } from "./slots.ts";

/**
 * A conversation that nobody has gone on with for so long is saved, ms. Only what kills the process outright makes use of
 * it, so there is no hurry: the 9B's states are 139 MiB and 16 KiB a token, and disks wear.
 */
const IDLE_MS = 10_000;
/** Between two savings of one slot, ms, for the same reason: 30 an hour at the most. */
const BETWEEN_MS = 120_000;

export class Keeper {
  private readonly slots: Slots;
  private readonly gate: Gate;
  private readonly parkings: Parking[];
  private readonly timers = new Map<Slot, NodeJS.Timeout>();
  private readonly saved = new Map<Slot, number>();

  constructor(slots: Slots, gate: Gate, parkings: Parking[]) {
    this.slots = slots;
    this.gate = gate;
    this.parkings = parkings;
    slots.onFree = (slot) => this.later(slot);
  }

  /**
   * Saves all that is not on disk yet. Nothing must be asked any more.
   * @param withinMs half of it is given to idle work that makes the next turn cheaper, if some is under way.
   */
  async saveAll(withinMs: number): Promise<void> {
    const settling = this.slots.all.map((slot) => this.slots.quiet(slot));
    await Promise.race([Promise.all(settling), pause(withinMs / 2, undefined, { ref: false })]);
    for (const slot of this.slots.all) await this.alone(slot, () => slot.save(true));
    await Promise.all(this.parkings.map((parking) => parking.settled()));
  }

  /** Removes all that is held of a conversation (a hash), on disk and in here; waits for a reply in it that is running. */
  async forget(conversation: string): Promise<void> {
    for (const parking of this.parkings) await parking.forget(conversation);
    for (const slot of this.slots.all)
      if (slot.holds(conversation))
        await this.alone(slot, async () => {
          if (slot.holds(conversation)) await slot.clear();
        });
    // What has been saved while it was waited for.
    for (const parking of this.parkings) await parking.forget(conversation);
  }

  private async alone(slot: Slot, work: () => Promise<void>): Promise<void> {
    await this.slots.claim(slot, new AbortController().signal);
    const seat = this.gate.join("chat");
    try {
      await seat.run(work);
    } finally {
      seat.leave();
      this.slots.release(slot);
    }
  }

  /** Any use of the slot puts it off; nothing is begun while a request runs in it. */
  private later(slot: Slot): void {
    clearTimeout(this.timers.get(slot));
    if (!slot.isUnsaved(false)) return;
    const last = this.saved.get(slot) ?? Number.NEGATIVE_INFINITY;
    const wait = Math.max(IDLE_MS, last + BETWEEN_MS - performance.now());
    this.timers.set(
      slot,
      setTimeout(() => this.slots.whileFree(slot, (_, signal) => this.saveIdle(slot, signal)), wait).unref(),
    );
  }

  /** Whoever wants the slot waits for the writing at most: what has been written is verified behind that. */
  private async saveIdle(slot: Slot, signal: AbortSignal): Promise<void> {
    const seat = this.gate.join("idle");
    try {
      await seat.run(async () => {
        signal.throwIfAborted();
        this.saved.set(slot, performance.now());
        await slot.save(false);
      });
    } finally {
      seat.leave();
    }
  }
}
