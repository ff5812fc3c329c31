/** Keeps the running agents, so that later requests can steer them. */
import type { ProgressToken } from "vscode-languageserver";
import { EngineError } from "../engine/engine.ts";

/** Steers one run for the user. */
export class AgentControl {
  private readonly abort = new AbortController();
  private said: string[] = [];

  /** Aborts when the user stops the run. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  stop(): void {
    this.abort.abort(new Error("Stopped"));
  }

  /** Gives the agent a message before its next step. */
  say(text: string): void {
    if (text.trim() !== "") this.said.push(text);
  }

  /** Whether there are messages that the agent has not taken yet. */
  get hasMessages(): boolean {
    return this.said.length > 0;
  }

  /** Returns the messages since the last call. */
  takeMessages(): string[] {
    const { said } = this;
    this.said = [];
    return said;
  }
}

/** The runs that have a token, by their token. */
export class RunningAgents {
  private readonly running = new Map<ProgressToken, AgentControl>();

  /** Runs work that requests with this token can steer until it ends. */
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
