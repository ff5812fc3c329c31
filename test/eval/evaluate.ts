/** Runs cases one after another. A run that fails, crashes or takes too long does not end the others. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Case, Kind } from "./cases.ts";
import { type Measures, NOTHING, runCase } from "./runs.ts";
import type { World } from "./world.ts";

/** Whether to think: each kind as it is used most, or all runs alike, or each case twice. */
export type ThinkingChoice = "usual" | "on" | "off" | "both";
/** `seconds`: time limit of one run. `seed`: of the sampling. */
export type Settings = { thinking: ThinkingChoice; seconds: number; seed: number };
/** One run of a case. `why`: why it has failed. */
export type Run = Measures & { kind: Kind; name: string; thinking: boolean; why?: string; seconds: number };

const USUAL: Record<Kind, boolean[]> = {
  agent: [true],
  edit: [false],
  explain: [true, false],
  tools: [true, false],
  budget: [true],
};
/** How long a run may take to stop after its time, ms. */
const GRACE_MS = 15_000;

export const idOf = ({ kind, name, thinking }: Pick<Run, "kind" | "name" | "thinking">): string =>
  `${kind}/${name} ${thinking ? "thinking" : "at once"}`;

/** @param report called after each run. */
export async function evaluate(
  cases: readonly Case[],
  world: World,
  settings: Settings,
  report: (run: Run) => void = () => {},
): Promise<Run[]> {
  const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), "nemotron-eval-")));
  const remove = () => rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  process.once("exit", remove);
  const runs: Run[] = [];
  try {
    for (const one of cases)
      for (const thinking of modesOf(one.kind, settings.thinking)) {
        world.begin?.(one);
        const run = await runOnce(one, thinking, world, settings, path.join(root, `${runs.length}`));
        runs.push(run);
        report(run);
      }
    return runs;
  } finally {
    process.off("exit", remove);
    remove();
  }
}

/** Without a thought there is no budget to obey. */
function modesOf(kind: Kind, choice: ThinkingChoice): boolean[] {
  if (kind === "budget" || choice === "usual") return USUAL[kind];
  return choice === "both" ? [true, false] : [choice === "on"];
}

async function runOnce(one: Case, thinking: boolean, world: World, settings: Settings, root: string): Promise<Run> {
  const [folder, scratch] = [path.join(root, "project"), path.join(root, "scratch")];
  for (const made of [folder, scratch]) mkdirSync(made, { recursive: true });
  const measures = { ...NOTHING };
  const begun = performance.now();
  const limit = new AbortController();
  const timer = globalThis.setTimeout(() => limit.abort(), settings.seconds * 1000);
  const how = { world, folder, scratch, thinking, seed: settings.seed, signal: limit.signal };
  let why: string | undefined;
  try {
    why = await Promise.race([runCase(one, how, measures), overdue(limit.signal)]);
  } catch (error) {
    why = limit.signal.aborted ? `it takes longer than ${settings.seconds} s` : (error as Error).message;
  } finally {
    clearTimeout(timer);
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  }
  const seconds = Math.round(performance.now() - begun) / 1000;
  return { kind: one.kind, name: one.name, thinking, why: why?.replace(/\s+/g, " "), ...measures, seconds };
}

/** Rejects some time after the signal, for a run that does not stop. */
async function overdue(signal: AbortSignal): Promise<never> {
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  await setTimeout(GRACE_MS, undefined, { ref: false });
  throw new Error("it does not stop");
}
