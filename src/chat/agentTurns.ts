/** The turns of the chat in which the agent works: asking, going on, going back. */
import { t } from "@vscode/l10n";
import { window } from "vscode";
import type { AgentToHost, Mode } from "../../media/agent.ts";
import type { AgentBudget, AgentSettings, Budget } from "../../media/messages.ts";
import { type AgentRuns, ANOTHER_WAY, agentIsOff, GO_ON, saidWith } from "../agent/agentRuns.ts";
import type { Approvals } from "../agent/approvals.ts";
import type { AgentChanges } from "../agent/changes.ts";
import type { FurtherTools } from "../agent/furtherTools.ts";
import type { Journals } from "../agent/journal.ts";
import { cutBefore } from "../agent/storedTurn.ts";
import { summaryOf } from "../agent/summary.ts";
import type { TakeBack } from "../agent/takeBack.ts";
import type { Server } from "../client/server.ts";
import { defaultBudget } from "../config.ts";
import type { Reviews } from "../edit/reviews.ts";
import { agentHistoryOf, newReply, type StoredConversation, type StoredTurn } from "./conversation.ts";
import { confirmed, warnOfStaying } from "./goingBack.ts";
import { linksOf } from "./links.ts";
import type { RepliesListener } from "./replies.ts";

export type AgentParts = {
  runs: AgentRuns;
  approvals: Approvals;
  takeBack: TakeBack;
  journals: Journals;
  changes: AgentChanges;
  reviews: Reviews;
  tools: FurtherTools;
};

/** What the chat does for its agent's turns. */
export type AgentHooks = RepliesListener & {
  current: () => StoredConversation;
  /** Whether a reply of the conversation is running. */
  isReplying: (conversation: StoredConversation) => boolean;
  /** The conversation has lost turns, or its settings have changed. */
  onConversation: (conversation: StoredConversation) => void;
};

/** The messages of the page about turns that have ended. */
type TurnMessage = Extract<AgentToHost, { turn: string }>;

export class AgentTurns {
  private readonly parts: AgentParts;
  private readonly hooks: AgentHooks;
  private conversation: StoredConversation | undefined;

  constructor(parts: AgentParts, hooks: AgentHooks) {
    this.parts = parts;
    this.hooks = hooks;
  }

  /** The conversation in which the agent is at work. */
  get working(): StoredConversation | undefined {
    return this.parts.runs.conversation === undefined ? undefined : this.conversation;
  }

  get mode(): Mode {
    return this.hooks.current().mode ?? "ask";
  }

  setMode(mode: Mode): void {
    const conversation = this.hooks.current();
    conversation.mode = mode;
    this.hooks.onConversation(conversation);
  }

  setBudget(which: AgentBudget, budget: Budget): void {
    const conversation = this.hooks.current();
    conversation.agentBudgets = { ...conversation.agentBudgets, [which]: budget };
    this.hooks.onConversation(conversation);
  }

  get settings(): AgentSettings {
    const why = agentIsOff();
    return {
      available: why === undefined,
      ...(why !== undefined && { why }),
      ...this.budgets(this.hooks.current()),
      tools: this.parts.tools.chosen.length,
    };
  }

  /** Has the agent work on a turn's task. Resolves when it has ended. Rejects if it cannot begin. */
  async ask(conversation: StoredConversation, turn: StoredTurn): Promise<void> {
    const before = conversation.turns[conversation.turns.indexOf(turn) - 1];
    turn.agent = undefined;
    await this.run(conversation, turn, saidWith(turn.text, before));
  }

  /** Why the agent cannot begin, in words; undefined if it can. */
  obstacle(): Promise<string | undefined> {
    return this.parts.runs.obstacle();
  }

  /** Has the user choose further tools. Resolves when the list is closed. */
  async chooseTools(server: Server): Promise<void> {
    const { status } = server;
    await this.parts.tools.choose({
      count: async (texts) => (await server.countTokens({ texts })).texts,
      context: () => (status.type === "ready" || status.type === "busy" ? status.model.contextTokens : undefined),
    });
    this.hooks.onChange();
  }

  say(conversation: StoredConversation, text: string): Promise<void> {
    return this.parts.runs.say(conversation.id, text);
  }

  /** Does what the page asks for. Rejects with an Error in words for the user. */
  async receive(message: TurnMessage): Promise<void> {
    const conversation = this.hooks.current();
    const turn = conversation.turns.find(({ id }) => id === message.turn);
    if (!turn?.agent) return;
    if (message.type === "approve") {
      const { id, answer, why, command } = message;
      return this.parts.approvals.answer(id, { answer, why, command });
    }
    if (message.type === "openChanges") return this.parts.changes.open(turn.id);
    if (message.type === "openChange") return this.parts.changes.openFile(turn.id, message.path);
    if (this.hooks.isReplying(conversation)) return;
    switch (message.type) {
      case "continueAgent": {
        const obstacle = await this.obstacle();
        if (obstacle) throw new Error(obstacle);
        return this.goOn(conversation, turn, GO_ON);
      }
      case "restoreStep":
        await this.goBack(conversation, turn, message.row);
        return;
      case "regenerateStep":
        return this.again(conversation, turn, message.row);
      case "undoTurn":
        return this.undo(conversation, turn);
      case "keepTurn":
        this.parts.reviews.keepTurn(turn.id);
        if (turn.agent.summary) turn.agent.summary = { ...turn.agent.summary, undoable: false };
        return this.hooks.onTurn(conversation, turn);
      default:
        message satisfies never;
    }
  }

  /** Has the agent do a step again, in another way, or all of the turn without a row. */
  async again(conversation: StoredConversation, turn: StoredTurn, row = turn.agent?.steps[0]?.row): Promise<void> {
    const obstacle = await this.obstacle();
    if (obstacle) throw new Error(obstacle);
    if (await this.goBack(conversation, turn, row)) await this.goOn(conversation, turn, ANOTHER_WAY);
  }

