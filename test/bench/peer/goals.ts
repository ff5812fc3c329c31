/** What the ratios of ours to llama-server's should be. */
import type { ShapeName } from "./shapes.ts";

type Goal = { of: RegExp; shapes: ShapeName[]; least?: number; most?: number };

const WIDE: ShapeName[] = ["eighth", "9b"];

const GOALS: Goal[] = [
  { of: /^cold prompt/, shapes: WIDE, least: 0.95 },
  { of: /^a long reply/, shapes: WIDE, least: 0.98 },
  { of: /^follow-up after idle.*first token/, shapes: WIDE, most: 0.4 },
  { of: /^follow-up at once.*first token/, shapes: WIDE, most: 1 },
  { of: /^resident after ten/, shapes: WIDE, most: 1.1 },
  { of: /^each of its tokens/, shapes: ["toy"], most: 1 },
];

/** Empty where there is no goal. */
export function verdict(what: string, shape: ShapeName, ratio: number): { goal: string; met: boolean } | undefined {
  const goal = GOALS.find(({ of, shapes }) => of.test(what) && shapes.includes(shape));
  if (!goal) return undefined;
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = goal;
  const text = goal.least === undefined ? `<= ${goal.most}` : `>= ${goal.least}`;
  return { goal: text, met: ratio >= least && ratio <= most };
}
