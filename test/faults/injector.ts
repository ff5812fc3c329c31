/** Waits for a fault's moment, and causes it. */
import { setTimeout as pause } from "node:timers/promises";
import { enginePid, hostPid } from "../support/client.ts";
import type { Fault, Stage } from "./plan.ts";
import type { SocketProxy } from "./proxy.ts";
import type { Strangers } from "./strangers.ts";
import type { Violation } from "./violations.ts";
import type { Window } from "./window.ts";
import type { World } from "./world.ts";

const POLL_MS = 2;
/** How long to wait for a process that has to be hit at its start, or for a file to be written, ms. */
const PATIENCE_MS = 45_000;

/** How many questions others ask, one after the other. */
const STRANGERS = 10;

/** `delivered`: the fault happened. `missed`: why it did not. */
export type Outcome = { fault: Fault; delivered: boolean; missed?: string };

export type InjectorOptions = {
  world: World;
  windows: () => Window[];
  proxy?: SocketProxy;
  strangers?: Strangers;
  hasDisk: boolean;
  violate: (violation: Violation) => void;
};

export class Injector {
  readonly outcomes: Outcome[];
  private readonly options: InjectorOptions;
  private readonly begun = new Set<Fault>();
  private readonly over: Promise<void>[] = [];

  constructor(faults: readonly Fault[], options: InjectorOptions) {
    this.outcomes = faults.map((fault) => ({ fault, delivered: false, missed: "its stage never came" }));
    this.options = options;
  }

  /** Resolves when the faults of this stage have been caused. */
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
    // A fault that waits for a file to be written must not prevent the writing.
    if (stage !== "saving") await all;
  }

  /** Resolves when everything that was stopped for a while continues. */
  async settled(): Promise<void> {
    for (let i = 0; i < this.over.length; i++) await this.over[i];
  }

  /** Returns why the fault did not happen, if it did not. */
  private async inject(fault: Fault, window: Window): Promise<string | undefined> {
    const late = await this.moment(fault, window);
    if (late) return late;
    await pause(fault.delayMs);
    if (!this.isStill(fault.stage, window)) return `${fault.stage} was over`;
    if (fault.kind === "disk") return this.fill(fault);
    if (fault.kind === "cut") return this.cut(fault, window);
    if (fault.kind === "text" || fault.kind === "strangers") return this.send(fault);
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

  /** Waits in the window's stage until the victim or its file exists. Returns why that did not happen, if so. */
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
    // The window reports loading when the host starts.
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

  /**
   * Requests of others must harm nobody: they are answered, and the engine survives. The window's request continues
   * meanwhile.
   */
  private send({ kind }: Fault): undefined {
    const { strangers, world, violate } = this.options;
    const before = enginePid(world.runtime);
    const sent = async () => {
      if (kind === "text") await strangers!.sendHardTexts();
      else for (let i = 0; i < STRANGERS; i++) await strangers!.ask();
      if (enginePid(world.runtime) !== before) violate({ what: "engine ended", detail: `over ${kind}` });
    };
    this.over.push(sent().catch((error) => violate({ what: "stranger not answered", detail: String(error) })));
    return undefined;
  }

  private later(ms: number, undo: () => void): void {
    this.over.push(
      pause(ms).then(() => {
        try {
          undo();
        } catch {
          // It has ended in the meantime.
        }
      }),
    );
  }
}
