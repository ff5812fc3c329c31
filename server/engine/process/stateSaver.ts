/** Saves conversations to disk: after some idle time, and before the process ends. */
import { setTimeout as pause } from "node:timers/promises";
import type { Gate } from "./gate.ts";
import type { Slot } from "./slot.ts";
import type { Slots } from "./slots.ts";
import type { StateCache } from "./stateCache.ts";

/**
 * How long a conversation must be idle before it is saved, ms. Only a killed process needs this save, so there is no
 * hurry: a state of the 9B takes 139 MiB and 16 KiB a token, and disks wear.
 */
const IDLE_MS = 10_000;
/** Minimum time between two saves of one slot, ms: at most 30 an hour, for the same reason. */
const MIN_INTERVAL_MS = 120_000;

export class StateSaver {
  private readonly slots: Slots;
  private readonly gate: Gate;
  private readonly caches: StateCache[];
  private readonly timers = new Map<Slot, NodeJS.Timeout>();
  private readonly lastSave = new Map<Slot, number>();

  constructor(slots: Slots, gate: Gate, caches: StateCache[]) {
    this.slots = slots;
    this.gate = gate;
    this.caches = caches;
    slots.onFree = (slot) => this.schedule(slot);
  }

  /**
   * Saves everything that is not on disk yet. No request may follow.
   * @param withinMs time limit. Settling, which makes the next turn cheaper, may take half of it.
   */
  async saveAll(withinMs: number): Promise<void> {
    const settling = this.slots.all.map((slot) => this.slots.idleEnded(slot));
    await Promise.race([Promise.all(settling), pause(withinMs / 2, undefined, { ref: false })]);
    for (const slot of this.slots.all) await this.withSlot(slot, () => slot.save(true));
    await Promise.all(this.caches.map((cache) => cache.flushed()));
  }

  /** Removes all state of a conversation (a hash), on disk and in memory. Waits for a running reply in it. */
  async forget(conversation: string): Promise<void> {
    for (const cache of this.caches) await cache.forget(conversation);
    for (const slot of this.slots.all)
      if (slot.holds(conversation))
        await this.withSlot(slot, async () => {
          if (slot.holds(conversation)) await slot.clear();
        });
    // The conversation may have been saved in the meantime.
    for (const cache of this.caches) await cache.forget(conversation);
  }

  private async withSlot(slot: Slot, work: () => Promise<void>): Promise<void> {
    await this.slots.claim(slot, new AbortController().signal);
    const runner = this.gate.join("chat");
    try {
      await runner.run(work);
    } finally {
      runner.leave();
      this.slots.release(slot);
    }
  }

  /** Every use of the slot postpones the save. No save begins while a request runs in the slot. */
  private schedule(slot: Slot): void {
    clearTimeout(this.timers.get(slot));
    if (!slot.isUnsaved(false)) return;
    const last = this.lastSave.get(slot) ?? Number.NEGATIVE_INFINITY;
    const wait = Math.max(IDLE_MS, last + MIN_INTERVAL_MS - performance.now());
    this.timers.set(
      slot,
      setTimeout(() => this.slots.idleIfFree(slot, (_, signal) => this.saveIdle(slot, signal)), wait).unref(),
    );
  }

  /** A request for the slot waits only for the write: the written file is checked in the background. */
  private async saveIdle(slot: Slot, signal: AbortSignal): Promise<void> {
    const runner = this.gate.join("idle");
    try {
      await runner.run(async () => {
        signal.throwIfAborted();
        this.lastSave.set(slot, performance.now());
        await slot.save(false);
      });
    } finally {
      runner.leave();
    }
  }
}
