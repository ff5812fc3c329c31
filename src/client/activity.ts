/** The stage of the running replies, from their progress: reading, or generating at some rate. Pure. */
import type { AgentProgress, ReplyProgress } from "../../server/protocol.ts";

/** `read`, `total`: prompt tokens. `rate`: tokens a second, of all replies together. */
export type Activity = { type: "reading"; read: number; total: number } | { type: "generating"; rate: number };

/** The rate is measured over this last period, ms. */
const WINDOW_MS = 2000;
/** The shortest time that gives a useful rate, ms. */
const SHORTEST_MS = 250;

type State = { reading?: { read: number; total: number }; thought: number; answer: number };

export class ActivityTracker {
  private readonly replies = new Map<string, State>();
  private samples: { at: number; tokens: number }[] = [];

  begin(token: string): void {
    this.replies.set(token, { thought: 0, answer: 0 });
  }

  /** @param now ms of any clock. */
  progress(token: string, progress: ReplyProgress | AgentProgress, now: number): void {
    const state = this.replies.get(token);
    if (!state) return;
    if (progress.type === "reading") state.reading = progress;
    // Each step of an agent counts from zero.
    if (progress.type === "step" || progress.type === "rewind") Object.assign(state, { thought: 0, answer: 0 });
    if (progress.type !== "thought" && progress.type !== "answer" && progress.type !== "text") return;
    delete state.reading;
    const counted = progress.type === "thought" ? "thought" : "answer";
    const tokens = progress.tokens - state[counted];
    state[counted] = progress.tokens;
    this.samples.push({ at: now, tokens });
    this.forget(now);
  }

  end(token: string): void {
    this.replies.delete(token);
    if (this.replies.size === 0) this.samples = [];
  }

  /** Undefined while nothing is known. Generating is reported before reading. @param now ms of the same clock. */
  at(now: number): Activity | undefined {
    this.forget(now);
    const [first, ...later] = this.samples;
    if (first && now - first.at >= SHORTEST_MS) {
      const tokens = later.reduce((sum, sample) => sum + sample.tokens, 0);
      return { type: "generating", rate: (tokens * 1000) / (now - first.at) };
    }
    const reading = [...this.replies.values()].flatMap(({ reading }) => reading ?? []);
    if (reading.length === 0) return undefined;
    const sum = (key: "read" | "total") => reading.reduce((sum, one) => sum + one[key], 0);
    return { type: "reading", read: sum("read"), total: sum("total") };
  }

  private forget(now: number): void {
    this.samples = this.samples.filter(({ at }) => now - at <= WINDOW_MS);
  }
}
