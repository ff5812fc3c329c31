/**
 * Backends that have ended the engine process, by the model's path. They are not tried again until the user asks to
 * retry them.
 */
import { t } from "@vscode/l10n";
import type { Backend, BackendFailure } from "../../protocol.ts";
import type { Death } from "./child.ts";

/** A backend is given up after two deaths within this time, ms. */
const SOON_MS = 60_000;

export class DeadBackends {
  private readonly failures = new Map<string, BackendFailure[]>();
  /** When the process last died after loading, by model and backend; ms since 1970. */
  private readonly lastDeath = new Map<string, number>();

  /** The backends given up for that model, in the order in which they failed. */
  of(model: string): BackendFailure[] {
    return this.failures.get(model) ?? [];
  }

  /** Returns whether to try another backend; there is none after the CPU. */
  diedLoading(model: string, backend: Backend | undefined, { reason, stopped }: Death): boolean {
    if (backend === undefined || backend === "cpu" || stopped) return false;
    this.add(model, {
      backend,
      reason: t("{0} is not used: it crashed the engine while loading ({1}).", backend, reason),
    });
    return true;
  }

  /** Returns whether the backend is given up: it has ended the engine twice within a minute. */
  diedWorking(model: string, backend: Backend, { reason, killed, stopped }: Death, now = Date.now()): boolean {
    // A process that was killed or stopped from outside is not the backend's fault.
    if (backend === "cpu" || killed || stopped) return false;
    const key = JSON.stringify([model, backend]);
    const last = this.lastDeath.get(key) ?? Number.NEGATIVE_INFINITY;
    this.lastDeath.set(key, now);
    if (now - last > SOON_MS) return false;
    this.lastDeath.delete(key);
    this.add(model, {
      backend,
      reason: t("{0} is not used: it crashed the engine twice within a minute ({1}).", backend, reason),
    });
    return true;
  }

  /** Allows all backends for that model again. */
  forget(model: string): void {
    this.failures.delete(model);
  }

  private add(model: string, failure: BackendFailure): void {
    this.failures.set(model, [...this.of(model), failure]);
  }
}
