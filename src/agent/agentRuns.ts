/** The agent's running turn, and what can be done to turns that have ended. One agent works in a window at a time. */
import { t } from "@vscode/l10n";
import { workspace } from "vscode";
import type { Server } from "../client/server.ts";
import { AgentRun, type RunEnd, type RunJob, type RunListener } from "./agentRun.ts";
import type { AgentWorkspace } from "./agentWorkspace.ts";
import type { AgentChanges } from "./changes.ts";
import type { RemoteFiles } from "./remoteFiles.ts";
import type { AgentTurnParts } from "./storedTurn.ts";
import { summaryOf } from "./summary.ts";

/** An instruction to the model, when it goes on after it was stopped or has reached a limit. */
export const GO_ON = "Go on with the task where you stopped.";
/** When it goes on from a step that it has done before. */
export const ANOTHER_WAY = "Go on from here, in another way than before.";
/** Told to the model with the next task. */
const UNDONE = "I have undone all your changes of the last task.";

export type AgentDeps = { server: Server; workspace: AgentWorkspace; changes: AgentChanges; remote: RemoteFiles };
/** `check` and `tools` are the workspace's own. `said`: what the user or the program says to begin with. */
export type AgentJob = Omit<RunJob, "check" | "tools"> & { said: string };

export type AgentListener = RunListener & {
  /** The run has begun, or ended. */
  onChange: () => void;
};

/** `over`: ends what the run has started. `done`: resolves when it has ended. */
type Running = { job: AgentJob; run: AgentRun; over: () => void; done: Promise<unknown> };

export class AgentRuns {
  private readonly deps: AgentDeps;
  private running: Running | undefined;

  constructor(deps: AgentDeps) {
    this.deps = deps;
  }

  /** The id of the conversation in which the agent is at work. */
  get conversation(): string | undefined {
    return this.running?.job.conversation;
  }

  /**
   * Resolves when the run has ended, with the messages that the agent has not taken in. Call it only if there is no
   * hindrance.
   */
  async run(job: AgentJob, listener: AgentListener): Promise<readonly string[]> {
    const { server, workspace, changes } = this.deps;
    const { turn } = job;
    const { agent } = turn;
    agent.summary = undefined;
    const { check } = workspace.approvals;
    const run = new AgentRun(server, { ...job, check, tools: workspace.tools.chosen }, listener);
    const over = workspace.begin({
      turn: turn.id,
      step: () => run.step,
      show: (approval) => {
        agent.approval = approval;
        listener.onMessage({ type: "approval", turn: turn.id, approval });
      },
    });
    const done = run
      .run(job.said)
      .then(async (end) => {
        if (end) agent.summary = await this.summary(turn, end, changes);
        return end?.untaken ?? [];
      })
      .finally(() => {
        over();
        this.running = undefined;
        listener.onTurn();
        listener.onChange();
      });
    this.running = { job, run, over, done };
    listener.onChange();
    return done;
  }

  /** Why the agent cannot begin, in words for the user. Asks first if files would leave the machine. */
  async obstacle(): Promise<string | undefined> {
    return this.hindrance() ?? (await this.deps.remote.obstacle()) ?? this.hindrance();
  }

  /** Why the agent cannot begin now, in words for the user. */
  hindrance(): string | undefined {
    const off = agentIsOff();
    if (off) return off;
    return this.running && t("The agent is at work in another chat. Stop it there, or wait until it is done.");
  }

  async stop(conversation: string): Promise<void> {
    await this.of(conversation)?.stop();
    if (this.conversation === conversation) this.deps.workspace.stop();
  }

  /** Stops the agent if it is at work there, and resolves when it has ended. */
  async end(conversation: string): Promise<void> {
    const done = this.of(conversation) && this.running?.done;
    await this.stop(conversation);
    await done;
  }

  /** Rejects if no agent is at work there. */
  async say(conversation: string, text: string): Promise<void> {
    const run = this.of(conversation);
    if (!run) throw new Error(t("The agent has ended."));
    await run.say(text);
  }

  async answerNow(conversation: string): Promise<void> {
    await this.of(conversation)?.answerNow();
  }

  async addBudget(conversation: string, tokens: number): Promise<void> {
    await this.of(conversation)?.addBudget(tokens);
  }

  /** The window closes. Returns the messages that the agent has not taken in. */
  leave(): string[] {
    const untaken = this.running?.run.leave() ?? [];
    this.running?.over();
    return untaken;
  }

  private of(conversation: string): AgentRun | undefined {
    return this.running?.job.conversation === conversation ? this.running.run : undefined;
  }

  private async summary({ id, agent }: RunJob["turn"], end: RunEnd, changes: AgentChanges) {
    const changed = await changes.summary(id).catch(() => []);
    return summaryOf({ ...end, changed, rows: agent.rows });
  }
}

/** What the model is told with a question. @param last the turn before. */
export const saidWith = (text: string, last: AgentTurnParts | undefined): string =>
  last?.agent?.undone ? `${UNDONE}\n\n${text}` : text;

/** Why the agent is off in this window, in words; undefined if it can work. */
export function agentIsOff(): string | undefined {
  if (!workspace.isTrusted) return t("The agent is off, because you have not trusted this workspace.");
  const hasFolder = (workspace.workspaceFolders ?? []).some(({ uri }) => uri.scheme === "file");
  return hasFolder ? undefined : t("The agent needs an open folder.");
}
