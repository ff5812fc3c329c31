/** A running reply: adds what the server streams to the turn's reply, and sends it to the page. */
import type { Reply, ToPage } from "../../media/messages.ts";
import type { ChatResult, ReplyProgress, Usage } from "../../server/protocol.ts";
import type { StreamedReply } from "../client/server.ts";
import { failureOf } from "../errors/replyFailure.ts";
import { ServerError } from "../errors/serverError.ts";
import type { StoredTurn } from "./conversation.ts";
import { linksOf } from "./links.ts";

/** Skips what is shown already when a reply is replayed from its beginning. */
class AlreadyShown {
  private left: number;

  /** @param length of the text that is shown, in UTF-16 code units. */
  constructor(length: number) {
    this.left = length;
  }

  /** The new part of the next piece; undefined if all of it is shown. */
  unseen(piece: string): string | undefined {
    const { left } = this;
    if (left === 0) return piece;
    this.left = Math.max(0, left - piece.length);
    return piece.length > left ? piece.slice(left) : undefined;
  }
}

/** Texts that arrive within this time go to the page together, ms. */
const DELTA_MS = 30;

/** The part of the server's replies that is used here; chat, explanations and resumed replies have it in common. */
export type ReplyControls = Omit<
  StreamedReply<
    Pick<ChatResult, "answer" | "thought" | "stopReason" | "usage"> & Partial<Pick<ChatResult, "userContent">>
  >,
  "token"
>;

/** Starts the request; its progress goes to the callback. */
export type StartRequest = (onProgress: (progress: ReplyProgress) => void) => Promise<ReplyControls>;

/** The ways to get a reply: start it, or resume it. */
export type ReplySources = {
  /** Starts it; missing if it is too late to ask again. */
  ask?: StartRequest;
  /** Replays it from its beginning: the engine continues when the window reloads or the server dies. */
  resume: StartRequest;
  /** How it ends when it is no longer available. */
  lost?: () => Promise<Partial<Reply>>;
};

/** A reply that ends this close to the end of the context has filled it, tokens. */
const NO_ROOM = 16;

/** What cut a reply off: the context, or the limit on its length that an endpoint or a request sets. */
function cutAt({ promptTokens, thoughtTokens, answerTokens }: Usage, contextTokens: number | undefined): Reply["cut"] {
  const used = promptTokens + thoughtTokens + answerTokens;
  return contextTokens !== undefined && used + NO_ROOM >= contextTokens ? "context" : "length";
}

export type ReplyListener = {
  /** The loaded model's context; undefined if unknown. */
  contextTokens: () => number | undefined;
  /** The turn has changed. */
  onTurn: () => void;
  /** The server has left out this many of the oldest messages, to make room. */
  onDropped: (messages: number) => void;
  onDelta: (delta: Extract<ToPage, { type: "delta" }>) => void;
};

/** Thinking time is estimated from its share of the tokens: nothing measured it while the window was gone. */
const thoughtMsOf = ({ usage }: { usage: Usage }) => (usage.thoughtTokens / Math.max(usage.tokensPerSecond, 1)) * 1000;

export class RunningReply {
  private readonly turn: StoredTurn;
  private readonly listener: ReplyListener;
  private steering: ReplyControls | undefined;
  private thoughtBegan = 0;
  private shown = { thought: new AlreadyShown(0), answer: new AlreadyShown(0) };
  private abandoned = false;
  private unsent = { thought: "", answer: "" };
  private timer: NodeJS.Timeout | undefined;

  constructor(turn: StoredTurn, listener: ReplyListener) {
    this.turn = turn;
    this.listener = listener;
  }

  /** Asks, and resolves when the reply ends. Errors go into the turn's reply; nothing is thrown. */
  async run(sources: ReplySources & Required<Pick<ReplySources, "ask">>): Promise<void> {
    this.end(await this.outcome(sources.ask, sources));
  }

  /** The same for a reply that an earlier window began. */
  async resume(sources: ReplySources): Promise<void> {
    this.end(await this.outcome(sources.resume, sources));
  }

  /** From now on events of the reply are ignored. */
  leave(): void {
    this.abandoned = true;
    this.drop();
  }

  /** Closes the thought. Does nothing if it has ended. */
  async answerNow(): Promise<void> {
    await this.steering?.answerNow().catch(() => {});
  }

  /** Adds tokens to the thought's budget. Does nothing if the thought has ended. */
  async addBudget(tokens: number): Promise<void> {
    const budget = await this.steering?.addBudget(tokens).catch(() => undefined);
    if (budget === undefined) return;
    this.turn.reply.budget = budget;
    this.flush();
    this.listener.onTurn();
  }

  private async outcome(start: StartRequest, { ask, resume, lost }: ReplySources): Promise<Partial<Reply>> {
    try {
      const end = await this.follow(start);
      return start === resume ? { ...end, thoughtMs: thoughtMsOf(end) } : end;
    } catch (error) {
      if (this.abandoned) return {};
      const code = error instanceof ServerError ? error.code : undefined;
      // Retries as often as the server restarts; a server that keeps dying is given up.
      if (code === "serverDied")
        return this.outcome(resume, { ask, resume, lost: lost ?? (async () => failureOf(error)) });
      const gone = code === "noReply" || code === "notRunning";
      const end: Partial<Reply> = (gone && (await lost?.())) || failureOf(error);
      // The engine never received it.
      const neverReceived = gone && this.turn.reply.state === "waiting" && end.state === "interrupted" && !end.thought;
      return neverReceived && ask && !end.answer ? this.outcome(ask, { resume, lost }) : end;
    }
  }

