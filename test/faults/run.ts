/** One run: windows that ask, a fault or two in between, and then a look at everything that could have been broken. */
import { readdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { Injector, type Outcome } from "./injector.ts";
import type { Fault, Plan } from "./plan.ts";
import { SocketProxy } from "./proxy.ts";
import type { Reference } from "./reference.ts";
import { farewells } from "./script.ts";
import { nameOfError, type Violation } from "./violations.ts";
import { Window } from "./window.ts";
import { residentKib, World } from "./world.ts";

/** Nothing has been asked for so long, ms. */
const IDLE_MS = 300;
/** After the last window's end, ms: it takes a tenth of that; other programs may want the machine, too. */
const GONE_MS = 20_000;
/** What may be left in the runtime folder. */
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
  let windows: Window[] = [];
  const injector = new Injector(plan.faults, { world, windows: () => windows, proxy, hasDisk });
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
    await leave(windows, world, violate);
    proxy?.close();
    // Whoever comes next finds nothing that is in the way, and every conversation as it was.
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

function givenDisks(faults: readonly Fault[], world: World): boolean {
  const wanted = faults.filter(({ kind }) => kind === "disk");
  const names = wanted.flatMap(({ victim }) => (victim === "host" ? (["run"] as const) : (["states", "tmp"] as const)));
  return [...new Set(names)].map((name) => world.ownDisk(name)).every(Boolean);
}

/** Closes all windows: with the last of them everything ends. */
async function leave(windows: Window[], world: World, violate: (violation: Violation) => void): Promise<void> {
  await Promise.all(windows.map((window) => window.close()));
  const until = performance.now() + GONE_MS;
  while (world.processes().length > 0 && performance.now() < until) await pause(20);
  for (const { pid, command } of world.processes())
    violate({ what: "orphan", detail: `${command}, ${residentKib(pid)} KiB` });
}

/** What was killed leaves something behind, for whoever starts next to take away. */
const untidy = (world: World) =>
  [world.filesIn("run").filter((name) => !LEFT.includes(name)), world.filesIn("tmp"), unfinished(world)].flat().length >
  0;

/** States that were being written. */
const unfinished = (world: World) => world.filesIn("states").filter((name) => /(^|\/)tmp\.\d+\.[0-9a-f]+$/.test(name));

/** After a start that followed the fault: what is left now stays for ever. */
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

/** What happens to one window is no business of the others'. */
function judge(plan: Plan, windows: Window[], outcomes: Outcome[], violate: (violation: Violation) => void): void {
  const faults = outcomes.filter(({ delivered }) => delivered).map(({ fault }) => fault);
  if (!faults.every(({ victim, kind }) => (victim === "server" || victim === "extensionHost") && kind !== "disk"))
    return;
  for (const window of windows) {
    const own = faults.some((fault) => fault.window === window.index);
    if (!own)
      for (const { message } of window.failures)
        violate({
          what: "wrong window",
          detail: `window ${window.index} of ${plan.scripts.length} failed: ${message}`,
        });
    if (window.notKept > 0) violate({ what: "reply not kept", detail: `of window ${window.index}` });
  }
}
