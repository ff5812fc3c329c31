/** One run of the agent: asks the server, and keeps the turn and its rows up to date. */
import { t } from "@vscode/l10n";
import { CancellationTokenSource } from "vscode";
import type { AgentRow } from "../../media/agent.ts";
import { type Budget, type Reply, RUNNING, type ToPage } from "../../media/messages.ts";
import type { AgentParams, AgentProgress, AgentResult, AgentVerdict, Message, Tool } from "../../server/protocol.ts";
import type { Server, StreamedReply } from "../client/server.ts";
import { wakeModel } from "../client/wakeModel.ts";
import { budgetToThinking, sampling, setting } from "../config.ts";
import { itemsOf } from "../context/sources.ts";
import { failureOf } from "../errors/replyFailure.ts";
import { TurnRows } from "./rows.ts";
import { type AgentTurnParts, conversationAfter, endRows, type StoredAgent } from "./storedTurn.ts";
import type { Ending } from "./summary.ts";
import { Untaken } from "./untaken.ts";

/** Texts that arrive within this time go to the page together, ms. */
const DELTA_MS = 30;

/** What a run works on. */
export type RunJob = {
  conversation: string;
  turn: AgentTurnParts & { agent: StoredAgent };
  /** The conversation before the turn. */
  history: readonly Message[];
  budgets: Record<"plan" | "step", Budget>;
  /** The command that checks the workspace; undefined if the user has not confirmed one. */
  check: string | undefined;
  /** Further tools. */
  tools: Tool[];
};

export type RunListener = {
  /** The whole turn has changed. */
  onTurn: () => void;
  /** A part of the turn has changed. */
  onMessage: (message: ToPage) => void;
  /** The turn has to be saved now. */
  onMilestone: () => void;
};

/** How a run has ended. `untaken`: the messages that the agent has not taken in. */
export type RunEnd = {
  outcome: Ending;
  reason?: string;
  verdict: AgentVerdict;
  findings: readonly string[];
  untaken: readonly string[];
};

export class AgentRun {
  private readonly server: Server;
  private readonly job: RunJob;
  private readonly listener: RunListener;
  private readonly rows: TurnRows;
  private readonly cancel = new CancellationTokenSource();
  private running: StreamedReply<AgentResult> | undefined;
  private findings: readonly string[] = [];
  private verdict: AgentVerdict = "none";
  private abandoned = false;
  private readonly untaken = new Untaken();
  private unsent = new Map<AgentRow, { thought: string; output: string }>();
  private answer = "";
  private timer: NodeJS.Timeout | undefined;

  constructor(server: Server, job: RunJob, listener: RunListener) {
    this.server = server;
    this.job = job;
    this.listener = listener;
    const budgets = { plan: tokensOf(job.budgets.plan), step: tokensOf(job.budgets.step) };
    this.rows = new TurnRows(
      job.turn,
      budgets,
      {
        onRow: (row) => {
          this.unsent.delete(row);
          this.listener.onMessage({ type: "row", turn: job.turn.id, row: { ...row } });
        },
        onMore: (row, { thought = "", output = "" }) => {
          const unsent = this.unsent.get(row) ?? { thought: "", output: "" };
          this.unsent.set(row, { thought: unsent.thought + thought, output: unsent.output + output });
          this.sendSoon();
        },
        onAnswer: (text) => {
          this.answer += text;
          this.sendSoon();
        },
        onState: () => this.postState(),
        onReply: () => this.postTurn(),
      },
      () => performance.now(),
    );
  }

  /** The row of the running step. */
  get step(): string | undefined {
    return this.rows.step;
  }

  /** Asks, and resolves when the run has ended. Errors go into the turn's reply; nothing is thrown. */
  async run(said: string): Promise<RunEnd | undefined> {
    const { turn, history } = this.job;
    const { agent } = turn;
    const isNew = agent.log.length === 0;
    const messages = [...conversationAfter(history, agent), { role: "user" as const, content: said }];
    try {
      const context = isNew ? await itemsOf(turn.sources) : [];
      await wakeModel(this.server, this.cancel.token);
      const params = { ...this.params(), messages, context };
      this.running = this.server.agent(params, (progress) => this.onProgress(progress, said), this.cancel.token);
      const result = await this.running.result;
      return this.end(result.outcome, {
        reason: result.reason,
        reply: { state: result.outcome === "stopped" ? "stopped" : "done", usage: result.usage },
      });
    } catch (error) {
      if (this.abandoned) return undefined;
      const failure = failureOf(error);
      const outcome = failure.state === "interrupted" || failure.state === "stopped" ? failure.state : "failed";
      return this.end(outcome, { reply: failure });
    }
  }

