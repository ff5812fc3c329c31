/** Decides when the engine frees its memory automatically: without clients, when memory is low, or on battery. */
import { t } from "@vscode/l10n";
import type { EnginePolicy } from "../../protocol.ts";
import { type AvailableMemory, availableMemory } from "./availableMemory.ts";
import { CLOCK, type Clock, Poller } from "./poller.ts";
import { onBattery } from "./power.ts";

const MINUTE = 60_000;
/** Default time that the model stays loaded after the last client has left, minutes. */
const KEEP_ALIVE_MINUTES = 1;
/** The maximum delay of Node's timers, ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * With less available RAM than this, a machine is low on memory, bytes. Below a twelfth of its RAM, a desktop begins to
 * swap; earlyoom and systemd-oomd, which end processes, act at a tenth to a twentieth. Large machines need only 2 GiB,
 * small ones at least 512 MiB.
 */
export const lowMemoryLimit = (total: number): number => Math.min(Math.max(total / 12, 512 * 1024 ** 2), 2 * 1024 ** 3);
/** How often to measure the available memory, ms. */
const MEMORY_CHECK_MS = 10_000;
/** This many low measurements in a row unload the model. A single peak, for example of a linker, does not. */
const LOW_CHECKS = 2;
/** If a model is loaded again after low memory has unloaded it, how long to leave it loaded, ms. */
const QUIET_MS = 10 * MINUTE;

/** How often to check for battery power, ms. */
const POWER_CHECK_MS = MINUTE;
/** After this time without a request, the model is unloaded on battery, minutes. */
const IDLE_MINUTES = 5;

export type MemoryPolicyOptions = {
  /** Called once when the last client has been gone for the configured time and no request runs. */
  leave: () => void;
  /** Unloads the model. `reason`: a sentence for the user. Called at once after the decision, while no request runs. */
  unload: (reason: string) => void;
  availableMemory?: () => Promise<AvailableMemory | undefined>;
  onBattery?: () => Promise<boolean>;
  clock?: Clock;
};

/** Watches clients, use, memory and power, and calls back when the policy says so. */
export class MemoryPolicy {
  private readonly options: Required<MemoryPolicyOptions>;
  private readonly memory: Poller;
  private readonly power: Poller;
  private policy: EnginePolicy = {};
  /** The number of clients; undefined until the first report, and after `leave`. */
  private clients: number | undefined;
  private leftAt = 0;
  private cancelLeave = () => {};
  private loaded = false;
  private busy = false;
  private usedAt = 0;
  /** How many times in a row memory was low. */
  private lowChecks = 0;
  /** Whether low memory has unloaded the model. */
  private wasLow = false;
  private quietUntil = Number.NEGATIVE_INFINITY;
  private onBatterySince: number | undefined;

  constructor(options: MemoryPolicyOptions) {
    this.options = { availableMemory, onBattery, clock: CLOCK, ...options };
    const { clock } = this.options;
    this.memory = new Poller(clock, MEMORY_CHECK_MS, () => this.checkMemory());
    this.power = new Poller(clock, POWER_CHECK_MS, () => this.checkPower());
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
      if (this.wasLow) this.quietUntil = this.usedAt + QUIET_MS;
      this.wasLow = false;
    }
    this.loaded = loaded;
    this.busy = busy;
    this.review();
  }

  /** Reports that the model was used without being busy, for example to read ahead. */
  used(): void {
    this.usedAt = this.options.clock.now();
    this.lowChecks = 0;
  }

  /** Stops all checks and calls. */
  dispose(): void {
    this.cancelLeave();
    this.memory.setActive(false);
    this.power.setActive(false);
  }

  private review(): void {
    const { lowMemory, onBattery } = this.policy;
    this.memory.setActive(this.idle && lowMemory === "unload");
    if (!this.idle || onBattery !== "unload") this.onBatterySince = undefined;
    this.power.setActive(this.idle && onBattery === "unload");
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

  private async checkMemory(): Promise<void> {
    const memory = await this.options.availableMemory();
    const isLow = memory !== undefined && memory.available < lowMemoryLimit(memory.total);
    this.lowChecks = isLow && this.options.clock.now() >= this.quietUntil ? this.lowChecks + 1 : 0;
    if (this.lowChecks < LOW_CHECKS || !this.idle || this.policy.lowMemory !== "unload") return;
    this.wasLow = true;
    this.unload(t("The model was unloaded because the machine ran low on memory."));
  }

  private async checkPower(): Promise<void> {
    const battery = await this.options.onBattery();
    const now = this.options.clock.now();
    this.onBatterySince = battery ? (this.onBatterySince ?? now) : undefined;
    if (this.onBatterySince === undefined || !this.idle || this.policy.onBattery !== "unload") return;
    if (now - Math.max(this.usedAt, this.onBatterySince) < IDLE_MINUTES * MINUTE) return;
    this.unload(t("The model was unloaded to save battery: it was idle for {0} minutes.", IDLE_MINUTES));
  }

  private unload(reason: string): void {
    // Until engineChanged reports the unloading.
    this.loaded = false;
    this.review();
    this.options.unload(reason);
  }
}
