/** Decides when the engine frees its memory automatically: without clients, on low memory, or on battery. */
import { t } from "@vscode/l10n";
import type { EnginePolicy } from "../../protocol.ts";
import { type MemoryLeft, memoryLeft } from "./availableMemory.ts";
import { CLOCK, type Clock, Poller } from "./poller.ts";
import { onBattery } from "./power.ts";

const MINUTE = 60_000;
const KEEP_ALIVE_MINUTES = 1;
/** The maximum delay of Node's timers, ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Below this much available RAM the machine is low on memory, bytes. Below a twelfth desktops begin to swap; earlyoom
 * and systemd-oomd, which end processes, act at a tenth to a twentieth. Large machines need only 2 GiB, small ones need
 * some.
 */
export const shortOf = (total: number): number => Math.min(Math.max(total / 12, 512 * 1024 ** 2), 2 * 1024 ** 3);
const MEMORY_LOOK_MS = 10_000;
/** Number of low measurements in a row, so that a linker's peak does not cost the model. */
const SHORT_LOOKS = 2;
/** How long to leave a model alone that was needed again after low memory had unloaded it, ms. */
const QUIET_MS = 10 * MINUTE;

const POWER_LOOK_MS = MINUTE;
/** Time without a request on battery, minutes. */
const IDLE_MINUTES = 5;

export type MemoryPolicyOptions = {
  /** The last client has been gone for the configured time, and no request runs. Called once for each time. */
  leave: () => void;
  /** Unload the model. `reason`: a sentence for the user. Called at once after the decision, while no request runs. */
  unload: (reason: string) => void;
  memoryLeft?: () => Promise<MemoryLeft | undefined>;
  onBattery?: () => Promise<boolean>;
  clock?: Clock;
};

export class MemoryPolicy {
  private readonly options: Required<MemoryPolicyOptions>;
  private readonly memory: Poller;
  private readonly power: Poller;
  private policy: EnginePolicy = {};
  /** Undefined until the first report. */
  private clients: number | undefined;
  private leftAt = 0;
  private cancelLeave = () => {};
  private loaded = false;
  private busy = false;
  private usedAt = 0;
  /** How many times in a row memory was low. */
  private shortLooks = 0;
  private wasShort = false;
  private quietUntil = Number.NEGATIVE_INFINITY;
  private onBatterySince: number | undefined;

  constructor(options: MemoryPolicyOptions) {
    this.options = { memoryLeft, onBattery, clock: CLOCK, ...options };
    const { clock } = this.options;
    this.memory = new Poller(clock, MEMORY_LOOK_MS, () => this.lookAtMemory());
    this.power = new Poller(clock, POWER_LOOK_MS, () => this.lookAtPower());
  }

  set(policy: EnginePolicy): void {
    this.policy = policy;
    this.review();
  }

  /** Reports how many clients are connected. */
  clientsChanged(count: number): void {
    if (count === 0 && this.clients !== 0) this.leftAt = this.options.clock.now();
    this.clients = count;
    this.review();
  }

  /** Reports every change. `loaded`: the model is loaded, ready or busy. `busy`: requests run or wait. */
  engineChanged({ loaded, busy }: { loaded: boolean; busy: boolean }): void {
    if (loaded === this.loaded && busy === this.busy) return;
    this.used();
    if (loaded && !this.loaded) {
      if (this.wasShort) this.quietUntil = this.usedAt + QUIET_MS;
      this.wasShort = false;
    }
    this.loaded = loaded;
    this.busy = busy;
    this.review();
  }

  /** Reports that the model was used without being busy, for example to read ahead. */
  used(): void {
    this.usedAt = this.options.clock.now();
    this.shortLooks = 0;
  }

  /** Stops all checks and calls. */
  dispose(): void {
    this.cancelLeave();
    this.memory.want(false);
    this.power.want(false);
  }

  private review(): void {
    const { lowMemory, onBattery } = this.policy;
    this.memory.want(this.idle && lowMemory === "unload");
    if (!this.idle || onBattery !== "unload") this.onBatterySince = undefined;
    this.power.want(this.idle && onBattery === "unload");
    this.awaitLeave();
  }

  private get idle(): boolean {
    return this.loaded && !this.busy;
  }

  private awaitLeave(): void {
    this.cancelLeave();
    const { keepAliveMinutes: asked } = this.policy;
    const minutes = Number.isFinite(asked) ? asked! : KEEP_ALIVE_MINUTES;
    if (this.clients !== 0 || this.busy || minutes < 0) return;
    const { clock, leave } = this.options;
    const ms = this.leftAt + minutes * MINUTE - clock.now();
    if (ms > 0) this.cancelLeave = clock.after(Math.min(ms, LONGEST_TIMER_MS), () => this.awaitLeave());
    else {
      this.clients = undefined;
      leave();
    }
  }

  private async lookAtMemory(): Promise<void> {
    const left = await this.options.memoryLeft();
    const short = left !== undefined && left.available < shortOf(left.total);
    this.shortLooks = short && this.options.clock.now() >= this.quietUntil ? this.shortLooks + 1 : 0;
    if (this.shortLooks < SHORT_LOOKS || !this.idle || this.policy.lowMemory !== "unload") return;
    this.wasShort = true;
    this.giveBack(t("The model was unloaded because the machine ran low on memory."));
  }

  private async lookAtPower(): Promise<void> {
    const battery = await this.options.onBattery();
    const now = this.options.clock.now();
    this.onBatterySince = battery ? (this.onBatterySince ?? now) : undefined;
    if (this.onBatterySince === undefined || !this.idle || this.policy.onBattery !== "unload") return;
    if (now - Math.max(this.usedAt, this.onBatterySince) < IDLE_MINUTES * MINUTE) return;
    this.giveBack(t("The model was unloaded to save battery: it was idle for {0} minutes.", IDLE_MINUTES));
  }

  private giveBack(reason: string): void {
    // engineChanged reports what happens then.
    this.loaded = false;
    this.review();
    this.options.unload(reason);
  }
}
