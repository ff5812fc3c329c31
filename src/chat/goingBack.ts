/** Takes back what the agent has done, to before a step or all of a turn, and says what is lost. */
import { t } from "@vscode/l10n";
import { window } from "vscode";
import type { AgentChanges } from "../agent/changes.ts";
import type { Journals } from "../agent/journal.ts";
import { cutBefore } from "../agent/storedTurn.ts";
import { summaryOf } from "../agent/summary.ts";
import type { TakeBack } from "../agent/takeBack.ts";
import { escapeNotification } from "../errors/problems.ts";
import { newReply, type StoredConversation, type StoredTurn } from "./conversation.ts";

type Parts = { takeBack: TakeBack; journals: Journals; changes: AgentChanges };

export type BackHooks = {
  /** The turn has changed. */
  onTurn: (conversation: StoredConversation, turn: StoredTurn) => void;
  /** The conversation has lost turns. */
  onConversation: (conversation: StoredConversation) => void;
  /** The conversation has to be saved now. */
  onMilestone: (conversation: StoredConversation) => void;
};

export class GoingBack {
  private readonly parts: Parts;
  private readonly hooks: BackHooks;
  private running: Promise<unknown> | undefined;

  constructor(parts: Parts, hooks: BackHooks) {
    this.parts = parts;
    this.hooks = hooks;
  }

  /** Resolves when nothing is being taken back. */
  async ended(): Promise<void> {
    await this.running;
  }

  /**
   * Takes files and conversation back to before a row's step, or without a row to the end of the turn: later turns are
   * removed. Asks first if files change or steps are lost. Returns false if the user does not want it, and while
   * something else is being taken back.
   */
  async goBack(conversation: StoredConversation, turn: StoredTurn, row?: string): Promise<boolean> {
    return (await this.alone(() => this.backTo(conversation, turn, row))) ?? false;
  }

  /** Undoes a turn's changes. Does nothing while something else is being taken back. */
  async undo(conversation: StoredConversation, turn: StoredTurn): Promise<void> {
    await this.alone(() => this.undoTurn(conversation, turn));
  }

  /** Buttons can be pressed twice. */
  private async alone<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.running) return undefined;
    const done = work().finally(() => {
      this.running = undefined;
    });
    this.running = done.catch(() => {});
    return done;
  }

  private async backTo(conversation: StoredConversation, turn: StoredTurn, row?: string): Promise<boolean> {
    const { takeBack, journals } = this.parts;
    const { turns } = conversation;
    const later = turns.slice(turns.indexOf(turn) + 1);
    const steps = turn.agent?.steps ?? [];
    const at = row === undefined ? steps.length : steps.findIndex((step) => step.row === row);
    if (at < 0) return false;
    const lost = new Set(steps.slice(at).map((step) => step.row));
    const own = lost.size === 0 ? [] : (await takeBack.changesOf(turn.id)).filter(({ step }) => lost.has(step));
    const agents = later.filter(({ agent }) => agent);
    const others = await Promise.all(agents.map(({ id }) => takeBack.changesOf(id)));
    const changes = [...own, ...others.flat()];
    const isAsked = lost.size > 0 || agents.length > 0;
    if (isAsked && !(await confirmed(lost.size, later.length, await this.names(changes)))) return false;
    const staying = await takeBack.restore(changes);
    if (lost.size > 0) await journals.forget(turn.id, ({ step }) => !lost.has(step));
    for (const { id } of agents) await journals.delete(id);
    turns.length = turns.indexOf(turn) + 1;
    if (row !== undefined) await this.cut(turn, row);
    this.hooks.onConversation(conversation);
    this.hooks.onMilestone(conversation);
    warnOfStaying(staying);
    return true;
  }

  private async undoTurn(conversation: StoredConversation, turn: StoredTurn): Promise<void> {
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
}

/** Asks once, and names what is lost: numbers of steps and of later turns, and paths of files. */
async function confirmed(steps: number, turns: number, files: string[]): Promise<boolean> {
  const detail = [
    ...(steps > 0 ? [t("Steps that are removed: {0}", steps)] : []),
    ...(turns > 0 ? [t("Later questions that are removed: {0}", turns)] : []),
    ...(files.length > 0 ? [t("Files that change back: {0}", files.join(", "))] : []),
  ].join("\n");
  const yes = t("Go Back");
  const chosen = await window.showWarningMessage(t("Go back to before this step?"), { modal: true, detail }, yes);
  return chosen === yes;
}

/** Says in which files something stays that was to be taken back. */
function warnOfStaying(files: readonly string[]): void {
  if (files.length === 0) return;
  const text = t("Nemotron: what you have kept or changed stays in {0}.", files.join(", "));
  void window.showInformationMessage(escapeNotification(text));
}
