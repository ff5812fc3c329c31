/** The token loop: generates a reply, and can close its thought while it runs. */
import type { SequenceEvaluateOptions, Token } from "node-llama-cpp";
import type { Dialect } from "../../nemotron/dialect.ts";
import { type ReplyPart, ReplyReader } from "../../nemotron/reader.ts";
import { END_THINK } from "../../nemotron/tags.ts";
import type { StopReason } from "../../protocol.ts";
import type { RespondRequest } from "../engine.ts";
import { badCallError } from "../errors.ts";
import type { ThoughtBudget } from "../thoughtBudget.ts";
import type { Confinement } from "./confinement.ts";
import type { StepRunner } from "./gate.ts";
import { samplingOptions } from "./sampling.ts";
import type { Slot } from "./slot.ts";
import { type GeneratedProgress, Tally } from "./tally.ts";
import { TextStream, type Tokenizer } from "./tokens.ts";

/** Enough characters to recognise the end of a line and a closing tag. */
const TAIL_CHARS = 64;

/** What `generate` works with. `budget`: can change while the thought runs. */
export type Generation = {
  request: RespondRequest;
  /** The tokens between the prompt in the slot and the opening. */
  replyStart: Token[];
  slot: Slot;
  runner: StepRunner;
  tokenizer: Tokenizer;
  dialect: Dialect;
  budget: ThoughtBudget;
  /** Of the answer. */
  confinement?: Confinement;
  signal: AbortSignal;
  onProgress: (progress: GeneratedProgress) => void;
  onFirstToken: () => void;
};

/** A finished reply. Counts are tokens. */
export type Generated = {
  stopReason: StopReason;
  /** The stop text that ended it. */
  stopText?: string;
  thoughtTokens: number;
  answerTokens: number;
  /** The answer's own tokens, as generated. */
  answer: Token[];
  /** Whether the model has chosen any of them. */
  sampled: boolean;
};

/**
 * Generates a reply to the prompt that the slot holds. Throws the signal's reason, or EngineError badCall. The slot is
 * consistent in any case.
 */
export async function generate(generation: Generation): Promise<Generated> {
  const { request, slot, runner, tokenizer, dialect, budget, confinement, signal } = generation;
  const tools = request.tools ?? [];
  const calls = dialect.calls(tools);
  const newReader = (thinking: boolean) =>
    new ReplyReader({
      thinking,
      tools: tools.length > 0,
      stop: request.sampling?.stop,
      calls,
      callParts: request.callParts,
    });
  let reader = newReader(budget.open);
  const text = new TextStream(tokenizer);
  const tally = new Tally(generation.onProgress);
  const answer: Token[] = [];
  let stopReason: StopReason = "stop";
  const recent: Token[] = [];
  /** The last characters of the reply as generated, with tags and white space. */
  let tail = "";
  let hasCalls = false;

  const emit = (parts: ReplyPart[]) => {
    hasCalls ||= parts.some((part) => part.type === "toolCall");
    tally.add(parts);
  };

  /** How many more tokens the request's limits allow. */
  const room = () => {
    const { maxTokens = Number.POSITIVE_INFINITY, maxReplyTokens = Number.POSITIVE_INFINITY } = request;
    const ofAnswer = reader.inThought ? Number.POSITIVE_INFINITY : maxTokens - tally.answer;
    return Math.min(ofAnswer, maxReplyTokens - tally.thought - tally.answer);
  };

  /** Takes the part of the answer that its form leaves no choice about, as if it had been sampled. */
  const takeForced = (): Token[] => {
    if (!confinement || reader.inThought) return [];
    const tokens = confinement.forcedTokens(room());
    for (const token of tokens) {
      emit(reader.push(text.push(token)));
      tally.answer++;
    }
    recent.push(...tokens);
    answer.push(...tokens);
    return tokens;
  };

  const opening = tokenizer.tokenizeFraming(dialect.opening(budget.open));
  const begin = [...generation.replyStart, ...opening, ...takeForced()];
  const iterator = slot.evaluate(
    begin,
    evaluateOptions(generation, () => reader.inThought, recent),
  );
  // Tokens to evaluate instead of the last sampled one.
  let instead: Token[] | undefined;
  let pending = begin.length;
  let sampled = false;
  try {
    for (;;) {
      signal.throwIfAborted();
      if (confinement?.isDone) break;
      if (room() <= 0 || slot.sequenceTokens + pending >= slot.contextTokens) {
        stopReason = "length";
        break;
      }
      const { value: token, done } = await runner.run(() => iterator.next(instead));
      if (done) break;
      instead = undefined;
      if (!sampled) generation.onFirstToken();
      sampled = true;
      recent.push(token);

      const thinking = reader.inThought;
      if (tokenizer.isEndOfTurn(token)) {
        if (!thinking) break;
        // The model ends its turn inside the thought: close the thought and let the model answer.
        emit(reader.closeThought());
        instead = tokenizer.tokenizeFraming(dialect.closing(tail));
      } else {
        const piece = text.push(token);
        tail = (tail + piece).slice(-TAIL_CHARS);
        const parts = reader.push(piece);
        if (thinking) tally.thought++;
        else {
          tally.answer++;
          answer.push(token);
        }
        if (thinking && !reader.inThought && confinement) {
          // The form begins with the answer's first character, so the closing tag must not bring any of it.
          emit(parts.filter((part) => part.type === "thought"));
          const afterTag = tail.slice(tail.lastIndexOf(END_THINK) + END_THINK.length);
          instead = tokenizer.tokenizeFraming(`${piece.slice(0, piece.length - afterTag.length)}\n\n`);
          reader = newReader(false);
        } else emit(parts);
        if (!thinking) confinement?.push(piece);
        const midTag = reader.heldBack.includes("<");
        if (reader.inThought && budget.shouldClose(tally.thought, tail.endsWith("\n"), midTag)) {
          emit(reader.closeThought());
          instead = [token, ...tokenizer.tokenizeFraming(dialect.closing(tail))];
        }
      }
      budget.open = reader.inThought;
      if (reader.stopText !== undefined) break;
      const forced = takeForced();
      if (forced.length > 0) instead = [...(instead ?? [token]), ...forced];
      pending = instead?.length ?? 1;
    }
    const rest = reader.end(stopReason === "length");
    // A call that the model ended itself was not cut off.
    if (stopReason !== "length" && rest.some(({ type }) => type === "brokenCall")) throw badCallError();
    emit(rest);
    tally.end();
    if (hasCalls && stopReason === "stop") stopReason = "toolCalls";
    const { stopText } = reader;
    return { stopReason, stopText, thoughtTokens: tally.thought, answerTokens: tally.answer, answer, sampled };
  } finally {
    budget.open = false;
    await iterator.return();
    slot.generated();
  }
}

function evaluateOptions(
  { request, confinement, budget, dialect }: Generation,
  inThought: () => boolean,
  recent: Token[],
): SequenceEvaluateOptions {
  const recommended = dialect.sampling(budget.open, (request.tools?.length ?? 0) > 0);
  const options = { ...samplingOptions(request.sampling, recommended, recent), yieldEogToken: true };
  if (!confinement) return options;
  return { ...options, grammarEvaluationState: () => (inThought() ? undefined : confinement.evaluationState) };
}
