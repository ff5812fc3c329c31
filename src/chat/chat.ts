/** The chat: the open conversation and the running replies. The page only draws it. */
import { randomUUID } from "node:crypto";
import type { Disposable } from "vscode";
import type { Diagnostic, Range } from "vscode-languageclient";
import type { Budget } from "../../media/messages.ts";
import type { Thinking } from "../../server/protocol.ts";
import type { Server } from "../client/server.ts";
import { budgetToThinking, defaultBudget } from "../config.ts";
import type { Source } from "../context/sources.ts";
import { type AgentParts, AgentTurns } from "./agentTurns.ts";
import {
  dequeue,
  enqueue,
  explainQuestion,
  keepVersion,
  newConversation,
  newReply,
  type QueuedQuestion,
  type StoredConversation,
  type StoredTurn,
  showVersion,
  titleOf,
} from "./conversation.ts";
import { linksOf } from "./links.ts";
import { type ChatStorage, CURRENT, OpenConversation } from "./openConversation.ts";
import { Replies, type RepliesListener } from "./replies.ts";

/** The part of a document to explain, with the document's problems. */
export type ExplainTarget = { uri: string; range: Range; diagnostics: Diagnostic[] };

export class Chat extends OpenConversation implements Disposable {
  private readonly server: Server;
  private readonly replies: Replies;
  readonly agent: AgentTurns;