  /**
   * Takes files and conversation back to before a row's step, or without a row to the end of the turn: later turns are
   * removed. Asks first if files change or steps are lost. Returns false if the user does not want it.
   */
  async goBack(conversation: StoredConversation, turn: StoredTurn, row?: string): Promise<boolean> {
    const { takeBack, journals } = this.parts;
    const { turns } = conversation;
    const later = turns.slice(turns.indexOf(turn) + 1);
    const steps = turn.agent?.steps ?? [];
    const at = row === undefined ? steps.length : steps.findIndex((step) => step.row === row);
    if (at < 0) return false;
    const lost = new Set(steps.slice(at).map((step) => step.row));
    const own = (await takeBack.changesOf(turn.id)).filter(({ step }) => lost.has(step));
    const others = await Promise.all(later.map(({ id }) => takeBack.changesOf(id)));
    const changes = [...own, ...others.flat()];
    const isAsked = changes.length > 0 || lost.size > 0 || later.some(({ agent }) => agent);
    if (isAsked && !(await confirmed(lost.size, later.length, await this.names(changes)))) return false;
    const staying = await takeBack.restore(changes);
    await journals.forget(turn.id, ({ step }) => !lost.has(step));
    for (const { id } of later) await journals.delete(id);
    turns.length = turns.indexOf(turn) + 1;
    if (turn.agent && row !== undefined) await this.cut(turn, row);
    this.hooks.onConversation(conversation);
    this.hooks.onMilestone(conversation);
    warnOfStaying(staying);
    return true;
  }

  /** Ends the agent there, and deletes what is kept about the files that it has changed. */
  async forget({ id, turns }: StoredConversation): Promise<void> {
    await this.parts.runs.end(id);
    for (const turn of turns) if (turn.agent) await this.parts.journals.delete(turn.id);
  }

  /** Call this when the user may no longer see the page. */
  hidden(): void {
    this.parts.approvals.hidden();
  }

  /** Asks for every command and every protected file again. */
  async forgetAllowed(): Promise<void> {
    await this.parts.approvals.forget();
    void window.showInformationMessage(t("Nemotron: the agent asks again before it runs anything in this workspace."));
  }

  stop(conversation: string): Promise<void> {
    return this.parts.runs.stop(conversation);
  }

  answerNow(conversation: string): Promise<void> {
    return this.parts.runs.answerNow(conversation);
  }

  addBudget(conversation: string, tokens: number): Promise<void> {
    return this.parts.runs.addBudget(conversation, tokens);
  }

  /** The window closes. Returns the conversation in which the agent was at work. */
  leave(): StoredConversation | undefined {
    const { working } = this;
    this.parts.runs.leave();
    return working;
  }

  private async goOn(conversation: StoredConversation, turn: StoredTurn, said: string): Promise<void> {
    const { agent } = turn;
    // Before its first step a task begins anew, with what is attached to it.
    if (!agent || agent.log.length <= 1) return this.ask(conversation, turn);
    await this.run(conversation, turn, said);
  }

  private async run(conversation: StoredConversation, turn: StoredTurn, said: string): Promise<void> {
    const budgets = this.budgets(conversation);
    const history = agentHistoryOf(conversation.turns.slice(0, conversation.turns.indexOf(turn)));
    turn.reply = newReply(0);
    this.conversation = conversation;
    conversation.updated = Date.now();
    const { hooks } = this;
    const running = this.parts.runs.run(
      { conversation: conversation.id, turn, history, budgets, said },
      {
        onTurn: () => {
          turn.links = linksOf(turn);
          hooks.onTurn(conversation, turn);
        },
        onMessage: (message) => hooks.onDelta(conversation, message),
        onMilestone: () => hooks.onMilestone(conversation),
        onChange: () => hooks.onChange(),
      },
    );
    hooks.onTurn(conversation, turn);
    // At once, so that the task survives a reload of the window.
    hooks.onMilestone(conversation);
    await running;
    hooks.onMilestone(conversation);
    hooks.onEnd(conversation, turn);
  }

  private async undo(conversation: StoredConversation, turn: StoredTurn): Promise<void> {
    const { agent } = turn;
    if (!agent) return;
    const staying = await this.parts.takeBack.undoTurn(turn.id);
    agent.undone = true;
    agent.changed = [];
    agent.summary = summaryOf({ outcome: "undone", verdict: "none", findings: [], changed: [], rows: agent.rows });
    this.hooks.onTurn(conversation, turn);
    this.hooks.onMilestone(conversation);
    warnOfStaying(staying);
  }

  private async cut(turn: StoredTurn, row: string): Promise<void> {
    const { agent } = turn;
    if (!agent) return;
    cutBefore(agent, row);
    agent.changed = await this.parts.changes.summary(turn.id);
    turn.reply = { ...newReply(0), state: "stopped" };
    const { changed, rows } = agent;
    const reason = t("Back to before the next step");
    agent.summary = summaryOf({ outcome: "stopped", reason, verdict: "none", findings: [], changed, rows });
  }

  private async names(changes: readonly { turn: string }[]): Promise<string[]> {
    const turns = [...new Set(changes.map(({ turn }) => turn))];
    const files = await Promise.all(turns.map((turn) => this.parts.changes.summary(turn)));
    return [...new Set(files.flat().map(({ path }) => path))];
  }

  private budgets({ agentBudgets = {} }: StoredConversation): Record<AgentBudget, Budget> {
    const { plan = defaultBudget("plan"), step = defaultBudget("step") } = agentBudgets;
    return { plan, step };
  }
}
