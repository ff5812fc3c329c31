/** From a seed to a run: who asks for what, and what is done to whom, when. */
import { Random } from "./random.ts";
import { chatFor, newScript, type Step, switching } from "./script.ts";

/**
 * `kill`: SIGKILL. `stop`: SIGSTOP, and SIGCONT after a while. `halt`: SIGSTOP, for as long as nobody in the product does
 * something about it. `cut`: the connection breaks, in the middle of a message where one comes. `disk`: it is full.
 */
export const KINDS = ["kill", "stop", "halt", "cut", "disk"] as const;
export const VICTIMS = ["extensionHost", "server", "host", "engine"] as const;
export const STAGES = [
  "starting",
  "loading",
  "reading",
  "thinking",
  "answering",
  "settling",
  "saving",
  "idle",
] as const;
export type Kind = (typeof KINDS)[number];
export type Victim = (typeof VICTIMS)[number];
export type Stage = (typeof STAGES)[number];

export type Case = { kind: Kind; victim: Victim; stage: Stage };

/** `window`: whose stage it is. `step`: of its script. `delayMs`: behind the stage's beginning. `forMs`: until it is over. */
export type Fault = Case & { window: number; step: number; delayMs: number; forMs: number };
/** `comesBack`: a window is opened once more when all is over, and goes on with its conversations. */
export type Plan = { seed: number; scripts: Step[][]; faults: Fault[]; comesBack: boolean };

/**
 * The sense of each kind: nobody waits for the editor itself or its server to come round; the engine's connection is a pipe
 * of its host's. A disk is full under the host (its lock, its log) or under the engine (states).
 */
const SUITS: Record<Kind, readonly Victim[]> = {
  kill: VICTIMS,
  stop: VICTIMS,
  halt: ["host", "engine"],
  cut: ["extensionHost", "server", "host"],
  disk: ["host", "engine"],
};
export const CASES: Case[] = KINDS.flatMap((kind) =>
  SUITS[kind].flatMap((victim) => STAGES.map((stage) => ({ kind, victim, stage }))),
);

/** So long a stage lasts at least, ms: the delay behind its beginning is drawn from here. */
const LASTS: Record<Stage, number> = {
  starting: 150,
  loading: 60,
  reading: 40,
  thinking: 30,
  answering: 30,
  settling: 60,
  saving: 4,
  idle: 100,
};
const SHORTEST_STOP_MS = 200;
const LONGEST_STOP_MS = 4000;
/** One run in so many has a second fault. */
const TWICE = 6;
/** In one of so many somebody comes back at the end: starting everything is what takes longest. */
const COMES_BACK = 3;

/** As `kill:host:answering`; a part may be left out from the end, or be `*`. */
export function matches(pattern: string, { kind, victim, stage }: Case): boolean {
  return pattern.split(":").every((part, i) => part === "*" || part === [kind, victim, stage][i]);
}

export const nameOf = ({ kind, victim, stage }: Case) => `${kind}:${victim}:${stage}`;

/** Seeds that follow one another go through the cases, with one window and then with three. */
export function newPlan(seed: number, cases: readonly Case[] = CASES): Plan {
  const random = new Random(seed);
  const first = cases[seed % cases.length]!;
  const windows = Math.floor(seed / cases.length) % 2 === 0 ? 1 : 3;
  const scripts = Array.from({ length: windows }, () => newScript(random));
  const faults = [newFault(random, first, scripts)];
  if (random.between(1, TWICE) === 1) faults.push(newFault(random, random.pick(cases), scripts, faults[0]));
  return { seed, scripts, faults, comesBack: random.between(1, COMES_BACK) === 1 };
}

/** A second one comes behind the first: its steps must not shift that one's. */
function newFault(random: Random, of: Case, scripts: Step[][], before?: Fault): Fault {
  const window = random.between(0, scripts.length - 1);
  const script = scripts[window]!;
  const from = before?.window === window ? before.step + 1 : 0;
  const step = random.between(from, Math.max(from, script.length - 1));
  const { stage } = of;
  if (stage === "saving") script.splice(step, 0, ...switching(random));
  else if (stage !== "starting" && stage !== "loading") script.splice(step, 0, chatFor(random, stage));
  return {
    ...of,
    window,
    step,
    delayMs: random.between(0, LASTS[stage]),
    forMs: random.between(SHORTEST_STOP_MS, LONGEST_STOP_MS),
  };
}