  constructor(server: Server, storage: ChatStorage, agentParts: AgentParts) {
    super(storage);
    this.server = server;
    const listener: RepliesListener = {
      ...this.listener,
      onEnd: (conversation, { reply, agent }) => {
        // An agent that the user has stopped does not begin again by itself.
        if (reply.state === "done" || (reply.state === "stopped" && !agent)) void this.sendQueued(conversation);
      },
    };
    this.replies = new Replies(server, storage.memento, listener);
    this.agent = new AgentTurns(agentParts, {
      ...listener,
      current: () => this.conversation,
      isReplying: ({ id }) => this.running(id) !== undefined,
      onConversation: (conversation) => {
        this.save(conversation);
        if (conversation === this.conversation) this.messages.fire(this.viewModel());
        this.changed.fire();
      },
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

  /** Whether the agent is at work in the open conversation. */
  get isAgentWorking(): boolean {
    return this.agent.working === this.conversation;
  }

  private get runner(): Pick<Replies, "answerNow" | "addBudget"> & { stop: (id: string) => unknown } {
    return this.isAgentWorking ? this.agent : this.replies;
  }

  /** Resolves when the reply ends. While another one runs, the question is queued and this resolves at once. */
  async ask(text: string, sources: Source[]): Promise<void> {
    if (text.trim() === "") return;
    const { conversation } = this;
    if (!this.isReplying) return this.askIn(conversation, text, sources);
    enqueue(conversation, text, sources);
    this.save(conversation);
    this.changed.fire();
  }

  /** Removes a queued question. */
  unqueue(id: string): QueuedQuestion | undefined {
    const question = dequeue(this.conversation, id);
    this.save(this.conversation);
    this.changed.fire();
    return question;
  }

  /** Sends the oldest queued question. After a failure the user decides. */
  async sendQueued(conversation = this.conversation): Promise<void> {
    if (this.running(conversation.id)) return;
    const next = dequeue(conversation);
    if (next) await this.askIn(conversation, next.text, next.sources);
  }

  private async askIn(conversation: StoredConversation, text: string, sources: Source[]): Promise<void> {
    const isAgents = conversation.mode === "agent";
    const obstacle = isAgents ? await this.agent.obstacle() : undefined;
    if (obstacle) {
      // The question waits, so that it is not lost.
      enqueue(conversation, text, sources);
      this.changed.fire();
      throw new Error(obstacle);
    }
    const turn = this.addTurn(text, sources, conversation);
    if (isAgents) return this.agent.ask(conversation, turn);
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
    const asked = this.turn(id);
    if (asked?.agent) return this.isReplying ? undefined : this.agent.again(this.conversation, asked);
    const turn = await this.takeBackTo(id);
    if (!turn) return;
    keepVersion(turn);
    await this.reply(turn, budgetToThinking(budget));
  }

  /** Continues the answer of the last turn. Resolves when the reply ends. */
  async continue(id: string): Promise<void> {
    const turn = this.conversation.turns.at(-1);
    if (this.isReplying || turn?.id !== id || turn.agent || turn.reply.answer === "") return;
    this.conversation.updated = Date.now();
    await this.replies.continue(this.conversation, turn);
  }

  /** Shows one of a turn's replies. @param version 1 is the oldest. */
  showVersion(id: string, version: number): void {
    const turn = this.turn(id);
    if (!turn || this.isReplying || !showVersion(turn, version)) return;
    turn.links = linksOf(turn);
    this.listener.onTurn(this.conversation, turn);
    void this.replies.findPlaces(this.conversation, turn);
    this.changed.fire();
  }

  /** Asks the question of a turn again with another text; later turns are removed. */
  async resend(id: string, text: string): Promise<void> {
    if (text.trim() === "" || this.isReplying) return;
    const isAgents = this.turn(id)?.agent !== undefined;
    if (isAgents) await this.agent.ready();
    const turn = await this.takeBackTo(id);
    if (!turn) return;
    const [first] = this.conversation.turns;
    if (turn === first && this.conversation.title === titleOf(turn.text)) this.conversation.title = titleOf(text);
    Object.assign(turn, { text, userContent: undefined, explain: undefined, versions: undefined, version: undefined });
    if (turn.agent) return this.agent.ask(this.conversation, turn);
    await this.reply(turn, budgetToThinking(this.budget));
  }

  async stop(): Promise<void> {
    await this.runner.stop(this.conversation.id);
  }

  async answerNow(): Promise<void> {
    await this.runner.answerNow(this.conversation.id);
  }

  async addBudget(tokens: number): Promise<void> {
    await this.runner.addBudget(this.conversation.id, tokens);
  }

  startNew(): void {
    if (this.conversation.turns.length > 0) this.show(newConversation(randomUUID(), Date.now()));
  }

  async open(id: string): Promise<void> {
    await this.store.flush();
    const read = await this.store.read(id);
    const conversation = this.running(id) ?? read;
    if (conversation) this.show(conversation);
  }

  /** An empty title changes nothing. */
  rename(conversation: StoredConversation, title: string): void {
    const { id } = conversation;
    const live = id === this.conversation.id ? this.conversation : (this.running(id) ?? conversation);
    live.title = titleOf(title) || live.title;
    this.store.save(live);
    if (live === this.conversation) this.show(live);
  }

  /** Deletes the conversation, and what the server keeps of it. */
  async delete(id: string): Promise<void> {
    const conversation = this.running(id) ?? (await this.store.read(id));
    this.replies.drop(id);
    if (conversation) {
      conversation.queued = undefined;
      await this.agent.forget(conversation);
    }
    if (id === this.conversation.id) this.show(newConversation(randomUUID(), Date.now()));
    await Promise.all([this.store.delete(id), this.server.forget(id)]);
  }

  /** The window closes: running replies continue in the engine, and their present state is saved. */
  leave(): void {
    for (const conversation of [...this.replies.leave(), this.agent.leave()])
      if (conversation) this.store.save(conversation);
  }

  override dispose(): void {
    this.leave();
    super.dispose();
  }

  protected override show(conversation: StoredConversation): void {
    super.show(conversation);
    void this.replies.resume(conversation);
    this.agent.hidden();
  }

  private addTurn(text: string, sources: Source[], conversation = this.conversation): StoredTurn {
    if (conversation.turns.length === 0) conversation.title = titleOf(text);
    const turn: StoredTurn = { id: randomUUID(), text, sources, links: [], dropped: false, reply: newReply(0) };
    conversation.turns.push(turn);
    return turn;
  }

  /**
   * Removes the turns after this one, and what agents did to files since, and returns it. Undefined if it is unknown, a
   * reply is running, or the user does not want that.
   */
  private async takeBackTo(id: string): Promise<StoredTurn | undefined> {
    const { conversation } = this;
    const turn = this.turn(id);
    if (!turn || this.isReplying) return undefined;
    if (!(await this.agent.goBack(conversation, turn, turn.agent?.steps[0]?.row))) return undefined;
    // The summary is about what came after it, too.
    if (turn.dropped) conversation.summary = undefined;
    turn.dropped = false;
    this.messages.fire(this.viewModel());
    return turn;
  }

  /** The conversation if a reply of it is running. */
  protected running(id: string): StoredConversation | undefined {
    const { working } = this.agent;
    return this.replies.conversation(id) ?? (working?.id === id ? working : undefined);
  }

  private async reply(turn: StoredTurn, thinking: Thinking, conversation = this.conversation): Promise<void> {
    conversation.updated = Date.now();
    void this.memento.update(CURRENT, this.conversation.id);
    // At once, so that the question survives a reload of the window.
    this.saveNow(conversation);
    await this.replies.ask(conversation, turn, thinking);
  }
}
