/** Backends that ended the engine process, by the model's path: not tried again, until the user asks for it. */
import { t } from "@vscode/l10n";
import type { Backend, BackendFailure, LoadParams } from "../protocol.ts";
import type { Death } from "./child.ts";

/** The best first; the CPU is what is left. */
export const BACKEND_ORDER: Backend[] = ["cuda", "metal", "vulkan", "cpu"];

/** Of failures those that matter to what is asked for, in that order: those of backends that would have been tried. */
export function failuresFor(wanted: LoadParams["gpu"], failures: BackendFailure[]): BackendFailure[] {
  if (wanted === "off") return [];
  const place = (backend: Backend) => BACKEND_ORDER.indexOf(backend);
  const first = wanted === undefined || wanted === "auto" ? 0 : place(wanted);
  return failures.filter(({ backend }) => place(backend) >= first).sort((a, b) => place(a.backend) - place(b.backend));
}

/** A second death within this time is the backend's habit, ms. */
const SOON_MS = 60_000;

export class DeadBackends {
  private readonly failures = new Map<string, BackendFailure[]>();
  /** The last death at work, by model and backend; ms since 1970. */
  private readonly lastDeath = new Map<string, number>();

  /** In the order in which they died. */
  of(model: string): BackendFailure[] {
    return this.failures.get(model) ?? [];
  }

  /** Returns whether another backend is to be tried: there is none after the CPU. */
  diedLoading(model: string, backend: Backend | undefined, { reason, stopped }: Death): boolean {
    if (backend === undefined || backend === "cpu" || stopped) return false;
    this.add(model, {
      backend,
      reason: t("{0} is not used: it ended the engine while it was loading ({1}).", backend, reason),
    });
    return true;
  }

  /** Returns whether the backend has been given up: it has ended the engine twice within a minute. */
  diedWorking(model: string, backend: Backend, { reason, killed, stopped }: Death, now = Date.now()): boolean {
    // Who was killed or stopped from outside did not do it.
    if (backend === "cpu" || killed || stopped) return false;
    const key = JSON.stringify([model, backend]);
    const last = this.lastDeath.get(key) ?? Number.NEGATIVE_INFINITY;
    this.lastDeath.set(key, now);
    if (now - last > SOON_MS) return false;
    this.lastDeath.delete(key);
    this.add(model, {
      backend,
      reason: t("{0} is not used: it ended the engine twice within a minute ({1}).", backend, reason),
    });
    return true;
  }

  /** All are tried again with that model. */
  forget(model: string): void {
    this.failures.delete(model);
  }

  private add(model: string, failure: BackendFailure): void {
    this.failures.set(model, [...this.of(model), failure]);
  }
}
