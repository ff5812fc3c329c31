/** One run: windows that ask, one or two faults, and then checks of everything that could be broken. */
import { readdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { Injector, type Outcome } from "./injector.ts";
import type { Fault, Kind, Plan } from "./plan.ts";
import { SocketProxy } from "./proxy.ts";
import { ONE_THREAD, type Reference } from "./reference.ts";
import { farewells } from "./script.ts";
import { Strangers } from "./strangers.ts";
import { nameOfError, type Violation } from "./violations.ts";
import { KEPT, Window } from "./window.ts";
import { residentKib, World } from "./world.ts";

/** Time without requests, ms. */
const IDLE_MS = 300;
/** How long everything may take to end after the last window, ms; usually a tenth of that. */
const GONE_MS = 20_000;
/** What may remain in the runtime folder. */
const LEFT = ["host.log"];

export type RunResult = { plan: Plan; outcomes: Outcome[]; violations: Violation[]; ms: number; errors: string[] };

export async function run(plan: Plan, reference: Reference): Promise<RunResult> {
  const started = performance.now();
  const world = new World();
  const violations: Violation[] = [];
  const violate = (violation: Violation) => void violations.push(violation);
  const hasDisk = givenDisks(plan.faults, world);
  const memory = sharedMemory();
  const proxy = plan.faults.some(({ kind, victim }) => kind === "cut" && victim !== "extensionHost")
    ? await SocketProxy.before(world)
    : undefined;
  const strangers = plan.faults.some(({ kind }) => isOfOthers(kind))
    ? await Strangers.start(world, [...ONE_THREAD, ...KEPT])
    : undefined;
  let windows: Window[] = [];
  const injector = new Injector(plan.faults, { world, windows: () => windows, proxy, strangers, hasDisk, violate });
  const hasParent = plan.faults.some(({ victim }) => victim === "extensionHost");
  windows = plan.scripts.map(
    (_, index) =>
      new Window({
        index,
        world,
        reference,
        hasParent,
        violate,
        onStage: (window, stage, step) => injector.stage(window, stage, step),
      }),
  );
  try {
    await Promise.all(windows.map((window, i) => window.live(plan.scripts[i]!)));
    await pause(IDLE_MS);
    await Promise.all(windows.map((window) => window.rest()));
    await injector.settled();
    await strangers?.leave();
    await leave(windows, world, violate);
    proxy?.close();
    // The next window must start without obstacles and find every conversation.
    if (plan.comesBack || untidy(world)) {
      const last = windows[plan.faults[0]!.window]!;
      await last.open();
      for (const step of farewells()) await last.perform(step);
      await leave(windows, world, violate);
    }
    look(world, memory, violate);
    judge(plan, windows, injector.outcomes, violate);
  } finally {
    proxy?.close();
    world.remove();
  }
  const errors = windows.flatMap(({ failures }) => failures.map(({ code, message }) => nameOfError(code) ?? message));
  return { plan, outcomes: injector.outcomes, violations, ms: performance.now() - started, errors };
}

const isOfOthers = (kind: Kind) => kind === "text" || kind === "strangers";

function givenDisks(faults: readonly Fault[], world: World): boolean {
  const wanted = faults.filter(({ kind }) => kind === "disk");
  const names = wanted.flatMap(({ victim }) => (victim === "host" ? (["run"] as const) : (["states", "tmp"] as const)));
  return [...new Set(names)].map((name) => world.ownDisk(name)).every(Boolean);
}

/** Closes all windows; everything ends with the last one. */
async function leave(windows: Window[], world: World, violate: (violation: Violation) => void): Promise<void> {
  await Promise.all(windows.map((window) => window.close()));
  const until = performance.now() + GONE_MS;
  while (world.processes().length > 0 && performance.now() < until) await pause(20);
  for (const { pid, command } of world.processes())
    violate({ what: "orphan", detail: `${command}, ${residentKib(pid)} KiB` });
}

/** A killed process leaves files that the next start removes. */
const untidy = (world: World) =>
  [world.filesIn("run").filter((name) => !LEFT.includes(name)), world.filesIn("tmp"), unfinished(world)].flat().length >
  0;

/** States that were being written. */
const unfinished = (world: World) => world.filesIn("states").filter((name) => /(^|\/)tmp\.\d+\.[0-9a-f]+$/.test(name));

/** After a later start: what remains now would remain forever. */
function look(world: World, memory: string[], violate: (violation: Violation) => void): void {
  const left = world.filesIn("run").filter((name) => !LEFT.includes(name));
  if (left.length > 0) violate({ what: "left behind", detail: `in the runtime folder: ${left.join(", ")}` });
  const states = world.filesIn("tmp").filter((name) => name !== "filler");
  if (states.length > 0) violate({ what: "left behind", detail: `temporary files: ${states.join(", ")}` });
  const broken = unfinished(world);
  if (broken.length > 0) violate({ what: "left behind", detail: `unfinished states: ${broken.join(", ")}` });
  const more = sharedMemory().filter((name) => !memory.includes(name));
  if (more.length > 0) violate({ what: "memory", detail: `in /dev/shm: ${more.join(", ")}` });
}

function sharedMemory(): string[] {
  try {
    return readdirSync("/dev/shm");
  } catch {
    return [];
  }
}

/** The faults of one window must not affect the others. */
function judge(plan: Plan, windows: Window[], outcomes: Outcome[], violate: (violation: Violation) => void): void {
  const faults = outcomes.filter(({ delivered }) => delivered).map(({ fault }) => fault);
  const spares = ({ victim, kind }: Fault) =>
    isOfOthers(kind) || ((victim === "server" || victim === "extensionHost") && kind !== "disk");
  if (!faults.every(spares)) return;
  for (const window of windows) {
    const own = faults.some((fault) => fault.window === window.index && !isOfOthers(fault.kind));
    if (!own)
      for (const { message } of window.failures)
        violate({
          what: "wrong window",
          detail: `window ${window.index} of ${plan.scripts.length} failed: ${message}`,
        });
    if (window.notKept > 0) violate({ what: "reply not kept", detail: `of window ${window.index}` });
  }
}
