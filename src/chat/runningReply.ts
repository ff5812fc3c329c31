/** A reply while it is being written: what the server streams becomes the turn's reply, and the page hears of it. */
import type { Reply, ToPage } from "../../media/messages.ts";
import type { ChatResult, ReplyProgress, Usage } from "../../server/protocol.ts";
import type { StreamedReply } from "../server.ts";
import { ServerError } from "../serverError.ts";
import type { StoredTurn } from "./conversation.ts";
import { failureOf } from "./failures.ts";
import { linksOf } from "./links.ts";
import { Shown } from "./shown.ts";

/** Texts that follow one another faster than this go to the page together, ms. */
const DELTA_MS = 30;

/** What is needed of the server's end of a reply, whether it is a chat's, an explanation's, or one taken up again. */
export type Steering = Omit<
  StreamedReply<
    Pick<ChatResult, "answer" | "thought" | "stopReason" | "usage"> & Partial<Pick<ChatResult, "userContent">>
  >,
  "token"
>;

/** Starts the request; its progress goes to the callback. */
export type Ask = (onProgress: (progress: ReplyProgress) => void) => Promise<Steering>;

/** How a reply is come by. */
export type Ways = {
  /** Begins it; missing where it is too late for that. */
  ask?: Ask;
  /** Has all of it told again: the engine goes on when the window is reloaded, or the server dies. */
  resume: Ask;
  /** How it ends where it is not there any more. */
  lost?: () => Promise<Partial<Reply>>;
};

export type ReplyListener = {
  /** The turn has another state. */
  onTurn: () => void;
  onDelta: (delta: Extract<ToPage, { type: "delta" }>) => void;
};

/** Nobody has measured it while nobody was there: by its share of the tokens, as fast as all of them came. */
const thoughtMsOf = ({ usage }: { usage: Usage }) => (usage.thoughtTokens / Math.max(usage.tokensPerSecond, 1)) * 1000;

export class RunningReply {
  private readonly turn: StoredTurn;
  private readonly listener: ReplyListener;
  private steering: Steering | undefined;
  private thoughtBegan = 0;
  private shown = { thought: new Shown(0), answer: new Shown(0) };
  private left = false;
  private unsent = { thought: "", answer: "" };
  private timer: NodeJS.Timeout | undefined;

  constructor(turn: StoredTurn, listener: ReplyListener) {
    this.turn = turn;
    this.listener = listener;
  }

  /** Asks, and runs to the end. Whatever goes wrong is in the turn's reply; nothing is thrown. */
  async run(ways: Ways & Required<Pick<Ways, "ask">>): Promise<void> {
    this.end(await this.outcome(ways.ask, ways));
  }

  /** The same for a reply that an earlier window has begun. */
  async takeUp(ways: Ways): Promise<void> {
    this.end(await this.outcome(ways.resume, ways));
  }

  /** From now on whatever happens changes nothing. */
  leave(): void {
    this.left = true;
    this.drop();
  }

  /** Closes the thought. When it is over already there is nothing to close. */
  async answerNow(): Promise<void> {
    await this.steering?.answerNow().catch(() => {});
  }

  async addBudget(tokens: number): Promise<void> {
    const budget = await this.steering?.addBudget(tokens).catch(() => undefined);
    if (budget === undefined) return;
    this.turn.reply.budget = budget;
    this.flush();
    this.listener.onTurn();
  }

  private async outcome(way: Ask, { ask, resume, lost }: Ways): Promise<Partial<Reply>> {
    try {
      const end = await this.follow(way);
      return way === resume ? { ...end, thoughtMs: thoughtMsOf(end) } : end;
    } catch (error) {
      if (this.left) return {};
      const code = error instanceof ServerError ? error.code : undefined;
      // As often as there is a server again: one that keeps dying is given up.
      if (code === "serverDied")
        return this.outcome(resume, { ask, resume, lost: lost ?? (async () => failureOf(error)) });
      const gone = code === "noReply" || code === "notRunning";
      const end: Partial<Reply> = (gone && (await lost?.())) || failureOf(error);
      // The engine has not got as far as to hear of it.
      const unheard = gone && this.turn.reply.state === "waiting" && end.state === "interrupted" && !end.thought;
      return unheard && ask && !end.answer ? this.outcome(ask, { resume, lost }) : end;
    }
  }

  private async follow(ask: Ask): Promise<Partial<Reply> & Required<Pick<Reply, "usage">>> {
    const { turn } = this;
    this.shown = { thought: new Shown(turn.reply.thought.length), answer: new Shown(turn.reply.answer.length) };
    this.steering = await ask((progress) => this.left || this.onProgress(progress));
    const { stopReason, usage, userContent, answer, thought } = await this.steering.result;
    turn.userContent = userContent ?? turn.userContent;
    return { state: "done", usage, answer, thought, truncated: stopReason === "length" || undefined };
  }

  private end(outcome: Partial<Reply>): void {
    const { turn } = this;
    this.steering = undefined;
    if (this.left) return;
    this.flush();
    this.endThought();
    Object.assign(turn.reply, outcome);
    turn.links = linksOf(turn);
    turn.reply.reading = undefined;
    this.listener.onTurn();
  }

  private onProgress(progress: ReplyProgress): void {
    const { reply } = this.turn;
    switch (progress.type) {
      case "prompt":
        this.turn.userContent = progress.userContent;
        return;
      case "reading":
        // What is shown was written after that.
        if (reply.thought !== "" || reply.answer !== "") return;
        reply.reading = { read: progress.read, total: progress.total };
        this.enter("reading", true);
        return;
      case "thought":
        this.onThought(progress);
        return;
      case "answer":
        this.onAnswer(progress);
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
    // What it thought before it was taken up counts.
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

  /** The page is told of a turn whole when its state changes; what was on its way to it is part of that. */
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
