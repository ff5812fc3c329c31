/** The running replies by conversation. They continue when another conversation opens, and when the window closes. */
import { randomUUID } from "node:crypto";
import { t } from "@vscode/l10n";
import { CancellationTokenSource, type Memento } from "vscode";
import type { Reply, ToPage } from "../../media/messages.ts";
import type { Thinking } from "../../server/protocol.ts";
import type { Server } from "../client/server.ts";
import { failureOf } from "../errors/replyFailure.ts";
import { ServerError } from "../errors/serverError.ts";
import { dropOldest, isFinal, isRunning, newReply, type StoredConversation, type StoredTurn } from "./conversation.ts";
import { knownPlaces } from "./findPlaces.ts";
import { requestFor } from "./replyRequest.ts";
import { type ReplySources, RunningReply, type StartRequest } from "./runningReply.ts";

/** The workspace's key for conversations with running replies. */
const RUNNING = "chat.running";
/** How long after its last change a conversation's question, which the engine had not begun, is asked again, ms. */
const STILL_WANTED_MS = 10 * 60_000;

export type RepliesListener = {
  /** The turn has changed. */
  onTurn: (conversation: StoredConversation, turn: StoredTurn) => void;
  /** A part of the turn has changed. */
  onDelta: (conversation: StoredConversation, delta: ToPage) => void;
  /** The conversation has to be saved now. */
  onMilestone: (conversation: StoredConversation) => void;
  /** A reply has begun or ended. */
  onChange: () => void;
  /** The reply has ended, in whichever state. */
  onEnd: (conversation: StoredConversation, turn: StoredTurn) => void;
  /** Reads the conversation from disk. */
  stored: (id: string) => Promise<StoredConversation | undefined>;
};

const lengthOf = ({ thought, answer }: Reply) => thought.length + answer.length;

type Running = { conversation: StoredConversation; reply: RunningReply; cancel: CancellationTokenSource };

export class Replies {
  private readonly server: Server;
  private readonly memento: Memento;
  private readonly listener: RepliesListener;
  private readonly running = new Map<string, Running>();
  /** Ids of conversations with running replies, including those of the last window until they are resumed. */
  private readonly remembered: Set<string>;
  private left = false;

  constructor(server: Server, memento: Memento, listener: RepliesListener) {
    this.server = server;
    this.memento = memento;
    this.listener = listener;
    this.remembered = new Set(memento.get<string[]>(RUNNING, []));
  }

  /** The conversation whose reply is running, as the reply changes it. Undefined if none is running. */
  conversation(id: string): StoredConversation | undefined {
    return this.running.get(id)?.conversation;
  }

  /** Ids of conversations whose replies were running when the last window closed. */
  get ofLastWindow(): string[] {
    return [...this.remembered].filter((id) => !this.running.has(id));
  }

  /** Resolves when the reply ends. */
  async ask(conversation: StoredConversation, turn: StoredTurn, thinking: Thinking): Promise<void> {
    turn.reply = newReply(thinking.mode === "off" ? 0 : (thinking.budget ?? "unlimited"));
    turn.replyId = randomUUID();
    turn.thinking = thinking;
    this.listener.onTurn(conversation, turn);
    await this.run(conversation, turn, (reply, sources) => reply.run(sources));
  }

  /** Continues an answer that was stopped or cut off. Resolves when the reply ends. */
  async continue(conversation: StoredConversation, turn: StoredTurn): Promise<void> {
    turn.continues = turn.reply.answer;
    turn.reply = { ...turn.reply, state: "waiting", cut: undefined, error: undefined, usage: undefined };
    turn.replyId = randomUUID();
    turn.thinking = { mode: "off" };
    this.listener.onTurn(conversation, turn);
    await this.run(conversation, turn, (reply, sources) => reply.run(sources));
  }

  /** Resumes the reply that was running when the last window closed, if any. Resolves when it ends. */
  async resume(conversation: StoredConversation): Promise<void> {
    const turn = conversation.turns.find(isRunning);
    if (this.running.has(conversation.id)) return;
    if (!turn) return this.remember(conversation.id, false);
    const recent = Date.now() - conversation.updated < STILL_WANTED_MS;
    const lost = () => this.lost(conversation.id, turn);
    await this.run(conversation, turn, (reply, { ask, resume }) =>
      reply.resume({ ask: recent ? ask : undefined, resume, lost }),
    );
  }

  /** How a reply ends that is gone. The last window may have saved its end after this one read the conversation. */
  private async lost(conversation: string, { id, replyId, reply }: StoredTurn): Promise<Partial<Reply>> {
    const turns = (await this.listener.stored(conversation))?.turns ?? [];
    const stored = turns.find((turn) => turn.id === id && turn.replyId === replyId)?.reply;
    if (stored && isFinal(stored)) return stored;
    const more = stored && lengthOf(stored) > lengthOf(reply) ? stored : {};
    const closed = new ServerError("noReply", t("The window was closed while the reply was being written."));
    return { ...more, ...failureOf(closed) };
  }

  stop(id: string): void {
    this.running.get(id)?.cancel.cancel();
  }

  /** Stops the reply and ignores its end. */
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

  /** The window closes. The replies continue for the next window to resume, so nothing ends them from now on. */
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
    task: (reply: RunningReply, sources: ReplySources & { ask: StartRequest }) => Promise<void>,
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
    await task(reply, this.sourcesFor(conversation, turn, cancel));
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

  /** Makes links of the files that the answer names, once they are found. */
  async findPlaces(conversation: StoredConversation, turn: StoredTurn): Promise<void> {
    const { replyId } = turn;
    const places = await knownPlaces(turn.reply.answer).catch(() => []);
    if (places.length === 0 || this.left || turn.replyId !== replyId) return;
    turn.links = [...new Set([...turn.links, ...places])];
    this.listener.onTurn(conversation, turn);
  }

  private sourcesFor(conversation: StoredConversation, turn: StoredTurn, { token }: CancellationTokenSource) {
    const { replyId = "" } = turn;
    const ask: StartRequest = (onProgress) => {
      this.listener.onMilestone(conversation);
      return requestFor(this.server, { conversation, turn, token })((progress) => {
        onProgress(progress);
        if (progress.type !== "prompt") return;
        // The turn of an explanation has another text now, and its conversation another title.
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
