/** The figures of many runs as a table. */
import { CASES, KINDS, type Kind, nameOf, STAGES, type Stage, VICTIMS, type Victim } from "./plan.ts";
import type { RunResult } from "./run.ts";

/** Counts over all runs. `losses`: violations. `delivered`: faults that happened. */
export type Figures = {
  runs: number;
  windows: { one: number; three: number };
  faults: number;
  delivered: number;
  losses: number;
  violations: Record<string, number>;
  cases: { kind: Kind; victim: Victim; stage: Stage; faults: number; delivered: number; violations: number }[];
};

export function figuresOf(results: readonly RunResult[]): Figures {
  const outcomes = results.flatMap(({ outcomes, violations }) =>
    outcomes.map((outcome, i) => ({ ...outcome, violations: i === 0 ? violations.length : 0 })),
  );
  const violations: Record<string, number> = {};
  for (const { what } of results.flatMap((result) => result.violations)) violations[what] = (violations[what] ?? 0) + 1;
  return {
    runs: results.length,
    windows: {
      one: results.filter(({ plan }) => plan.scripts.length === 1).length,
      three: results.filter(({ plan }) => plan.scripts.length > 1).length,
    },
    faults: outcomes.length,
    delivered: outcomes.filter(({ delivered }) => delivered).length,
    losses: results.flatMap((result) => result.violations).length,
    violations,
    cases: CASES.map((of) => {
      const ours = outcomes.filter(({ fault }) => nameOf(fault) === nameOf(of));
      const delivered = ours.filter((outcome) => outcome.delivered).length;
      return { ...of, faults: ours.length, delivered, violations: ours.reduce((sum, o) => sum + o.violations, 0) };
    }),
  };
}

/**
 * A line for each kind and victim, a column for each stage: how many faults happened, of how many planned if some did
 * not.
 */
export function table({ cases }: Figures): string {
  const rows = KINDS.flatMap((kind) => VICTIMS.map((victim) => [kind, victim] as const));
  const width = 13;
  const lines = rows.flatMap(([kind, victim]) => {
    const ours = cases.filter((of) => of.kind === kind && of.victim === victim && of.faults > 0);
    if (ours.length === 0) return [];
    const cells = STAGES.map((stage) => cell(ours.find((of) => of.stage === stage)).padStart(width));
    return [`${`${kind} ${victim}`.padEnd(20)}${cells.join("")}`];
  });
  return [`${"".padEnd(20)}${STAGES.map((stage) => stage.padStart(width)).join("")}`, ...lines].join("\n");
}

function cell(of: Figures["cases"][number] | undefined): string {
  if (!of || of.faults === 0) return "-";
  const count = of.delivered === of.faults ? `${of.delivered}` : `${of.delivered} of ${of.faults}`;
  return of.violations > 0 ? `${count} !${of.violations}` : count;
}

export function summary({ runs, windows, faults, delivered, losses }: Figures): string {
  return `runs = ${runs} (${windows.one} with one window, ${windows.three} with three), faults = ${delivered} (of ${faults}; the others missed their stage), losses = ${losses}`;
}