  private async follow(ask: StartRequest): Promise<Partial<Reply> & Required<Pick<Reply, "usage">>> {
    const { turn } = this;
    const { continues } = turn;
    const answered = turn.reply.answer.length - (continues?.length ?? 0);
    this.shown = { thought: new AlreadyShown(turn.reply.thought.length), answer: new AlreadyShown(answered) };
    this.steering = await ask((progress) => this.abandoned || this.onProgress(progress));
    const { stopReason, usage, userContent, answer, thought } = await this.steering.result;
    const cut = stopReason === "length" ? cutAt(usage, this.listener.contextTokens()) : undefined;
    if (continues !== undefined) return { state: "done", usage, answer: continues + answer, cut };
    turn.userContent = userContent ?? turn.userContent;
    return { state: "done", usage, answer, thought, cut };
  }

  private end(outcome: Partial<Reply>): void {
    const { turn } = this;
    this.steering = undefined;
    if (this.abandoned) return;
    this.flush();
    this.endThought();
    Object.assign(turn.reply, outcome);
    turn.links = linksOf(turn);
    turn.reply.reading = undefined;
    turn.continues = undefined;
    this.listener.onTurn();
  }

  private onProgress(progress: ReplyProgress): void {
    const { reply } = this.turn;
    switch (progress.type) {
      case "prompt":
        if (this.turn.continues === undefined) this.turn.userContent = progress.userContent;
        if (progress.dropped !== undefined) this.listener.onDropped(progress.dropped);
        return;
      case "reading":
        // A replay: the text that is shown came after the reading.
        if (this.turn.continues === undefined && (reply.thought !== "" || reply.answer !== "")) return;
        if (reply.state !== "waiting" && reply.state !== "reading") return;
        reply.reading = { read: progress.read, total: progress.total };
        this.enter("reading", true);
        return;
      case "thought":
        this.onThought(progress);
        return;
      case "answer":
        this.onAnswer(progress);
        return;
      case "revised":
        this.onRevised(progress);
        return;
      case "toolCall":
        // The chat offers no tools.
        return;
      default:
        progress satisfies never;
    }
  }

  private onThought({ text, tokens }: Extract<ReplyProgress, { type: "thought" }>): void {
    const { reply } = this.turn;
    const unseen = this.shown.thought.unseen(text);
    if (unseen === undefined) return;
    // The thinking time before a resume counts, too.
    if (this.thoughtBegan === 0) this.thoughtBegan = performance.now() - reply.thoughtMs;
    reply.thought += unseen;
    reply.thoughtTokens = tokens;
    reply.thoughtMs = performance.now() - this.thoughtBegan;
    this.unsent.thought += unseen;
    this.enter("thinking");
    this.sendSoon();
  }

  private onAnswer({ text, tokens }: Extract<ReplyProgress, { type: "answer" }>): void {
    const { reply } = this.turn;
    const unseen = this.shown.answer.unseen(text);
    if (unseen === undefined) return;
    this.endThought();
    reply.answer += unseen;
    reply.answerTokens = tokens;
    this.unsent.answer += unseen;
    this.enter("answering");
    this.sendSoon();
  }

  private onRevised({ type: _, ...texts }: Extract<ReplyProgress, { type: "revised" }>): void {
    const { reply } = this.turn;
    if (texts.answer !== "" || texts.thought === "") this.endThought();
    Object.assign(reply, texts, { answer: (this.turn.continues ?? "") + texts.answer });
    this.shown = { thought: new AlreadyShown(0), answer: new AlreadyShown(0) };
    this.enter(texts.answer === "" ? "thinking" : "answering", true);
  }

  /** The page gets the whole turn when its state changes; pending deltas are part of it. */
  private enter(state: "reading" | "thinking" | "answering", always = false): void {
    const { reply } = this.turn;
    if (reply.state === state && !always) return;
    reply.state = state;
    this.drop();
    this.listener.onTurn();
  }

  private endThought(): void {
    if (this.thoughtBegan === 0) return;
    this.turn.reply.thoughtMs = performance.now() - this.thoughtBegan;
    this.thoughtBegan = 0;
  }

  private sendSoon(): void {
    this.timer ??= setTimeout(() => this.flush(), DELTA_MS);
  }

  private flush(): void {
    const { thought, answer } = this.unsent;
    this.drop();
    if (thought === "" && answer === "") return;
    const { thoughtTokens, thoughtMs, answerTokens } = this.turn.reply;
    this.listener.onDelta({
      type: "delta",
      turn: this.turn.id,
      thought,
      answer,
      thoughtTokens,
      thoughtMs,
      answerTokens,
    });
  }

  private drop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.unsent = { thought: "", answer: "" };
  }
}
