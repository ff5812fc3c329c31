/** A reply from an endpoint: one request, and another one each time its stream is cut to steer the thought. */
import { t } from "@vscode/l10n";
import { EventQueue } from "../engine/client/eventQueue.ts";
import { withSignal } from "../engine/client/withSignal.ts";
import { EngineError, type Reply, type ReplyEvent, type RespondRequest } from "../engine/engine.ts";
import { badCallError } from "../engine/errors.ts";
import { roomForThought, ThoughtBudget } from "../engine/thoughtBudget.ts";
import type { StopReason } from "../protocol.ts";
import type { Chunk } from "./chunk.ts";
import { connectionLostError } from "./connectionErrors.ts";
import type { RemoteEndpoint } from "./endpoint.ts";
import { budgetSlack, type EndpointProfile, enforcesBudget } from "./endpointKinds.ts";
import { endingOf, significantFinish } from "./finish.ts";
import { Meter } from "./meter.ts";
import { NoReply, unreadableCallError, unusualEndError } from "./noReply.ts";
import { bodyOf, type PartialReply } from "./request.ts";
import { StreamParser, type StreamPart } from "./streamParser.ts";

/** How far a thought may continue after the endpoint was told to end it, tokens. */
const END_TOKENS = 40;

/** The result of one request. */
type Outcome = { stopReason: StopReason } | { partial: PartialReply };

export type ReplyDependencies = {
  /** Waits while the endpoint is connecting. */
  endpoint: (signal: AbortSignal) => Promise<RemoteEndpoint>;
  /** Aborts the reply when the endpoint is unloaded. */
  ended: AbortSignal;
  /** Called with 1 when the reply begins, and with -1 when it has ended. */
  onRunning: (more: 1 | -1) => void;
};

