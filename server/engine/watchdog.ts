/** Notices that a process lives but no longer answers: somebody has stopped it, or it hangs in a driver. */
import { readFileSync } from "node:fs";

/** All in ms. */
export type WatchdogTimes = {
  /** How often it is asked. */
  pingMs: number;
  /** A process that has been silent for so long hangs: reading a driver from a cold disk takes seconds. */
  silentMs: number;
  /** The same until it has answered for the first time: a busy machine takes long to start it. */
  startMs: number;
  /** One of which the system says that it is stopped (Linux) need not be waited for so long. */
  stoppedMs: number;
};

const TIMES: WatchdogTimes = { pingMs: 1000, silentMs: 30_000, startMs: 120_000, stoppedMs: 10_000 };

/** `stopped`: by a signal, which is somebody else's doing. `ms`: how long it has lasted. */
export type Silence = { ms: number; stopped: boolean };

export type WatchdogOptions = {
  /** Asks the other end, whose answer is passed on by `heard`. */
  ping: () => void;
  /** Called once; nothing is asked any more then. */
  onSilent: (silence: Silence) => void;
  /** The process's id, where it is one of this machine's. */
  pid?: number;
  times?: Partial<WatchdogTimes>;
};

/** Begins at once. Does not keep this process alive. */
export class Watchdog {
  private readonly options: WatchdogOptions;
  private readonly times: WatchdogTimes;
  private readonly timer: NodeJS.Timeout;
  private heardAt = performance.now();
  private lookedAt = this.heardAt;
  private started = false;

  constructor(options: WatchdogOptions) {
    this.options = options;
    this.times = { ...TIMES, ...options.times };
    this.timer = setInterval(() => this.look(), this.times.pingMs).unref();
  }

  /** It has answered. */
  heard(): void {
    this.started = true;
    this.heardAt = performance.now();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const now = performance.now();
    // The machine has slept, or this process has: what the other one said has not been read yet.
    if (now - this.lookedAt > 2 * this.times.pingMs) this.heardAt = now;
    this.lookedAt = now;
    const ms = now - this.heardAt;
    const stopped = ms >= this.times.stoppedMs && isStopped(this.options.pid);
    if (stopped || ms >= (this.started ? this.times.silentMs : this.times.startMs)) {
      this.stop();
      this.options.onSilent({ ms, stopped });
    } else this.options.ping();
  }
}

/** Whether a signal has stopped the process. Linux: the state behind the name in /proc/PID/stat, proc(5). */
function isStopped(pid: number | undefined): boolean {
  if (pid === undefined || process.platform !== "linux") return false;
  try {
    return /\) T /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}
