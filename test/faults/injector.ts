/** Waits for a fault's moment, and does it. */
import { setTimeout as pause } from "node:timers/promises";
import { enginePid, hostPid } from "../support/client.ts";
import type { Fault, Stage } from "./plan.ts";
import type { SocketProxy } from "./proxy.ts";
import type { Window } from "./window.ts";
import type { World } from "./world.ts";

const POLL_MS = 2;
/** So long it is waited for a process that is to be hit as it starts, or a file that is to be written, ms. */
const PATIENCE_MS = 45_000;

/** `missed`: why it was none, where it was none. */
export type Outcome = { fault: Fault; delivered: boolean; missed?: string };

export type InjectorOptions = { world: World; windows: () => Window[]; proxy?: SocketProxy; hasDisk: boolean };

export class Injector {
  readonly outcomes: Outcome[];
  private readonly options: InjectorOptions;
  private readonly begun = new Set<Fault>();
  private readonly over: Promise<void>[] = [];

  constructor(faults: readonly Fault[], options: InjectorOptions) {
    this.outcomes = faults.map((fault) => ({ fault, delivered: false, missed: "its stage never came" }));
    this.options = options;
  }

  /** Resolves when what is due then has been done. */
  async stage(window: Window, stage: Stage, step: number): Promise<void> {
    const due = this.outcomes.filter(
      ({ fault }) =>
        fault.stage === stage &&
        fault.window === window.index &&
        (fault.step === step || ["starting", "loading", "idle"].includes(stage)) &&
        !this.begun.has(fault),
    );
    const done = due.map(async (outcome) => {
      this.begun.add(outcome.fault);
      outcome.missed = await this.inject(outcome.fault, window);
      outcome.delivered = outcome.missed === undefined;
    });
    const all = Promise.all(done).then(() => {});
    this.over.push(all);
    // What is waiting for a file to be written must not keep it from being written.
    if (stage !== "saving") await all;
  }

  /** Whatever was stopped for a while goes on again. */
  async settled(): Promise<void> {
    for (let i = 0; i < this.over.length; i++) await this.over[i];
  }

  /** Returns why it came to nothing. */
  private async inject(fault: Fault, window: Window): Promise<string | undefined> {
    const late = await this.moment(fault, window);
    if (late) return late;
    await pause(fault.delayMs);
    if (!this.isStill(fault.stage, window)) return `${fault.stage} was over`;
    if (fault.kind === "disk") return this.fill(fault);
    if (fault.kind === "cut") return this.cut(fault, window);
    const pid = this.victim(fault, window);
    if (pid === undefined) return `there was no ${fault.victim}`;
    try {
      process.kill(pid, fault.kind === "kill" ? "SIGKILL" : "SIGSTOP");
    } catch {
      return `the ${fault.victim} had just ended`;
    }
    if (fault.kind === "stop") this.later(fault.forMs, () => process.kill(pid, "SIGCONT"));
    return undefined;
  }

  /** Beyond the window's stage: the victim is there, or its file is. */
  private async moment({ victim, stage, kind }: Fault, window: Window): Promise<string | undefined> {
    const { world } = this.options;
    const until = performance.now() + PATIENCE_MS;
    if (stage === "saving") {
      const files = () => [...world.filesIn("states"), ...world.filesIn("tmp")];
      const before = new Set(files());
      while (!files().some((file) => !before.has(file))) {
        if (performance.now() > until || window.stage === "idle") return "nothing was saved";
        await pause(POLL_MS);
      }
    }
    // What the window tells of as loading begins with the host's start.
    if (stage === "loading") victim = "engine";
    else if (stage !== "starting" || kind === "disk" || kind === "cut") return undefined;
    while (this.find(victim, window) === undefined) {
      if (performance.now() > until || window.status.type === "ready") return `there was no ${victim}`;
      await pause(POLL_MS);
    }
    return undefined;
  }

  private isStill(stage: Stage, window: Window): boolean {
    if (stage === "starting") return !["ready", "busy"].includes(window.status.type);
    if (stage === "loading") return window.status.type === "loading";
    if (stage === "saving" || stage === "idle") return true;
    return window.stage === stage;
  }

  private victim({ victim }: Fault, window: Window): number | undefined {
    return this.find(victim, window);
  }

  private find(victim: Fault["victim"], window: Window): number | undefined {
    const { runtime } = this.options.world;
    if (victim === "extensionHost") return window.client?.process.pid;
    if (victim === "server") return window.serverPid;
    return victim === "host" ? hostPid(runtime) : enginePid(runtime);
  }

  private fill({ forMs }: Fault): string | undefined {
    if (!this.options.hasDisk) return "no disk of its own could be had";
    const free = this.options.world.fillDisks();
    this.later(forMs, free);
    return undefined;
  }

  private async cut({ victim }: Fault, window: Window): Promise<string | undefined> {
    if (victim === "extensionHost") {
      window.client?.process.stdin?.destroy();
      window.client?.process.stdout?.destroy();
      return undefined;
    }
    const cut = await this.options.proxy?.cut(victim === "server" ? window.serverPid : undefined);
    return cut ? undefined : "there was no connection";
  }

  private later(ms: number, undo: () => void): void {
    this.over.push(
      pause(ms).then(() => {
        try {
          undo();
        } catch {
          // It has been ended meanwhile.
        }
      }),
    );
  }
}