export class EndpointReply implements Reply {
  private readonly events = new EventQueue<ReplyEvent>();
  private readonly deps: ReplyDependencies;
  private readonly request: RespondRequest;
  private readonly signal: AbortSignal;
  private readonly budget: ThoughtBudget;
  private readonly meter = new Meter();
  private endpoint: RemoteEndpoint | undefined;
  /** The thought must end now. */
  private answering = false;
  /**
   * The thought budget that the endpoint itself enforces in the current request, tokens. To raise it, the stream is
   * cut.
   */
  private enforced: number | undefined;
  /** The endpoint was told to end the thought. At this many tokens of thought, the stream is cut. */
  private endsBy = Number.POSITIVE_INFINITY;
  /** The endpoint's id of the current request. */
  private id: string | undefined;
  /** Cuts the current request. */
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
    if (!this.budget.open) throw notThinking();
    if (await this.endpoint?.endThought(this.id)) {
      // If the thought goes on after that, the stream is cut.
      this.endsBy = this.meter.thought + END_TOKENS;
      return;
    }
    if (!this.budget.answerNow()) throw notThinking();
    this.answering = true;
    this.cut.abort();
  }

  async addBudget(tokens: number): Promise<number | "unlimited"> {
    const stuck = this.enforced !== undefined && this.endpoint?.profile.continuation === "again";
    if (stuck && this.budget.open)
      throw new EngineError("notThinking", t("This endpoint cannot extend a running thought."));
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

  private async respond(endpoint: RemoteEndpoint): Promise<void> {
    const { request, meter, budget } = this;
    const { contextTokens } = endpoint.info;
    const on = budget.open;
    const pieces = new StreamParser({
      thinking: on,
      opensInThought: endpoint.opensInThought(on),
      mends: endpoint.profile.obeysSwitches,
      tools: request.tools ?? [],
      stop: request.sampling?.stop,
    });
    const promptTokens = endpoint.counter.estimatePrompt(request);
    budget.limit(roomForThought(Math.min(contextTokens - promptTokens, request.maxReplyTokens ?? contextTokens)));
    let outcome: Outcome;
    try {
      outcome = await this.stream(endpoint, pieces, undefined);
    } finally {
      if (pieces.opened !== undefined) endpoint.recordThoughtOpening(on, pieces.opened);
    }
    while ("partial" in outcome) {
      meter.cut();
      outcome = await this.stream(endpoint, pieces, outcome.partial);
    }
    if (meter.reportedPromptTokens !== undefined) endpoint.counter.learn(request, meter.reportedPromptTokens);
    const usage = meter.usage(promptTokens);
    if (pieces.answerStarted) this.events.push({ type: "answer", text: "", tokens: usage.answerTokens });
    this.events.push({ type: "usage", stopReason: outcome.stopReason, usage });
  }

  /** Runs one request until its end, or until it must be cut. */
  private async stream(
    endpoint: RemoteEndpoint,
    pieces: StreamParser,
    partial: PartialReply | undefined,
  ): Promise<Outcome> {
    const cut = new AbortController();
    this.cut = cut;
    const remaining = this.thoughtLeft();
    this.id = undefined;
    const build = (profile: EndpointProfile) => {
      this.enforced = this.budget.open && enforcesBudget(profile) ? remaining : undefined;
      return bodyOf(profile, {
        request: this.request,
        thoughtTokens: remaining,
        spentTokens: this.meter.total,
        partial,
      });
    };
    let finish: string | undefined;
    let steered = false;
    try {
      const signal = AbortSignal.any([this.signal, cut.signal]);
      // While the client waits for a retry, it does not check the signal.
      let came = false;
      for await (const received of await withSignal(endpoint.open(build, signal), signal)) {
        if (received === "done") {
          if (!came) throw new NoReply("empty");
          finish ??= "stop";
          continue;
        }
        came ||= saysSomething(received);
        finish = significantFinish(finish, this.take(received, pieces));
        if (pieces.isSeparate) endpoint.recordSeparateThought();
        if (pieces.stopped) return this.ended(endpoint, pieces, "stop");
        if (this.answeredEnough(pieces)) return this.ended(endpoint, pieces, "length");
        steered = this.shouldClose(pieces, endpoint.profile);
        if (!steered) continue;
        if (this.enforced !== undefined && !this.answering) endpoint.recordBudgetPassed();
        break;
      }
      steered ||= cut.signal.aborted;
    } catch (error) {
      this.signal.throwIfAborted();
      const isCut = cut.signal.aborted;
      const namedError = endpoint.toNamedError(error, partial !== undefined || this.meter.total > 0);
      // A reply is complete if the connection breaks after its end.
      const isWhole = finish !== undefined && namedError instanceof EngineError && namedError.code === "connectionLost";
      if (!isCut && !isWhole) throw namedError;
      steered = isCut;
    } finally {
      // Closes the connection at once, also after leaving the loop.
      cut.abort();
    }
    this.signal.throwIfAborted();
    if (steered && pieces.inThought) return this.continueTurn(pieces);
    if (finish !== undefined && this.endedInThought(pieces, finish)) {
      this.answering = true;
      return this.continueTurn(pieces);
    }
    if (finish !== undefined) return this.ended(endpoint, pieces, finish);
    if (steered) return this.continueTurn(pieces);
    throw connectionLostError(endpoint.info.remote?.host ?? "");
  }

  /** Reports a piece. Returns the finish reason when the reply has ended. */
  private take(chunk: Chunk, pieces: StreamParser): string | undefined {
    const { meter, budget, events } = this;
    this.id = chunk.id ?? this.id;
    const parts = pieces.push(chunk);
    meter.take(chunk, pieces.inThought);
    if (chunk.progress) {
      const { total, cache, processed } = chunk.progress;
      events.push({ type: "reading", read: processed - cache, total: total - cache });
    }
    this.report(parts);
    if (pieces.answerStarted || (pieces.thought !== "" && !pieces.inThought)) budget.open = false;
    return chunk.finish;
  }

  /** Throws EngineError badCall. */
  private report(parts: StreamPart[]): void {
    const { meter } = this;
    for (const part of parts) {
      if (part.type === "brokenCall") {
        if (!part.isCut) throw badCallError();
        continue;
      }
      if (part.type === "revised") meter.revise(part.thought !== "");
      const { thought: thoughtTokens, answer: answerTokens } = meter;
      if (part.type === "revised") this.events.push({ ...part, thoughtTokens, answerTokens });
      else if (part.type === "toolCall" || part.type === "callPart") this.events.push(part);
      else this.events.push({ ...part, tokens: part.type === "thought" ? thoughtTokens : answerTokens });
    }
  }

  /** Ends the reply. Throws EngineError if the endpoint ended it in an unusual way, or if a call is unreadable. */
  private ended(endpoint: RemoteEndpoint, pieces: StreamParser, finish: string): Outcome {
    const { host = "" } = endpoint.info.remote ?? {};
    const whole = endingOf(finish, pieces.hasCalls);
    this.report(pieces.end(whole === "stop" || whole === "toolCalls"));
    const ending = endingOf(finish, pieces.hasCalls);
    if (ending === "filtered" || ending === "broken") throw unusualEndError(host, ending, finish);
    // Only the length limit may cut a call off.
    if (pieces.halfCall && ending !== "length") throw badCallError();
    if (pieces.unreadable !== undefined && ending !== "length") throw unreadableCallError(host, pieces.unreadable);
    return { stopReason: ending };
  }

  /** Whether the turn ended, or used up its tokens, inside the thought. Then another request asks for the answer. */
  private endedInThought(pieces: StreamParser, finish: string): boolean {
    const { maxReplyTokens } = this.request;
    const ending = endingOf(finish, false);
    const isOver = ending === "stop" || (ending === "length" && maxReplyTokens === undefined);
    return isOver && pieces.inThought && pieces.isSeparate && this.budget.open;
  }

  /**
   * The stream was cut inside the thought: the turn continues with a closed thought, or with an open one if it got more
   * tokens.
   */
  private continueTurn(pieces: StreamParser): Outcome {
    const { thought } = pieces;
    const open = !this.answering && this.enforced !== undefined && this.meter.thought < this.mostThought();
    if (!open) {
      this.report(pieces.close());
      this.budget.open = false;
    }
    return { partial: { thought, open } };
  }

  /** How many tokens the thought may still have; undefined without a limit. */
  private thoughtLeft(): number | undefined {
    if (!this.budget.open) return 0;
    const { value } = this.budget;
    return value === "unlimited" ? undefined : Math.max(1, value - this.meter.thought);
  }

  private mostThought(): number {
    const { value } = this.budget;
    return value === "unlimited" ? Number.POSITIVE_INFINITY : value;
  }

  /** Whether to cut the stream. An endpoint that enforces the budget gets some slack to do it in its own way. */
  private shouldClose(pieces: StreamParser, profile: EndpointProfile): boolean {
    if (!pieces.inThought) return false;
    if (this.meter.thought >= this.endsBy && !pieces.midTag) return true;
    const slack = this.enforced === undefined ? 0 : budgetSlack(profile, this.mostThought());
    return this.budget.shouldClose(this.meter.thought - slack, pieces.atLineEnd, pieces.midTag);
  }

  /** Whether the answer reached its limit. Without a thought, the endpoint keeps the limit and reports its usage. */
  private answeredEnough(pieces: StreamParser): boolean {
    const { maxTokens = Number.POSITIVE_INFINITY, thinking } = this.request;
    const most = thinking.mode === "on" ? maxTokens : maxTokens + 1;
    return pieces.answerStarted && !pieces.inThought && this.meter.answer >= most;
  }
}

const saysSomething = ({ thought, text, calls, finish }: Chunk) =>
  thought !== "" || text !== "" || calls.length > 0 || finish !== undefined;

const notThinking = () => new EngineError("notThinking", t("The reply is not thinking."));
