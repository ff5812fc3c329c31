/** The chat: the open conversation and the running replies. The page only draws it. */
import { randomUUID } from "node:crypto";
import { type Disposable, EventEmitter, type Memento } from "vscode";
import type { Diagnostic, Range } from "vscode-languageclient";
import type { Budget, ToPage } from "../../media/messages.ts";
import type { Thinking } from "../../server/protocol.ts";
import type { Server } from "../client/server.ts";
import { budgetToThinking, defaultBudget } from "../config.ts";
import type { Source } from "../context/sources.ts";
import {
  conversationView,
  explainQuestion,
  keepVersion,
  newConversation,
  newReply,
  type QueuedQuestion,
  type StoredConversation,
  type StoredTurn,
  showVersion,
  titleOf,
  turnView,
} from "./conversation.ts";
import { linksOf } from "./links.ts";
import { Replies } from "./replies.ts";
import type { ConversationStore } from "./store.ts";

/** The workspace's key for the open conversation. */
const CURRENT = "chat.current";

/** The part of a document to explain, with the document's problems. */
export type ExplainTarget = { uri: string; range: Range; diagnostics: Diagnostic[] };

export class Chat implements Disposable {
  private readonly server: Server;
  private readonly store: ConversationStore;
  private readonly memento: Memento;
  private readonly replies: Replies;
  private readonly messages = new EventEmitter<ToPage>();
  private readonly changed = new EventEmitter<void>();
  private conversation = newConversation(randomUUID(), Date.now());
  /** Messages to the page. */
  readonly onMessage = this.messages.event;
  /** The open conversation, a running reply, the queue or the budget has changed. */
  readonly onDidChange = this.changed.event;

  constructor(server: Server, store: ConversationStore, memento: Memento) {
    this.server = server;
    this.store = store;
    this.memento = memento;
    this.replies = new Replies(server, memento, {
      onTurn: (conversation, turn) => this.saveAndPost(conversation, turn),
      onDelta: (conversation, delta) => {
        this.save(conversation);
        if (conversation === this.conversation) this.messages.fire(delta);
      },
      onMilestone: (conversation) => this.saveNow(conversation),
      onChange: () => this.changed.fire(),
      onEnd: (conversation, { reply }) => {
        if (reply.state === "done" || reply.state === "stopped") void this.sendQueued(conversation);
      },
      stored: (id) => this.store.read(id),
    });
  }

  /** Opens the conversation of the last window, and resumes its running replies. */
  async restore(): Promise<void> {
    const id = this.memento.get<string>(CURRENT);
    const conversation = id === undefined ? undefined : await this.store.read(id);
    // Not shown if the user has begun a conversation in the meantime.
    if (conversation && this.conversation.turns.length === 0) this.show(conversation);
    for (const id of this.replies.ofLastWindow) {
      const other = await this.store.read(id);
      if (other) void this.replies.resume(other);
    }
  }

  get current(): StoredConversation {
    return this.conversation;
  }

  /** Whether a reply of the open conversation is running. */
  get isReplying(): boolean {
    return this.replies.conversation(this.conversation.id) !== undefined;
  }

  /** The budget of the next question. */
  get budget(): Budget {
    return this.conversation.budget ?? defaultBudget("chat");
  }

  /** Resolves when the reply ends. While another one runs, the question is queued and this resolves at once. */
  async ask(text: string, sources: Source[]): Promise<void> {
    if (text.trim() === "") return;
    const { conversation } = this;
    if (!this.isReplying) return this.askIn(conversation, text, sources);
    conversation.queued = [...(conversation.queued ?? []), { id: randomUUID(), text, sources }];
    this.save(conversation);
    this.changed.fire();
  }

  /** The queued questions, the next one first. */
  get queued(): readonly QueuedQuestion[] {
    return this.conversation.queued ?? [];
  }

  /** Removes a queued question. */
  unqueue(id: string): QueuedQuestion | undefined {
    const { conversation } = this;
    const question = conversation.queued?.find((each) => each.id === id);
    conversation.queued = conversation.queued?.filter((each) => each !== question);
    this.save(conversation);
    this.changed.fire();
    return question;
  }

  /** Sends the oldest queued question. After a failure the user decides. */
  async sendQueued(conversation = this.conversation): Promise<void> {
    if (this.replies.conversation(conversation.id)) return;
    const [next, ...later] = conversation.queued ?? [];
    if (!next) return;
    conversation.queued = later;
    await this.askIn(conversation, next.text, next.sources);
  }

  private async askIn(conversation: StoredConversation, text: string, sources: Source[]): Promise<void> {
    const turn = this.addTurn(text, sources, conversation);
    await this.reply(turn, budgetToThinking(conversation.budget ?? defaultBudget("chat")), conversation);
  }

  /** Starts a conversation with an explanation, which the user can continue. Resolves when the reply ends. */
  async explain(target: ExplainTarget, source: Source, thinking: Thinking): Promise<void> {
    this.startNew();
    const turn = this.addTurn(explainQuestion(source), [source]);
    turn.explain = target;
    await this.reply(turn, thinking);
  }

  /** Regenerates the reply of a turn; later turns are removed. */
  async regenerate(id: string, budget: Budget = this.budget): Promise<void> {
    const turn = this.takeBackTo(id);
    if (!turn) return;
    keepVersion(turn);
    await this.reply(turn, budgetToThinking(budget));
  }

