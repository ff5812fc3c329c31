/** Detects a process that runs but no longer answers: it was stopped, or it hangs in a driver. */
import { readFileSync } from "node:fs";

/** All in ms. */
export type WatchdogTimes = {
  /** How often to send a ping. */
  pingMs: number;
  /** A process that is silent for this long hangs. Reading a driver from a cold disk takes seconds. */
  silentMs: number;
  /** The limit until the first answer: a busy machine takes long to start a process. */
  startMs: number;
  /** The limit for a process that the system reports as stopped (Linux). */
  stoppedMs: number;
};

const TIMES: WatchdogTimes = { pingMs: 1000, silentMs: 30_000, startMs: 120_000, stoppedMs: 10_000 };

/** `stopped`: whether a signal has stopped it, which is not its own fault. `ms`: the length of the silence. */
export type Silence = { ms: number; stopped: boolean };

export type WatchdogOptions = {
  /** Asks the process. Report its answers with `heard`. */
  ping: () => void;
  /** Called once. After that, the watchdog no longer asks. */
  onSilent: (silence: Silence) => void;
  /** The process's id, if it runs on this machine. */
  pid?: number;
  times?: Partial<WatchdogTimes>;
};

/** Starts at once. Does not keep this process alive. */
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

  /** Call this when the process has answered. */
  heard(): void {
    this.started = true;
    this.heardAt = performance.now();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const now = performance.now();
    // This check is late: the machine or this process has slept, and an answer may be waiting to be read.
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

/** Whether a signal has stopped the process. Linux: the state after the name in /proc/PID/stat, proc(5). */
function isStopped(pid: number | undefined): boolean {
  if (pid === undefined || process.platform !== "linux") return false;
  try {
    return /\) T /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}
