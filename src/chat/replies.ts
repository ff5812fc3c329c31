/** The running replies by conversation. They continue when another conversation is opened, and when the window closes. */
import { randomUUID } from "node:crypto";
import { t } from "@vscode/l10n";
import { CancellationTokenSource, type Memento } from "vscode";
import type { Reply, ToPage } from "../../media/messages.ts";
import type { Thinking } from "../../server/protocol.ts";
import type { Server } from "../client/server.ts";
import { ServerError } from "../errors/serverError.ts";
import { dropOldest, isFinal, isRunning, newReply, type StoredConversation, type StoredTurn } from "./conversation.ts";
import { failureOf } from "./failures.ts";
import { knownPlaces } from "./findPlaces.ts";
import { requestFor } from "./replyRequest.ts";
import { type ReplySources, RunningReply, type StartRequest } from "./runningReply.ts";

/** The workspace's key for conversations with running replies. */
const RUNNING = "chat.running";
/** How long a question that the engine had not begun is asked again after the window closed, ms. */
const STILL_WANTED_MS = 10 * 60_000;

export type RepliesListener = {
  /** The turn has another state. */
  onTurn: (conversation: StoredConversation, turn: StoredTurn) => void;
  onDelta: (conversation: StoredConversation, delta: Extract<ToPage, { type: "delta" }>) => void;
  /** The present state has to be saved now. */
  onMilestone: (conversation: StoredConversation) => void;
  /** A reply has begun or ended. */
  onChange: () => void;
  /** The reply has ended, however that was. */
  onEnd: (conversation: StoredConversation, turn: StoredTurn) => void;
  /** The conversation as it is on disk. */
  kept: (id: string) => Promise<StoredConversation | undefined>;
};

const lengthOf = ({ thought, answer }: Reply) => thought.length + answer.length;

type Running = { conversation: StoredConversation; reply: RunningReply; cancel: CancellationTokenSource };

export class Replies {
  private readonly server: Server;
  private readonly memento: Memento;
  private readonly listener: RepliesListener;
  private readonly running = new Map<string, Running>();
  /** Includes those of the last window until they are resumed. */
  private readonly remembered: Set<string>;
  private left = false;

  constructor(server: Server, memento: Memento, listener: RepliesListener) {
    this.server = server;
    this.memento = memento;
    this.listener = listener;
    this.remembered = new Set(memento.get<string[]>(RUNNING, []));
  }

  /** The conversation as its reply changes it, if one is being written. */
  conversation(id: string): StoredConversation | undefined {
    return this.running.get(id)?.conversation;
  }

  /** Conversations whose replies were being written when the window went away. */
  get leftBehind(): string[] {
    return [...this.remembered].filter((id) => !this.running.has(id));
  }

  /** Ends when the reply does. */
  async ask(conversation: StoredConversation, turn: StoredTurn, thinking: Thinking): Promise<void> {
    turn.reply = newReply(thinking.mode === "off" ? 0 : (thinking.budget ?? "unlimited"));
    turn.replyId = randomUUID();
    turn.thinking = thinking;
    this.listener.onTurn(conversation, turn);
    await this.run(conversation, turn, (reply, ways) => reply.run(ways));
  }

  /** Continues an answer that was stopped or cut off. Ends when the reply does. */
  async continue(conversation: StoredConversation, turn: StoredTurn): Promise<void> {
    turn.continues = turn.reply.answer;
    turn.reply = { ...turn.reply, state: "waiting", cut: undefined, error: undefined, usage: undefined };
    turn.replyId = randomUUID();
    turn.thinking = { mode: "off" };
    this.listener.onTurn(conversation, turn);
    await this.run(conversation, turn, (reply, ways) => reply.run(ways));
  }

  /** Goes on with a reply that was being written when the window went away, if there is one. Ends when that does. */
  async takeUp(conversation: StoredConversation): Promise<void> {
    const turn = conversation.turns.find(isRunning);
    if (this.running.has(conversation.id)) return;
    if (!turn) return this.remember(conversation.id, false);
    const recent = Date.now() - conversation.updated < STILL_WANTED_MS;
    const lost = () => this.lost(conversation.id, turn);
    await this.run(conversation, turn, (reply, { ask, resume }) =>
      reply.takeUp({ ask: recent ? ask : undefined, resume, lost }),
    );
  }

