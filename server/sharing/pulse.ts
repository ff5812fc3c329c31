/** Whether the process at the other end of a connection still answers; asked only while something is expected of it. */
import { isStoppedOrGone } from "./processState.ts";

export type PulseOptions = {
  ping: () => Promise<unknown>;
  pid: number | undefined;
  /** How often it is asked, ms. */
  everyMs: number;
  /** So long without an answer, and its process is looked at: one that was stopped will not answer. ms */
  silentMs: number;
  /** So long without an answer, and it is given up whatever its process looks like: a busy machine makes some seconds. ms */
  lostMs: number;
  /** Called again and again while it does not answer. */
  onSilent: () => void;
};

export class Pulse {
  private readonly options: PulseOptions;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: PulseOptions) {
    this.options = options;
  }

  start(): void {
    const { ping, pid, everyMs, silentMs, lostMs, onSilent } = this.options;
    if (this.timer) return;
    let heard = performance.now();
    let last = heard;
    let asked = false;
    const answered = () => {
      asked = false;
      heard = performance.now();
    };
    this.timer = setInterval(() => {
      const now = performance.now();
      // Our own process, or the machine, slept: the silence was ours.
      if (now - last > 3 * everyMs) heard = now;
      last = now;
      const silent = now - heard;
      if (silent > lostMs || (silent > silentMs && pid !== undefined && isStoppedOrGone(pid))) onSilent();
      if (asked) return;
      asked = true;
      // A connection that has ended tells so itself.
      ping().then(answered, () => {});
    }, everyMs);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
