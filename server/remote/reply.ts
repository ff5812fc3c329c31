/** A reply that an endpoint writes: one request, and another for each time its stream is cut to steer the thought. */
import { t } from "@vscode/l10n";
import { EngineError, type Reply, type ReplyEvent, type RespondRequest } from "../engine/engine.ts";
import { EventQueue } from "../engine/eventQueue.ts";
import { ThoughtBudget } from "../engine/thoughtBudget.ts";
import { withSignal } from "../engine/withSignal.ts";
import type { ReplyPart } from "../nemotron/reader.ts";
import type { StopReason } from "../protocol.ts";
import { connectionLost } from "./connectionErrors.ts";
import { enforcesBudget, type Manner, slackOf } from "./dialects.ts";
import type { Endpoint } from "./endpoint.ts";
import { type Chunk, Meter, stopReason } from "./meter.ts";
import { type Delta, Pieces } from "./pieces.ts";
import { type Begun, bodyOf } from "./request.ts";

/** What became of one request. */
type Outcome = { stopReason: StopReason } | { begun: Begun };

export type ReplyDependencies = {
  /** Waits while one is being looked at. */
  endpoint: (signal: AbortSignal) => Promise<Endpoint>;
  /** Ends the reply when the endpoint is given up. */
  ended: AbortSignal;
  onRunning: (more: 1 | -1) => void;
};

export class EndpointReply implements Reply {
  private readonly events = new EventQueue<ReplyEvent>();
  private readonly deps: ReplyDependencies;
  private readonly request: RespondRequest;
  private readonly signal: AbortSignal;
  private readonly budget: ThoughtBudget;
  private readonly meter = new Meter();
  private endpoint: Endpoint | undefined;
  /** The thought is to end now. */
  private answering = false;
  /** Tokens of thought that the endpoint itself enforces in the request that runs: raising them means to cut it. */
  private enforced: number | undefined;
  /** Of the request that runs. */
  private cut = new AbortController();

  constructor(deps: ReplyDependencies, request: RespondRequest, signal: AbortSignal) {
    this.deps = deps;
    this.request = request;
    this.signal = AbortSignal.any([signal, deps.ended]);
    this.budget = new ThoughtBudget(request.thinking);
    void this.run();
  }

  [Symbol.asyncIterator](): AsyncIterator<ReplyEvent> {
    return this.events[Symbol.asyncIterator]();
  }

  async answerNow(): Promise<void> {
    if (!this.budget.answerNow()) throw notThinking();
    this.answering = true;
    this.cut.abort();
  }

  async addBudget(tokens: number): Promise<number | "unlimited"> {
    const stuck = this.enforced !== undefined && this.endpoint?.manner.continuation === "again";
    if (stuck && this.budget.open)
      throw new EngineError("notThinking", t("This endpoint cannot let a thought go on for longer than it was told."));
    if (!this.budget.add(tokens)) throw notThinking();
    if (this.enforced !== undefined) this.cut.abort();
    return this.budget.value;
  }

  private async run(): Promise<void> {
    let running = false;
    try {
      const endpoint = await this.deps.endpoint(this.signal);
      this.endpoint = endpoint;
      running = true;
      this.deps.onRunning(1);
      await this.respond(endpoint);
      this.events.end();
    } catch (error) {
      this.events.fail(error);
    } finally {
      this.budget.open = false;
      if (running) this.deps.onRunning(-1);
    }
  }

  private async respond(endpoint: Endpoint): Promise<void> {
    const { request, meter, budget } = this;
    const { contextTokens } = endpoint.info;
    const pieces = new Pieces({
      opensInThought: budget.open && endpoint.opensInThought,
      mends: endpoint.manner.words,
      tools: (request.tools?.length ?? 0) > 0,
      stop: request.sampling?.stop,
    });
    const promptTokens = endpoint.counter.estimatePrompt(request);
    budget.limit(roomForThought(Math.min(contextTokens - promptTokens, request.maxReplyTokens ?? contextTokens)));
    let outcome = await this.stream(endpoint, pieces, undefined);
    while ("begun" in outcome) {
      meter.cut();
      outcome = await this.stream(endpoint, pieces, outcome.begun);
    }
    if (meter.toldPromptTokens !== undefined) endpoint.counter.learn(request, meter.toldPromptTokens);
    const usage = meter.usage(promptTokens);
    if (pieces.answerStarted) this.events.push({ type: "answer", text: "", tokens: usage.answerTokens });
    this.events.push({ type: "usage", stopReason: outcome.stopReason, usage });
  }