  /** How a reply ends that is not there any more. The window before this one may have written that after it was read here. */
  private async lost(conversation: string, { id, replyId, reply }: StoredTurn): Promise<Partial<Reply>> {
    const turns = (await this.listener.kept(conversation))?.turns ?? [];
    const kept = turns.find((turn) => turn.id === id && turn.replyId === replyId)?.reply;
    if (kept && isFinal(kept)) return kept;
    const more = kept && lengthOf(kept) > lengthOf(reply) ? kept : {};
    const closed = new ServerError("noReply", t("The window was closed while the reply was being written."));
    return { ...more, ...failureOf(closed) };
  }

  stop(id: string): void {
    this.running.get(id)?.cancel.cancel();
  }

  /** Stops it and ignores its end. */
  drop(id: string): void {
    this.stop(id);
    this.running.delete(id);
    this.remember(id, false);
  }

  async answerNow(id: string): Promise<void> {
    await this.running.get(id)?.reply.answerNow();
  }

  async addBudget(id: string, tokens: number): Promise<void> {
    await this.running.get(id)?.reply.addBudget(tokens);
  }

  /** The window goes away. They go on, to be taken up by the next one: nothing that happens now is their end. */
  leave(): StoredConversation[] {
    this.left = true;
    return [...this.running.values()].map(({ conversation, reply }) => {
      reply.leave();
      return conversation;
    });
  }

  private async run(
    conversation: StoredConversation,
    turn: StoredTurn,
    task: (reply: RunningReply, ways: ReplySources & { ask: StartRequest }) => Promise<void>,
  ): Promise<void> {
    const { id } = conversation;
    const cancel = new CancellationTokenSource();
    const reply = new RunningReply(turn, {
      contextTokens: () => (this.server.status.type === "ready" ? this.server.status.model.contextTokens : undefined),
      onTurn: () => this.listener.onTurn(conversation, turn),
      onDropped: (messages) => {
        for (const old of dropOldest(conversation.turns, messages)) this.listener.onTurn(conversation, old);
      },
      onDelta: (delta) => this.listener.onDelta(conversation, delta),
    });
    this.running.set(id, { conversation, reply, cancel });
    this.remember(id, true);
    this.listener.onChange();
    await task(reply, this.ways(conversation, turn, cancel));
    cancel.dispose();
    if (this.left) return;
    void this.findPlaces(conversation, turn);
    this.listener.onMilestone(conversation);
    const dropped = this.running.get(id)?.reply !== reply;
    if (!dropped) {
      this.running.delete(id);
      this.remember(id, false);
    }
    this.listener.onChange();
    if (!dropped) this.listener.onEnd(conversation, turn);
  }

  /** Files that the answer names lead there once they are found. */
  async findPlaces(conversation: StoredConversation, turn: StoredTurn): Promise<void> {
    const { replyId } = turn;
    const places = await knownPlaces(turn.reply.answer).catch(() => []);
    if (places.length === 0 || this.left || turn.replyId !== replyId) return;
    turn.links = [...new Set([...turn.links, ...places])];
    this.listener.onTurn(conversation, turn);
  }

  private ways(conversation: StoredConversation, turn: StoredTurn, { token }: CancellationTokenSource) {
    const { replyId = "" } = turn;
    const ask: StartRequest = (onProgress) => {
      this.listener.onMilestone(conversation);
      return requestFor(this.server, { conversation, turn, token })((progress) => {
        onProgress(progress);
        if (progress.type !== "prompt") return;
        // The turn of an explanation has another name now, and with it its conversation.
        if (progress.range) {
          this.listener.onTurn(conversation, turn);
          this.listener.onChange();
        }
        this.listener.onMilestone(conversation);
      });
    };
    const resume: StartRequest = async (onProgress) => this.server.resume(replyId, onProgress, token);
    return { ask, resume };
  }

  private remember(id: string, running: boolean): void {
    if (this.remembered.has(id) === running) return;
    if (running) this.remembered.add(id);
    else this.remembered.delete(id);
    void this.memento.update(RUNNING, [...this.remembered]);
  }
}