  /** Stops the run within a token. What it has done stays. */
  async stop(): Promise<void> {
    const token = this.running?.token;
    if (token === undefined) return this.cancel.cancel();
    await this.server.stopAgent(token).catch(() => this.cancel.cancel());
  }

  /** Gives the agent a message before its next step. Rejects if it has ended, unless the end has the message. */
  async say(text: string): Promise<void> {
    const token = this.running?.token;
    if (token === undefined) throw new Error(t("The agent has not begun yet. Try again in a moment."));
    await this.untaken.say(text, (text) => this.server.sayToAgent(token, text));
  }

  /** Closes the thought. Does nothing if it has ended. */
  async answerNow(): Promise<void> {
    await this.running?.answerNow().catch(() => {});
  }

  /** Adds tokens to the thought's budget. Does nothing if the thought has ended. */
  async addBudget(tokens: number): Promise<void> {
    const budget = await this.running?.addBudget(tokens).catch(() => undefined);
    if (budget !== undefined) this.rows.setBudget(budget);
  }

  /** From now on events are ignored: the window closes. Returns the messages that the agent has not taken in. */
  leave(): string[] {
    this.abandoned = true;
    this.drop();
    return this.untaken.takeAll();
  }

  private params(): Omit<AgentParams, "messages"> {
    const { conversation, budgets, check, tools } = this.job;
    return {
      conversation,
      budgets: { plan: tokensOf(budgets.plan), step: tokensOf(budgets.step) },
      limits: { steps: setting("agent.steps") },
      sampling: sampling(),
      ...(check !== undefined && { check }),
      ...(tools.length > 0 && { tools }),
    };
  }

  private onProgress(progress: AgentProgress, said: string): void {
    if (this.abandoned) return;
    const { turn } = this.job;
    if (progress.type === "prompt") {
      if (turn.agent.log.length === 0) turn.userContent = progress.userContent;
      const content = turn.agent.log.length === 0 ? progress.userContent : said;
      turn.agent.log = [...conversationLog(turn.agent), { role: "user", content }];
      // The model knows it now.
      turn.agent.undone = false;
    }
    if (progress.type === "verification") {
      this.findings = progress.findings;
      this.verdict = progress.verdict;
    }
    if (progress.type === "said") this.untaken.taken();
    this.rows.on(progress);
    // What was done, and what the model knows, survive a crash.
    if (progress.type === "messages" || progress.type === "edit") this.listener.onMilestone();
  }

  private end(outcome: Ending, { reason, reply }: { reason?: string; reply: Partial<Reply> }): RunEnd {
    this.flush();
    this.cancel.dispose();
    const { turn } = this.job;
    Object.assign(turn.reply, { reading: undefined, ...reply });
    const isOver = outcome === "done" || outcome === "limit" || outcome === "stuck";
    endRows(turn.agent, outcome === "stopped" ? t("Stopped") : isOver ? t("Ended") : t("Interrupted"));
    const { verdict, findings } = this;
    return { outcome, reason, verdict, findings, untaken: this.untaken.takeAll() };
  }

  private sendSoon(): void {
    this.timer ??= setTimeout(() => this.flush(), DELTA_MS);
  }

  private flush(): void {
    const { unsent, answer } = this;
    this.drop();
    const { id, reply } = this.job.turn;
    for (const [row, { thought, output }] of unsent)
      this.listener.onMessage({
        type: "rowDelta",
        turn: id,
        row: row.id,
        ...(thought !== "" && { thought, thoughtTokens: row.thought?.tokens, thoughtMs: row.thought?.ms }),
        ...(output !== "" && { output }),
      });
    if (answer === "") return;
    const { thoughtTokens, thoughtMs, answerTokens } = reply;
    this.listener.onMessage({ type: "delta", turn: id, thought: "", answer, thoughtTokens, thoughtMs, answerTokens });
  }

  private postState(): void {
    const { id, reply } = this.job.turn;
    const state = RUNNING.find((running) => running === reply.state);
    if (state) this.listener.onMessage({ type: "progress", turn: id, state, reading: reply.reading });
  }

  private postTurn(): void {
    this.drop();
    this.listener.onTurn();
  }

  private drop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.unsent = new Map();
    this.answer = "";
  }
}

/** The log with a result for each call, as it is sent. */
function conversationLog(agent: StoredAgent): Message[] {
  return conversationAfter([], { ...agent, compactions: [] });
}

function tokensOf(budget: Budget): number | "unlimited" {
  const thinking = budgetToThinking(budget);
  return thinking.mode === "off" ? 0 : (thinking.budget ?? "unlimited");
}
