/** Notices a run that goes round in circles. */
import type { ToolCall } from "../protocol.ts";
import { callKey } from "./judge.ts";
import type { Observation } from "./tools/tool.ts";

/** Steps that tell nothing new and change nothing, in a row. */
const MAX_IDLE_STEPS = 3;

export class ProgressWatch {
  private readonly seen = new Set<string>();
  private made = new Set<string>();
  private idle = 0;

  /** Calls that would tell nothing new: see JudgeContext. */
  get repeated(): ReadonlySet<string> {
    return this.made;
  }

  get isStuck(): boolean {
    return this.idle >= MAX_IDLE_STEPS;
  }

  /** @param mayRepeat the same call again means something else: it insists. */
  record(call: ToolCall, { text, changed, failed }: Observation, mayRepeat: boolean): void {
    const isNew = !this.seen.has(text);
    this.seen.add(text);
    const hasChanged = changed !== undefined;
    this.idle = hasChanged || (isNew && !(failed && call.name !== "run")) ? 0 : this.idle + 1;
    // After a change, what was seen can look different. A command can change anything.
    if (hasChanged || call.name === "run") this.made = new Set();
    if (!hasChanged && !mayRepeat) this.made.add(callKey(call));
  }

  /** The user has said something. */
  reset(): void {
    this.made = new Set();
    this.idle = 0;
  }
}
