/** Running agents, so that later requests can steer them. */
import type { ProgressToken } from "vscode-languageserver";
import { EngineError } from "../engine/engine.ts";

/** The user's hand on one run. */
export class AgentControl {
  private readonly abort = new AbortController();
  private words: string[] = [];

  /** Aborts when the user stops the run. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  stop(): void {
    this.abort.abort(new Error("Stopped"));
  }

  say(text: string): void {
    if (text.trim() !== "") this.words.push(text);
  }

  get hasWords(): boolean {
    return this.words.length > 0;
  }

  /** What the user has said since the last call. */
  takeWords(): string[] {
    const { words } = this;
    this.words = [];
    return words;
  }
}

export class RunningAgents {
  private readonly running = new Map<ProgressToken, AgentControl>();

  /** Until the work ends, its token can steer it. */
  async run<R>(token: ProgressToken | undefined, control: AgentControl, work: () => Promise<R>): Promise<R> {
    if (token !== undefined) this.running.set(token, control);
    try {
      return await work();
    } finally {
      if (token !== undefined && this.running.get(token) === control) this.running.delete(token);
    }
  }

  /** Throws EngineError noReply if no such agent is running. */
  get(token: ProgressToken): AgentControl {
    const control = this.running.get(token);
    if (!control) throw new EngineError("noReply", `No running agent has the token ${token}.`);
    return control;
  }
}
