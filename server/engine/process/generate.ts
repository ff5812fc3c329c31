/** The token loop: generates a reply, and can close its thought while it runs. */
import {
  type LlamaGrammar,
  LlamaGrammarEvaluationState,
  type SequenceEvaluateOptions,
  type Token,
} from "node-llama-cpp";
import type { Dialect } from "../../nemotron/dialect.ts";
import { type ReplyPart, ReplyReader } from "../../nemotron/reader.ts";
import { END_THINK } from "../../nemotron/tags.ts";
import type { StopReason } from "../../protocol.ts";
import type { RespondRequest } from "../engine.ts";
import { badCallError } from "../errors.ts";
import type { ThoughtBudget } from "../thoughtBudget.ts";
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
  slot: Slot;
  runner: StepRunner;
  tokenizer: Tokenizer;
  dialect: Dialect;
  budget: ThoughtBudget;
  grammar?: LlamaGrammar;
  signal: AbortSignal;
  onProgress: (progress: GeneratedProgress) => void;
  onFirstToken: () => void;
};

/** A finished reply. Counts are tokens. */
export type Generated = {
  stopReason: StopReason;
  thoughtTokens: number;
  answerTokens: number;
  /** The answer's own tokens, as generated. */
  answer: Token[];
};

/**
 * Generates a reply to the prompt that the slot holds. Throws the signal's reason, or EngineError badCall. The slot is
 * consistent in any case.
 */
export async function generate(generation: Generation): Promise<Generated> {
  const { request, slot, runner, tokenizer, dialect, budget, signal } = generation;
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

  const iterator = slot.evaluate(
    tokenizer.tokenizeFraming(dialect.opening(budget.open)),
    evaluateOptions(generation, () => reader.inThought, recent),
  );
  // Tokens to evaluate instead of the last sampled one.
  let instead: Token[] | undefined;
  try {
    for (;;) {
      signal.throwIfAborted();
      const { value: token, done } = await runner.run(() => iterator.next(instead));
      if (done) break;
      instead = undefined;
      if (tally.thought + tally.answer === 0) generation.onFirstToken();
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
        if (thinking && !reader.inThought && generation.grammar) {
          // The grammar must see the answer from its first character, so the closing tag must not bring any of it.
          emit(parts.filter((part) => part.type === "thought"));
          const afterTag = tail.slice(tail.lastIndexOf(END_THINK) + END_THINK.length);
          instead = tokenizer.tokenizeFraming(`${piece.slice(0, piece.length - afterTag.length)}\n\n`);
          reader = newReader(false);
        } else emit(parts);
        const midTag = reader.heldBack.includes("<");
        if (reader.inThought && budget.shouldClose(tally.thought, tail.endsWith("\n"), midTag)) {
          emit(reader.closeThought());
          instead = [token, ...tokenizer.tokenizeFraming(dialect.closing(tail))];
        }
      }
      budget.open = reader.inThought;
      if (reader.stopped) break;
      const isLong = tally.answer >= (request.maxTokens ?? Number.POSITIVE_INFINITY) && !reader.inThought;
      if (isLong || tally.thought + tally.answer >= (request.maxReplyTokens ?? Number.POSITIVE_INFINITY)) {
        stopReason = "length";
        break;
      }
      if (slot.sequenceTokens + (instead?.length ?? 1) >= slot.contextTokens) {
        stopReason = "length";
        break;
      }
    }
    const rest = reader.end(stopReason === "length");
    // A call that the model ended itself was not cut off.
    if (stopReason !== "length" && rest.some(({ type }) => type === "brokenCall")) throw badCallError();
    emit(rest);
    tally.end();
    if (hasCalls && stopReason === "stop") stopReason = "toolCalls";
    return { stopReason, thoughtTokens: tally.thought, answerTokens: tally.answer, answer };
  } finally {
    budget.open = false;
    await iterator.return();
    slot.generated();
  }
}

function evaluateOptions(
  { request, grammar, budget, tokenizer, dialect }: Generation,
  inThought: () => boolean,
  recent: Token[],
): SequenceEvaluateOptions {
  const recommended = dialect.sampling(budget.open, (request.tools?.length ?? 0) > 0);
  const options = { ...samplingOptions(request.sampling, recommended, recent), yieldEogToken: true };
  if (!grammar) return options;
  // The grammar applies to the answer only: it begins when the thought has ended.
  let state: LlamaGrammarEvaluationState | undefined;
  const grammarEvaluationState = () => {
    if (inThought()) return undefined;
    state ??= new LlamaGrammarEvaluationState({ model: tokenizer.model, grammar });
    return state;
  };
  return { ...options, grammarEvaluationState };
}