  /** Continues the answer of the last turn. Resolves when the reply ends. */
  async continue(id: string): Promise<void> {
    const turn = this.conversation.turns.at(-1);
    if (this.isReplying || turn?.id !== id || turn.reply.answer === "") return;
    this.conversation.updated = Date.now();
    await this.replies.continue(this.conversation, turn);
  }

  /** Shows one of a turn's replies. @param version 1 is the oldest. */
  showVersion(id: string, version: number): void {
    const turn = this.conversation.turns.find((turn) => turn.id === id);
    if (!turn || this.isReplying || !showVersion(turn, version)) return;
    turn.links = linksOf(turn);
    this.saveAndPost(this.conversation, turn);
    void this.replies.findPlaces(this.conversation, turn);
    this.changed.fire();
  }

  /** Asks the question of a turn again with another text; later turns are removed. */
  async resend(id: string, text: string): Promise<void> {
    const turn = text.trim() === "" ? undefined : this.takeBackTo(id);
    if (!turn) return;
    const [first] = this.conversation.turns;
    if (turn === first && this.conversation.title === titleOf(turn.text)) this.conversation.title = titleOf(text);
    Object.assign(turn, { text, userContent: undefined, explain: undefined, versions: undefined, version: undefined });
    await this.reply(turn, budgetToThinking(this.budget));
  }

  stop(): void {
    this.replies.stop(this.conversation.id);
  }

  async answerNow(): Promise<void> {
    await this.replies.answerNow(this.conversation.id);
  }

  async addBudget(tokens: number): Promise<void> {
    await this.replies.addBudget(this.conversation.id, tokens);
  }

  setBudget(budget: Budget): void {
    this.conversation.budget = budget;
    this.save(this.conversation);
    this.changed.fire();
  }

  startNew(): void {
    if (this.conversation.turns.length > 0) this.show(newConversation(randomUUID(), Date.now()));
  }

  async open(id: string): Promise<void> {
    await this.store.flush();
    const read = await this.store.read(id);
    const conversation = this.replies.conversation(id) ?? read;
    if (conversation) this.show(conversation);
  }

  /** An empty title changes nothing. */
  rename(conversation: StoredConversation, title: string): void {
    const { id } = conversation;
    const live = id === this.conversation.id ? this.conversation : (this.replies.conversation(id) ?? conversation);
    live.title = titleOf(title) || live.title;
    this.store.save(live);
    if (live === this.conversation) this.show(live);
  }

  /** Deletes the conversation, and what the server keeps of it. */
  async delete(id: string): Promise<void> {
    this.replies.drop(id);
    if (id === this.conversation.id) this.show(newConversation(randomUUID(), Date.now()));
    await Promise.all([this.store.delete(id), this.server.forget(id)]);
  }

  viewModel(): ToPage {
    return { type: "conversation", conversation: conversationView(this.conversation) };
  }

  /** The window closes: running replies continue in the engine, and their present state is saved. */
  leave(): void {
    for (const conversation of this.replies.leave()) this.store.save(conversation);
  }

  dispose(): void {
    this.leave();
    this.messages.dispose();
    this.changed.dispose();
  }

  private show(conversation: StoredConversation): void {
    this.conversation = conversation;
    void this.memento.update(CURRENT, conversation.id);
    this.messages.fire(this.viewModel());
    this.changed.fire();
    void this.replies.resume(conversation);
  }

  private addTurn(text: string, sources: Source[], conversation = this.conversation): StoredTurn {
    if (conversation.turns.length === 0) conversation.title = titleOf(text);
    const turn: StoredTurn = { id: randomUUID(), text, sources, links: [], dropped: false, reply: newReply(0) };
    conversation.turns.push(turn);
    return turn;
  }

  /** Removes the turns after this one, and returns it. Undefined if it is unknown, or a reply is running. */
  private takeBackTo(id: string): StoredTurn | undefined {
    const { conversation } = this;
    const index = conversation.turns.findIndex((turn) => turn.id === id);
    if (index < 0 || this.isReplying) return undefined;
    conversation.turns.length = index + 1;
    // The summary is about what came after it, too.
    if (conversation.turns[index]!.dropped) conversation.summary = undefined;
    conversation.turns[index]!.dropped = false;
    this.messages.fire(this.viewModel());
    return conversation.turns[index];
  }

  private async reply(turn: StoredTurn, thinking: Thinking, conversation = this.conversation): Promise<void> {
    conversation.updated = Date.now();
    void this.memento.update(CURRENT, this.conversation.id);
    // At once, so that the question survives a reload of the window.
    this.saveNow(conversation);
    await this.replies.ask(conversation, turn, thinking);
  }

  private saveAndPost(conversation: StoredConversation, turn: StoredTurn): void {
    this.save(conversation);
    if (conversation !== this.conversation) return;
    this.messages.fire({ type: "turn", turn: turnView(turn), title: conversation.title });
  }

  private saveNow(conversation: StoredConversation): void {
    this.save(conversation);
    void this.store.flush();
  }

  /** Skips conversations that were deleted meanwhile or never begun. */
  private save(conversation: StoredConversation): void {
    const deleted = conversation !== this.conversation && !this.replies.conversation(conversation.id);
    if (!deleted && conversation.turns.length > 0) this.store.save(conversation);
  }
}
