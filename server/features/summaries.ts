/**
 * Sums up long conversations in idle time, so that something of their oldest turns remains when these have to be left
 * out. The model itself does that, in the state that it has already read. A question ends it at once; then the turns
 * are left out without a summary.
 */
import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Engine, PromptRequest, RespondRequest } from "../engine/engine.ts";
import type { Message } from "../protocol.ts";
import { SUM_UP_REQUEST } from "./text/prompts.ts";

/** A conversation is summed up from this share of the context on: before compaction begins. */
const FROM_SHARE = 0.5;
/** It is summed up again when it has grown by this share of the context. */
const AGAIN_SHARE = 0.1;
/** Maximum length of a summary, tokens. */
const MAX_TOKENS = 320;
/** How many conversations' summaries to remember. */
const REMEMBERED = 16;
/** How long to wait after a reply, and after an interruption, ms: the user may be about to type. */
const PAUSE_MS = 5_000;
/** How often to try. */
const MAX_TRIES = 6;

/** `tokens`: length of the conversation that it sums up. `asked`: hashes of the user's messages in it. */
type Summary = { text: string; tokens: number; asked: string[] };

/** A summary as the model sees it: its own answer to our request. */
export const summaryTurn = (summary: string): Message[] => [
  { role: "user", content: SUM_UP_REQUEST },
  { role: "assistant", content: summary },
];

type SumUpEngine = Pick<Engine, "model" | "respond">;

export class Summaries {
  private readonly engine: SumUpEngine;
  private readonly pauseMs: number;
  /** By conversation, the newest last. */
  private readonly known = new Map<string, Summary>();
  /** What is being summed up. Anything more urgent ends it. */
  private running = new AbortController();

  constructor(engine: SumUpEngine, pauseMs = PAUSE_MS) {
    this.engine = engine;
    this.pauseMs = pauseMs;
  }

  /** The summary of the beginning of these messages, if there is one. */
  find(conversation: string | undefined, messages: readonly Message[]): string | undefined {
    const summary = conversation === undefined ? undefined : this.known.get(conversation);
    if (!summary) return undefined;
    const asked = askedIn(messages);
    // The user can have gone back, and taken another way from there.
    return summary.asked.every((one, i) => one === asked[i]) ? summary.text : undefined;
  }

  /** Ends what is being summed up. Call this when the user asks something. */
  stop(): void {
    this.running.abort(new Error("Something more urgent came"));
  }

  /** Call this before the engine forgets the conversation: summing up would read it again. */
  forget(conversation: string): void {
    this.stop();
    this.known.delete(conversation);
  }

  /**
   * Sums a conversation up in idle time if it is long. Call this after a reply, with the reply as the last message.
   * Resolves when that has ended, in any way.
   * @param tokens length of the conversation.
   */
  async sumUp(prompt: PromptRequest, tokens: number): Promise<void> {
    const { conversation, messages } = prompt;
    const last = messages.at(-1);
    const questions = messages.filter(({ role }) => role === "user").length;
    const isAnswered = last?.role === "assistant" && !last.toolCalls?.length;
    if (conversation === undefined || !isAnswered || questions < 2) return;
    this.stop();
    this.running = new AbortController();
    const { signal } = this.running;
    try {
      const { contextTokens, remote } = await this.engine.model();
      signal.throwIfAborted();
      const isNew = tokens - (this.known.get(conversation)?.tokens ?? 0) >= contextTokens * AGAIN_SHARE;
      // A remote engine has no idle time of its own, and can cost money.
      if (remote || tokens < contextTokens * FROM_SHARE || (!isNew && this.find(conversation, messages))) return;
      const text = await this.tryToAsk(prompt, signal);
      if (text === undefined || signal.aborted) return;
      this.known.delete(conversation);
      this.known.set(conversation, { text, tokens, asked: askedIn(messages) });
      if (this.known.size > REMEMBERED) this.known.delete(this.known.keys().next().value!);
    } catch {
      // There is no summary then.
    }
  }

  private async tryToAsk(prompt: PromptRequest, signal: AbortSignal): Promise<string | undefined> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      await pause(this.pauseMs, undefined, { signal, ref: false });
      const text = await this.ask(prompt, signal);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  /** Undefined if something more urgent came. */
  private async ask(prompt: PromptRequest, signal: AbortSignal): Promise<string | undefined> {
    const request: RespondRequest = {
      ...prompt,
      stableChars: undefined,
      messages: [...prompt.messages, ...summaryTurn("").slice(0, 1)],
      thinking: { mode: "off" },
      sampling: { temperature: 0 },
      maxTokens: MAX_TOKENS,
      priority: "idle",
      kind: "followUp",
    };
    let text = "";
    let isWhole = false;
    for await (const event of this.engine.respond(request, signal)) {
      if (event.type === "answer") text += event.text;
      if (event.type === "usage") isWhole = true;
    }
    return isWhole && text.trim() !== "" ? text.trim() : undefined;
  }
}

const askedIn = (messages: readonly Message[]): string[] =>
  messages.flatMap(({ role, content }) =>
    role === "user" ? [createHash("sha256").update(content).digest("base64")] : [],
  );
