/** The turns of the chat in which the agent works: asking, going on, going back. */
import { t } from "@vscode/l10n";
import { window } from "vscode";
import type { AgentToHost } from "../../media/agent.ts";
import type { AgentBudget, AgentSettings, Budget } from "../../media/messages.ts";
import { type AgentRuns, ANOTHER_WAY, agentIsOff, GO_ON, saidWith } from "../agent/agentRuns.ts";
import type { Approvals } from "../agent/approvals.ts";
import type { AgentChanges } from "../agent/changes.ts";
import type { FurtherTools } from "../agent/furtherTools.ts";
import type { Journals } from "../agent/journal.ts";
import { newAgent, type StoredAgent } from "../agent/storedTurn.ts";
import type { TakeBack } from "../agent/takeBack.ts";
import type { Server } from "../client/server.ts";
import { defaultBudget } from "../config.ts";
import type { Reviews } from "../edit/reviews.ts";
import { agentHistoryOf, enqueue, newReply, type StoredConversation, type StoredTurn } from "./conversation.ts";
import { type BackHooks, GoingBack } from "./goingBack.ts";
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
export type AgentHooks = RepliesListener &
  BackHooks & {
    current: () => StoredConversation;
    /** Whether a reply of the conversation is running. */
    isReplying: (conversation: StoredConversation) => boolean;
  };

/** The messages of the page about turns that have ended. */
type TurnMessage = Extract<AgentToHost, { turn: string }>;

export class AgentTurns {
  private readonly parts: AgentParts;
  private readonly hooks: AgentHooks;
  private readonly back: GoingBack;
  private conversation: StoredConversation | undefined;

  constructor(parts: AgentParts, hooks: AgentHooks) {
    this.parts = parts;
    this.hooks = hooks;
    this.back = new GoingBack(parts, hooks);
  }

  /** The conversation in which the agent is at work. */
  get working(): StoredConversation | undefined {
    return this.parts.runs.conversation === undefined ? undefined : this.conversation;
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
    await this.run(conversation, turn, newAgent(), saidWith(turn.text, before));
  }

  /** Why the agent cannot begin, in words; undefined if it can. Waits for what is being taken back. */
  async obstacle(): Promise<string | undefined> {
    await this.back.ended();
    return this.parts.runs.obstacle();
  }

  /** Waits like `obstacle`. Rejects in words for the user if the agent cannot begin. */
  async ready(): Promise<void> {
    const obstacle = await this.obstacle();
    if (obstacle) throw new Error(obstacle);
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
        await this.ready();
        // Going on would bring the answer of a later turn before its question.
        if (turn === conversation.turns.at(-1)) await this.goOn(conversation, turn, GO_ON);
        return;
      }
      case "restoreStep":
        await this.goBack(conversation, turn, message.row);
        return;
      case "regenerateStep":
        return this.again(conversation, turn, message.row);
      case "undoTurn":
        return this.back.undo(conversation, turn);
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
    await this.ready();
    if (await this.goBack(conversation, turn, row)) await this.goOn(conversation, turn, ANOTHER_WAY);
  }

  /** See `GoingBack`. */
  goBack(conversation: StoredConversation, turn: StoredTurn, row?: string): Promise<boolean> {
    return this.back.goBack(conversation, turn, row);
  }

  /** Ends the agent there, and deletes what is kept about the files that it has changed. */
  async forget(conversation: StoredConversation): Promise<void> {
    if (this.conversation === conversation) this.conversation = undefined;
    await this.parts.runs.end(conversation.id);
    for (const turn of conversation.turns) if (turn.agent) await this.parts.journals.delete(turn.id);
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
    const untaken = this.parts.runs.leave();
    if (working) this.queue(working, untaken);
    return working;
  }

  private async goOn(conversation: StoredConversation, turn: StoredTurn, said: string): Promise<void> {
    const { agent } = turn;
    // A task that goes back to before its first step is asked again, with its attachments.
    if (!agent || agent.log.length <= 1) return this.ask(conversation, turn);
    await this.run(conversation, turn, agent, saidWith(said, turn));
  }

  private async run(
    conversation: StoredConversation,
    turn: StoredTurn,
    agent: StoredAgent,
    said: string,
  ): Promise<void> {
    // It may have begun elsewhere in the meantime. Nothing has changed yet.
    const why = this.parts.runs.hindrance();
    if (why) throw new Error(why);
    const budgets = this.budgets(conversation);
    const history = agentHistoryOf(conversation.turns.slice(0, conversation.turns.indexOf(turn)));
    turn.reply = newReply(0);
    this.conversation = conversation;
    conversation.updated = Date.now();
    const { hooks } = this;
    const running = this.parts.runs.run(
      { conversation: conversation.id, turn: Object.assign(turn, { agent }), history, budgets, said },
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
    const untaken = await running;
    const wasDeleted = this.conversation !== conversation;
    if (wasDeleted) return;
    this.queue(conversation, untaken);
    hooks.onMilestone(conversation);
    hooks.onEnd(conversation, turn);
  }

  /** What the agent was told and has not taken in becomes the next question. */
  private queue(conversation: StoredConversation, untaken: readonly string[]): void {
    for (const text of untaken) enqueue(conversation, text, []);
    if (untaken.length > 0) this.hooks.onChange();
  }

  private budgets({ agentBudgets = {} }: StoredConversation): Record<AgentBudget, Budget> {
    const { plan = defaultBudget("plan"), step = defaultBudget("step") } = agentBudgets;
    return { plan, step };
  }
}
