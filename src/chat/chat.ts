/** The chat: the conversation that is open, and the replies that are being written. The page only draws it. */
import { randomUUID } from "node:crypto";
import { type Disposable, EventEmitter, type Memento } from "vscode";
import type { Diagnostic, Range } from "vscode-languageclient";
import type { Budget, ToPage } from "../../media/messages.ts";
import type { Thinking } from "../../server/protocol.ts";
import { budgetToThinking, defaultBudget } from "../config.ts";
import type { Server } from "../server.ts";
import {
  explaining,
  newConversation,
  newReply,
  pictureOf,
  type Source,
  type StoredConversation,
  type StoredTurn,
  titleOf,
  turnPicture,
} from "./conversation.ts";
import { Replies } from "./replies.ts";
import type { ConversationStore } from "./store.ts";

/** Under this key the workspace remembers which conversation was open. */
const CURRENT = "chat.current";

export type ExplainTarget = { uri: string; range: Range; diagnostics: Diagnostic[] };

export class Chat implements Disposable {
  private readonly server: Server;
  private readonly store: ConversationStore;
  private readonly memento: Memento;
  private readonly replies: Replies;
  private readonly messages = new EventEmitter<ToPage>();
  private readonly changed = new EventEmitter<void>();
  private conversation = newConversation(randomUUID(), Date.now());
  /** For the page. */
  readonly onMessage = this.messages.event;
  /** Another conversation is open, or another reply runs or has ended: what can be done has changed. */
  readonly onDidChange = this.changed.event;

  constructor(server: Server, store: ConversationStore, memento: Memento) {
    this.server = server;
    this.store = store;
    this.memento = memento;
    this.replies = new Replies(server, memento, {
      onTurn: (conversation, turn) => this.tell(conversation, turn),
      onDelta: (conversation, delta) => {
        this.save(conversation);
        if (conversation === this.conversation) this.messages.fire(delta);
      },
      onMilestone: (conversation) => {
        this.save(conversation);
        void this.store.flush();
      },
      onChange: () => this.changed.fire(),
      kept: (id) => this.store.read(id),
    });
  }

  /** Opens what was open when the window was closed, and goes on with the replies that were being written. */
  async restore(): Promise<void> {
    const id = this.memento.get<string>(CURRENT);
    const conversation = id === undefined ? undefined : await this.store.read(id);
    // Whoever was faster than the disk has begun a conversation already.
    if (conversation && this.conversation.turns.length === 0) this.show(conversation);
    for (const left of this.replies.leftBehind) {
      const behind = await this.store.read(left);
      if (behind) void this.replies.takeUp(behind);
    }
  }

  get current(): StoredConversation {
    return this.conversation;
  }

  get isReplying(): boolean {
    return this.replies.conversation(this.conversation.id) !== undefined;
  }

  get budget(): Budget {
    return this.conversation.budget ?? defaultBudget("chat");
  }

  /** Ends when the reply does. While a reply runs, nothing else is asked. */
  async ask(text: string, sources: Source[]): Promise<void> {
    if (this.isReplying || text.trim() === "") return;
    const turn = this.addTurn(text, sources);
    await this.reply(turn, budgetToThinking(this.budget));
  }

  /** A conversation of its own that begins with an explanation; chats can go on from there. */
  async explain(target: ExplainTarget, source: Source, thinking: Thinking): Promise<void> {
    this.startNew();
    const turn = this.addTurn(explaining(source), [source]);
    turn.explain = target;
    await this.reply(turn, thinking);
  }

  /** Asks again for the reply of a turn; what came after it is taken back. */
  async regenerate(id: string, budget: Budget = this.budget): Promise<void> {
    const turn = this.takeBackTo(id);
    if (turn) await this.reply(turn, budgetToThinking(budget));
  }

  async resend(id: string, text: string): Promise<void> {
    const turn = text.trim() === "" ? undefined : this.takeBackTo(id);
    if (!turn) return;
    const [first] = this.conversation.turns;
    if (turn === first && this.conversation.title === titleOf(turn.text)) this.conversation.title = titleOf(text);
    Object.assign(turn, { text, userContent: undefined, explain: undefined });
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

  /** The oldest turn that is still sent makes room for others. */
  dropOldest(): void {
    const turn = this.conversation.turns.find(({ dropped }) => !dropped);
    if (!turn) return;
    turn.dropped = true;
    this.tell(this.conversation, turn);
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

  rename(conversation: StoredConversation, title: string): void {
    const { id } = conversation;
    const kept = id === this.conversation.id ? this.conversation : (this.replies.conversation(id) ?? conversation);
    kept.title = titleOf(title) || kept.title;
    this.store.save(kept);
    if (kept === this.conversation) this.show(kept);
  }

  async delete(id: string): Promise<void> {
    this.replies.drop(id);
    if (id === this.conversation.id) this.show(newConversation(randomUUID(), Date.now()));
    await Promise.all([this.store.delete(id), this.server.forget(id)]);
  }

  picture(): ToPage {
    return { type: "conversation", conversation: pictureOf(this.conversation) };
  }

  /** The window goes away: what is being written goes on, and is saved as it stands. */
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
    this.messages.fire(this.picture());
    this.changed.fire();
    void this.replies.takeUp(conversation);
  }

  private addTurn(text: string, sources: Source[]): StoredTurn {
    const { conversation } = this;
    if (conversation.turns.length === 0) conversation.title = titleOf(text);
    const turn: StoredTurn = { id: randomUUID(), text, sources, links: [], dropped: false, reply: newReply(0) };
    conversation.turns.push(turn);
    return turn;
  }

  /** The turn, as the conversation's last one. Undefined while it cannot be asked again. */
  private takeBackTo(id: string): StoredTurn | undefined {
    const { conversation } = this;
    const index = conversation.turns.findIndex((turn) => turn.id === id);
    if (index < 0 || this.isReplying) return undefined;
    conversation.turns.length = index + 1;
    conversation.turns[index]!.dropped = false;
    this.messages.fire(this.picture());
    return conversation.turns[index];
  }

  private reply(turn: StoredTurn, thinking: Thinking): Promise<void> {
    const { conversation } = this;
    conversation.updated = Date.now();
    void this.memento.update(CURRENT, conversation.id);
    return this.replies.ask(conversation, turn, thinking);
  }

  private tell(conversation: StoredConversation, turn: StoredTurn): void {
    this.save(conversation);
    if (conversation !== this.conversation) return;
    this.messages.fire({ type: "turn", turn: turnPicture(turn), title: conversation.title });
  }

  /** Not what has been deleted meanwhile, and not what was never begun. */
  private save(conversation: StoredConversation): void {
    const deleted = conversation !== this.conversation && !this.replies.conversation(conversation.id);
    if (!deleted && conversation.turns.length > 0) this.store.save(conversation);
  }
}
