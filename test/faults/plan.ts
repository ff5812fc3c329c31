/** Makes a run from a seed: who asks for what, and which faults happen when. */
import { Random } from "./random.ts";
import { chatFor, newScript, type Step, switching } from "./script.ts";

/**
 * `kill`: SIGKILL. `stop`: SIGSTOP, and SIGCONT after a while. `halt`: SIGSTOP, until the product does something about
 * it. `cut`: the connection breaks, inside a message if one comes. `disk`: it is full. `text`: another client sends a
 * text that ends llama.cpp's tokenizer. `strangers`: others ask single questions, one after the other.
 */
export const KINDS = ["kill", "stop", "halt", "cut", "disk", "text", "strangers"] as const;
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

/**
 * `window`: whose stage it is. `step`: of its script. `delayMs`: after the beginning of the stage. `forMs`: how long it
 * lasts.
 */
export type Fault = Case & { window: number; step: number; delayMs: number; forMs: number };
/** `comesBack`: at the end a window is opened again, and continues its conversations. */
export type Plan = { seed: number; scripts: Step[][]; faults: Fault[]; comesBack: boolean };

/**
 * Which victims make sense for each kind. Nobody waits for a stopped editor or its server. The engine's connection is a
 * pipe of its host. A disk is full for the host (its lock, its log) or for the engine (states).
 */
const SUITS: Record<Kind, readonly Victim[]> = {
  kill: VICTIMS,
  stop: VICTIMS,
  halt: ["host", "engine"],
  cut: ["extensionHost", "server", "host"],
  disk: ["host", "engine"],
  text: ["engine"],
  strangers: ["engine"],
};
/** Requests of others take longer than a short stage lasts. */
const DURING: Partial<Record<Kind, readonly Stage[]>> = {
  text: ["reading", "thinking", "answering", "settling", "idle"],
  strangers: ["reading", "thinking", "answering", "settling", "idle"],
};
/** Every kind with each suitable victim, in each stage. */
export const CASES: Case[] = KINDS.flatMap((kind) =>
  SUITS[kind].flatMap((victim) => (DURING[kind] ?? STAGES).map((stage) => ({ kind, victim, stage }))),
);

/** Minimum duration of a stage, ms: the delay after its beginning is drawn from this. */
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
/** One in this many runs has a second fault. */
const TWICE = 6;
/** In one of this many runs a window comes back: starting everything takes longest. */
const COMES_BACK = 3;

/** For example `kill:host:answering`; parts at the end can be left out or be `*`. */
export function matches(pattern: string, { kind, victim, stage }: Case): boolean {
  return pattern.split(":").every((part, i) => part === "*" || part === [kind, victim, stage][i]);
}

export const nameOf = ({ kind, victim, stage }: Case) => `${kind}:${victim}:${stage}`;

/** Consecutive seeds go through the cases, with one window and then with three. */
export function newPlan(seed: number, cases: readonly Case[] = CASES): Plan {
  const random = new Random(seed);
  const first = cases[seed % cases.length]!;
  const windows = Math.floor(seed / cases.length) % 2 === 0 ? 1 : 3;
  const scripts = Array.from({ length: windows }, () => newScript(random));
  const faults = [newFault(random, first, scripts)];
  if (random.between(1, TWICE) === 1) faults.push(newFault(random, random.pick(cases), scripts, faults[0]));
  return { seed, scripts, faults, comesBack: random.between(1, COMES_BACK) === 1 };
}

/** A second fault is drawn after the first, so that it does not change the first one. */
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
