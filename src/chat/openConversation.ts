/** The conversation that the page shows: saving it, and telling the page what changes. */
import { randomUUID } from "node:crypto";
import { EventEmitter, type Memento } from "vscode";
import type { Mode } from "../../media/agent.ts";
import type { AgentBudget, Budget, ToPage } from "../../media/messages.ts";
import { defaultBudget } from "../config.ts";
import {
  conversationView,
  newConversation,
  type QueuedQuestion,
  type StoredConversation,
  type StoredTurn,
  turnView,
} from "./conversation.ts";
import type { RepliesListener } from "./replies.ts";
import type { ConversationStore } from "./store.ts";

/** The workspace's key for the open conversation. */
export const CURRENT = "chat.current";

/** Where conversations are kept: all of them, and the workspace's state with the id of the open one. */
export type ChatStorage = { store: ConversationStore; memento: Memento };

export abstract class OpenConversation {
  protected readonly store: ConversationStore;
  protected readonly memento: Memento;
  protected readonly messages = new EventEmitter<ToPage>();
  protected readonly changed = new EventEmitter<void>();
  protected conversation = newConversation(randomUUID(), Date.now());
  /** What the conversation's replies report. */
  protected readonly listener: Omit<RepliesListener, "onEnd"> = {
    onTurn: (conversation, turn) => {
      this.save(conversation);
      if (conversation !== this.conversation) return;
      this.messages.fire({ type: "turn", turn: turnView(turn), title: conversation.title });
    },
    onDelta: (conversation, delta) => {
      this.save(conversation);
      if (conversation === this.conversation) this.messages.fire(delta);
    },
    onMilestone: (conversation) => this.saveNow(conversation),
    onChange: () => this.changed.fire(),
    stored: (id) => this.store.read(id),
  };
  /** Messages to the page. */
  readonly onMessage = this.messages.event;
  /** The open conversation, a running reply, the queue or the budget has changed. */
  readonly onDidChange = this.changed.event;

  constructor({ store, memento }: ChatStorage) {
    this.store = store;
    this.memento = memento;
  }

  /** The conversation if a reply of it is running. */
  protected abstract running(id: string): StoredConversation | undefined;

  get current(): StoredConversation {
    return this.conversation;
  }

  /** A turn of the open conversation. */
  turn(id: string): StoredTurn | undefined {
    return this.conversation.turns.find((turn) => turn.id === id);
  }

  /** Whether a reply of the open conversation is running. */
  get isReplying(): boolean {
    return this.running(this.conversation.id) !== undefined;
  }

  /** The budget of the next question. */
  get budget(): Budget {
    return this.conversation.budget ?? defaultBudget("chat");
  }

  setBudget(budget: Budget): void {
    this.set({ budget });
  }

  /** How the next question is answered. */
  get mode(): Mode {
    return this.conversation.mode ?? "ask";
  }

  setMode(mode: Mode): void {
    this.set({ mode });
  }

  setAgentBudget(which: AgentBudget, budget: Budget): void {
    this.set({ agentBudgets: { ...this.conversation.agentBudgets, [which]: budget } });
  }

  /** The queued questions, the next one first. */
  get queued(): readonly QueuedQuestion[] {
    return this.conversation.queued ?? [];
  }

  viewModel(): ToPage {
    return { type: "conversation", conversation: conversationView(this.conversation) };
  }

  dispose(): void {
    this.messages.dispose();
    this.changed.dispose();
  }

  protected show(conversation: StoredConversation): void {
    this.conversation = conversation;
    void this.memento.update(CURRENT, conversation.id);
    this.messages.fire(this.viewModel());
    this.changed.fire();
  }

  /** Of the next question. The turns stay as they are, so the page does not get them again. */
  private set(settings: Pick<StoredConversation, "budget" | "mode" | "agentBudgets">): void {
    Object.assign(this.conversation, settings);
    this.save(this.conversation);
    this.changed.fire();
  }

  protected saveNow(conversation: StoredConversation): void {
    this.save(conversation);
    void this.store.flush();
  }

  /** Skips conversations that were deleted meanwhile or never begun. */
  protected save(conversation: StoredConversation): void {
    const deleted = conversation !== this.conversation && !this.running(conversation.id);
    if (!deleted && conversation.turns.length > 0) this.store.save(conversation);
  }
}
