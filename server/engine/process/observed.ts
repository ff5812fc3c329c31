/** What tests can observe and delay in the engine, through Node's diagnostics channels (test/support/pace.ts). */
import { channel } from "node:diagnostics_channel";

/** A step of the model that is about to run. A subscriber that sets `held` delays the step until `held` resolves. */
export type ObservedStep = { rank: number; held?: Promise<void> };
/** The number of slots with idle work. */
export type ObservedIdleWork = { slots: number };

/** Names of the channels. */
export const STEP = "nemotron:step";
export const IDLE_WORK = "nemotron:idleWork";

const steps = channel(STEP);
const idleWork = channel(IDLE_WORK);

/** Announces a step of the model. Undefined when the step need not wait. */
export function beforeStep(rank: number): Promise<void> | undefined {
  if (!steps.hasSubscribers) return undefined;
  const step: ObservedStep = { rank };
  steps.publish(step);
  return step.held;
}

/** Announces the number of slots with idle work. */
export function idleWorkChanged(slots: number): void {
  if (idleWork.hasSubscribers) idleWork.publish({ slots } satisfies ObservedIdleWork);
}
