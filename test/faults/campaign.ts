/** Runs many plans, several at a time. */
import { readFileSync } from "node:fs";
import { CASES, matches, newPlan, type Plan } from "./plan.ts";
import { Reference } from "./reference.ts";
import { type RunResult, run } from "./run.ts";

/** A run that failed once. `only`: the cases that its seed picked from. */
export type Seed = { seed: number; only?: string };

/** Throws if `only` matches no case. */
export function planOf({ seed, only = "*" }: Seed): Plan {
  const cases = CASES.filter((of) => matches(only, of));
  if (cases.length === 0) throw new Error(`There is no ${only}; there is ${CASES.map(({ kind }) => kind).join(", ")}.`);
  return newPlan(seed, cases);
}

/** Every seed that has failed once. */
export const failedOnce = (): Seed[] => JSON.parse(readFileSync("test/faults/seeds.json", "utf8"));

/** The command that repeats a run. */
export const replayOf = ({ seed, only }: Seed) =>
  `npm run test:faults -- --seed ${seed} --runs 1${only ? ` --only ${only}` : ""}`;

/** Runs `jobs` plans at a time. */
export async function campaign(
  seeds: readonly Seed[],
  jobs: number,
  onResult: (result: RunResult, seed: Seed) => void = () => {},
): Promise<RunResult[]> {
  const reference = new Reference();
  const results: RunResult[] = [];
  const left = [...seeds];
  const work = async () => {
    for (let seed = left.shift(); seed; seed = left.shift()) {
      const result = await run(planOf(seed), reference);
      results.push(result);
      onResult(result, seed);
    }
  };
  try {
    await Promise.all(Array.from({ length: jobs }, work));
  } finally {
    await reference.close();
  }
  return results;
}
