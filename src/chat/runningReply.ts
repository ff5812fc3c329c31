/** A reply while it is being written: what the server streams becomes the turn's reply, and the page hears of it. */
import type { ToPage } from "../../media/messages.ts";
import type { ChatResult, ReplyProgress, Thinking } from "../../server/protocol.ts";
import type { StreamedReply } from "../server.ts";
import { newReply, type StoredTurn } from "./conversation.ts";
import { failureOf } from "./failures.ts";
import { linksOf } from "./links.ts";

/** Texts that follow one another faster than this go to the page together, ms. */
const DELTA_MS = 30;

/** What is needed of the server's end of a reply, whether it is a chat's or an explanation's. */
export type Steering = Omit<StreamedReply<Pick<ChatResult, "stopReason" | "usage" | "userContent">>, "token">;

/** Starts the request; its progress goes to the callback. */
export type Ask = (onProgress: (progress: ReplyProgress) => void) => Promise<Steering>;

export type ReplyListener = {
  /** The turn has another state. */
  onTurn: () => void;
  onDelta: (delta: Extract<ToPage, { type: "delta" }>) => void;
};

export class RunningReply {
  private readonly turn: StoredTurn;
  private readonly listener: ReplyListener;
  private steering: Steering | undefined;
  private thoughtBegan = 0;
  private unsent = { thought: "", answer: "" };
  private timer: NodeJS.Timeout | undefined;

  constructor(turn: StoredTurn, thinking: Thinking, listener: ReplyListener) {
    this.turn = turn;
    this.listener = listener;
    turn.reply = newReply(thinking.mode === "off" ? 0 : (thinking.budget ?? "unlimited"));
  }

  /** Runs to the end. Whatever goes wrong is in the turn's reply; nothing is thrown. */
  async run(ask: Ask): Promise<void> {
    const { turn } = this;
    try {
      this.steering = await ask((progress) => this.onProgress(progress));
      const { stopReason, usage, userContent } = await this.steering.result;
      turn.userContent = userContent;
      this.flush();
      this.endThought();
      Object.assign(turn.reply, { state: "done", usage, truncated: stopReason === "length" || undefined });
    } catch (error) {
      this.flush();
      this.endThought();
      Object.assign(turn.reply, failureOf(error));
    } finally {
      this.steering = undefined;
      turn.links = linksOf(turn);
      turn.reply.reading = undefined;
      this.listener.onTurn();
    }
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

  private onProgress(progress: ReplyProgress): void {
    const { reply } = this.turn;
    switch (progress.type) {
      case "prompt":
        this.turn.userContent = progress.userContent;
        return;
      case "reading":
        reply.reading = { read: progress.read, total: progress.total };
        this.enter("reading", true);
        return;
      case "thought":
        if (this.thoughtBegan === 0) this.thoughtBegan = performance.now();
        reply.thought += progress.text;
        reply.thoughtTokens = progress.tokens;
        reply.thoughtMs = performance.now() - this.thoughtBegan;
        this.unsent.thought += progress.text;
        this.enter("thinking");
        this.sendSoon();
        return;
      case "answer":
        this.endThought();
        reply.answer += progress.text;
        reply.answerTokens = progress.tokens;
        this.unsent.answer += progress.text;
        this.enter("answering");
        this.sendSoon();
        return;
      case "toolCall":
        // The chat offers no tools.
        return;
      default:
        progress satisfies never;
    }
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
