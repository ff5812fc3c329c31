/** npm run test:faults: hundreds of runs in which processes die. Prints the results; fails if anything was lost. */
import "../setup.ts";
import { parseArgs } from "node:util";
import { campaign, failedOnce, replayOf, type Seed } from "./campaign.ts";
import { CASES, nameOf } from "./plan.ts";
import type { RunResult } from "./run.ts";
import { figuresOf, summary, table } from "./table.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    runs: { type: "string" },
    only: { type: "string" },
    jobs: { type: "string", default: "2" },
    json: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
});

/** Each case with one window and with three. */
const RUNS = 2 * CASES.length;

const first = Number(values.seed ?? 0);
const seeds: Seed[] = Array.from({ length: Number(values.runs ?? RUNS) }, (_, i) => ({
  seed: first + i,
  only: values.only,
}));
if (values.seed === undefined && values.only === undefined) seeds.unshift(...failedOnce());

const say = (line: string) => (values.json ? console.error(line) : console.log(line));
const tell = ({ plan, outcomes, violations, ms, errors }: RunResult, seed: Seed) => {
  const faults = outcomes.map(({ fault, missed }) => nameOf(fault) + (missed ? ` (missed: ${missed})` : ""));
  if (values.verbose || violations.length > 0)
    say(
      `seed ${seed.seed}, windows ${plan.scripts.length}: ${faults.join(", ")}; ${Math.round(ms)} ms ${errors.join(", ")}`,
    );
  for (const { what, detail } of violations) say(`  ${what.toUpperCase()}: ${detail}`);
  if (violations.length > 0) say(`  ${replayOf(seed)}`);
};

const results = await campaign(seeds, Number(values.jobs), tell);
const figures = figuresOf(results);
if (values.json) console.log(JSON.stringify(figures, null, 2));
else console.log(`\n${table(figures)}\n\n${summary(figures)}`);
process.exit(figures.losses > 0 ? 1 : 0);