  /** Runs one request until its end, or until it has to be cut. */
  private async stream(endpoint: Endpoint, pieces: Pieces, begun: Begun | undefined): Promise<Outcome> {
    const cut = new AbortController();
    this.cut = cut;
    const left = this.thoughtLeft();
    this.enforced = this.budget.open && enforcesBudget(endpoint.manner) ? left : undefined;
    const build = (manner: Manner) =>
      bodyOf(manner, { request: this.request, thoughtTokens: left, spentTokens: this.meter.total, begun });
    let finish: string | undefined;
    let steered = false;
    try {
      const signal = AbortSignal.any([this.signal, cut.signal]);
      // The client may be waiting for its next try, and does not look up while it does.
      for await (const chunk of await withSignal(endpoint.open(build, signal), signal)) {
        finish = this.take(chunk, pieces) ?? finish;
        if (pieces.parted) endpoint.partsThoughts();
        if (pieces.stopped) return this.ended(pieces, "stop");
        if (this.answeredEnough(pieces)) return this.ended(pieces, "length");
        steered = this.shouldClose(pieces, endpoint.manner);
        if (steered) break;
      }
      steered ||= cut.signal.aborted;
    } catch (error) {
      this.signal.throwIfAborted();
      if (!cut.signal.aborted) throw endpoint.named(error, begun !== undefined || this.meter.total > 0);
      steered = true;
    } finally {
      // The connection closes at once, also where the loop was left.
      cut.abort();
    }
    this.signal.throwIfAborted();
    if (steered && pieces.inThought) return this.goOn(pieces);
    if (finish !== undefined && this.endedInThought(pieces, finish)) {
      this.answering = true;
      return this.goOn(pieces);
    }
    if (finish !== undefined) return this.ended(pieces, finish);
    if (steered) return this.goOn(pieces);
    throw connectionLost(endpoint.info.remote?.host ?? "");
  }

  /** Tells of a piece. Returns why the reply has ended, if it has. */
  private take(chunk: Chunk, pieces: Pieces): string | undefined {
    const { meter, budget, events } = this;
    const [choice] = chunk.choices ?? [];
    const delta: Delta = choice?.delta ?? {};
    const parts = pieces.push(delta);
    meter.take(chunk, charsOf(delta), pieces.inThought);
    if (chunk.prompt_progress) {
      const { total, cache, processed } = chunk.prompt_progress;
      events.push({ type: "reading", read: processed - cache, total: total - cache });
    }
    this.tell(parts);
    if (pieces.answerStarted || (pieces.thought !== "" && !pieces.inThought)) budget.open = false;
    return choice?.finish_reason ?? undefined;
  }

  private tell(parts: ReplyPart[]): void {
    const { thought, answer } = this.meter;
    for (const part of parts)
      this.events.push(
        part.type === "toolCall" ? part : { ...part, tokens: part.type === "thought" ? thought : answer },
      );
  }

  private ended(pieces: Pieces, finish: string): Outcome {
    this.tell(pieces.end(finish === "stop"));
    return { stopReason: stopReason(finish, pieces.called) };
  }

  /** The turn is over, or its tokens are used up, before the answer: the model is let answer. */
  private endedInThought(pieces: Pieces, finish: string): boolean {
    const { maxReplyTokens } = this.request;
    const isOver = finish === "stop" || (finish === "length" && maxReplyTokens === undefined);
    return isOver && pieces.inThought && pieces.parted && this.budget.open;
  }

  /** The stream was cut in the thought: the turn goes on with it closed, or open where it got more tokens. */
  private goOn(pieces: Pieces): Outcome {
    const { thought } = pieces;
    const open = !this.answering && this.enforced !== undefined && this.meter.thought < this.mostThought();
    if (!open) {
      this.tell(pieces.close());
      this.budget.open = false;
    }
    return { begun: { thought, open } };
  }

  /** Tokens that the thought may still have; undefined without a bound. */
  private thoughtLeft(): number | undefined {
    if (!this.budget.open) return 0;
    const { value } = this.budget;
    return value === "unlimited" ? undefined : Math.max(1, value - this.meter.thought);
  }

  private mostThought(): number {
    const { value } = this.budget;
    return value === "unlimited" ? Number.POSITIVE_INFINITY : value;
  }

  /** An endpoint that enforces the budget gets some room to do it in its own way. */
  private shouldClose(pieces: Pieces, manner: Manner): boolean {
    if (!pieces.inThought) return false;
    const slack = this.enforced === undefined ? 0 : slackOf(manner, this.mostThought());
    return this.budget.shouldClose(this.meter.thought - slack, pieces.atLineEnd, pieces.midTag);
  }

  /** Without a thought the endpoint keeps to the limit, and can tell what it used. */
  private answeredEnough(pieces: Pieces): boolean {
    const { maxTokens = Number.POSITIVE_INFINITY, thinking } = this.request;
    const most = thinking.mode === "on" ? maxTokens : maxTokens + 1;
    return pieces.answerStarted && !pieces.inThought && this.meter.answer >= most;
  }
}

/** As the local engine has it: of the room that a prompt leaves, a part is kept for the answer, up to so many tokens. */
const roomForThought = (room: number) => room - Math.min(1024, Math.floor(room * 0.25));

function charsOf({ content, reasoning_content, reasoning, tool_calls }: Delta): number {
  const calls = (tool_calls ?? []).map((call) => `${call.function?.name ?? ""}${call.function?.arguments ?? ""}`);
  const texts = [content, reasoning_content ?? reasoning, ...calls];
  return texts.reduce<number>((sum, text) => sum + (typeof text === "string" ? text.length : 0), 0);
}

const notThinking = () => new EngineError("notThinking", t("The reply is not thinking."));
