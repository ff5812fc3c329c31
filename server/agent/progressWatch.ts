/** Notices when a run makes no progress. */
import type { ToolCall } from "../protocol.ts";
import { callKey } from "./judge.ts";
import type { Observation } from "./tools/tool.ts";
import { canChangeAll } from "./tools/tools.ts";

/** After this many calls in a row that show nothing new and change nothing, the run is stuck. */
const MAX_IDLE_CALLS = 3;

export class ProgressWatch {
  /** The results so far. */
  private seen = new Set<string>();
  private made = new Set<string>();
  private idle = 0;
  /** Workspace.openVersions after the last call. */
  private versions: string | undefined;

  /** Calls that would give the same result: see JudgeContext. @param versions Workspace.openVersions of now. */
  repeated(versions: string | undefined): ReadonlySet<string> {
    // The user has typed.
    if (versions !== this.versions) this.made = new Set();
    return this.made;
  }

  get isStuck(): boolean {
    return this.idle >= MAX_IDLE_CALLS;
  }

  /**
   * @param mayRepeat whether the same call again has another meaning: it insists on an edit that was refused.
   * @param versions Workspace.openVersions after the call.
   */
  record(
    call: ToolCall,
    { text, changed, failed, isStale }: Observation,
    mayRepeat: boolean,
    versions: string | undefined,
  ): void {
    this.versions = versions;
    const isNew = !this.seen.has(text);
    this.seen.add(text);
    const hasChanged = changed !== undefined;
    this.idle = hasChanged || (isNew && !(failed && call.name !== "run")) ? 0 : this.idle + 1;
    // After a change, the same call can show something else. A command or a client's tool can change anything.
    if (hasChanged || isStale || canChangeAll(call)) this.made = new Set();
    if (!hasChanged && !mayRepeat) this.made.add(callKey(call));
  }

  /** Call this when the model has got a new message, or no longer sees old results. */
  reset(): void {
    this.seen = new Set();
    this.made = new Set();
    this.idle = 0;
  }
}
