/** The token loop: from the opening of the reply to its end, with a thought that can be steered while it runs. */
import {
  type LlamaGrammar,
  LlamaGrammarEvaluationState,
  type SequenceEvaluateOptions,
  type Token,
} from "node-llama-cpp";
import type { Dialect } from "../nemotron/dialect.ts";
import { type ReplyPart, ReplyReader } from "../nemotron/reader.ts";
import { END_THINK } from "../nemotron/tags.ts";
import type { StopReason } from "../protocol.ts";
import type { RespondRequest } from "./engine.ts";
import type { Seat } from "./gate.ts";
import { samplingOptions } from "./sampling.ts";
import type { Slot } from "./slot.ts";
import { type GeneratedProgress, Tally } from "./tally.ts";
import type { ThoughtBudget } from "./thoughtBudget.ts";
import { TextStream, type Tokenizer } from "./tokens.ts";

/** Enough to recognise a line's end and a closing tag. */
const TAIL_CHARS = 64;

export type Generation = {
  request: RespondRequest;
  slot: Slot;
  seat: Seat;
  tokenizer: Tokenizer;
  dialect: Dialect;
  budget: ThoughtBudget;
  grammar?: LlamaGrammar;
  signal: AbortSignal;
  onProgress: (progress: GeneratedProgress) => void;
  onFirstToken: () => void;
};

export type Generated = {
  stopReason: StopReason;
  thoughtTokens: number;
  answerTokens: number;
  /** The answer's own tokens, as generated. */
  answer: Token[];
};

/** Generates after the prompt that the slot holds. Throws the signal's reason; the slot is consistent either way. */
export async function generate(generation: Generation): Promise<Generated> {
  const { request, slot, seat, tokenizer, dialect, budget, signal } = generation;
  const tools = request.tools ?? [];
  const calls = dialect.calls(tools);
  const newReader = (thinking: boolean) =>
    new ReplyReader({ thinking, tools: tools.length > 0, stop: request.sampling?.stop, calls });
  let reader = newReader(budget.open);
  const text = new TextStream(tokenizer);
  const tally = new Tally(generation.onProgress);
  const answer: Token[] = [];
  let stopReason: StopReason = "stop";
  const recent: Token[] = [];
  /** The reply's last text as it came, tags and white space included. */
  let tail = "";
  let called = false;

  const emit = (parts: ReplyPart[]) => {
    called ||= parts.some((part) => part.type === "toolCall");
    tally.tell(parts);
  };

  const iterator = slot.evaluate(
    tokenizer.tokenizeFraming(dialect.opening(budget.open)),
    evaluateOptions(generation, () => reader.inThought, recent),
  );
  // Tokens to be evaluated in place of the one that was sampled last.
  let instead: Token[] | undefined;
  try {
    for (;;) {
      signal.throwIfAborted();
      const { value: token, done } = await seat.run(() => iterator.next(instead));
      if (done) break;
      instead = undefined;
      if (tally.thought + tally.answer === 0) generation.onFirstToken();
      recent.push(token);

      const thinking = reader.inThought;
      if (tokenizer.isEndOfTurn(token)) {
        if (!thinking) break;
        // The turn ends in mid-thought: close the thought for the model and let it answer.
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
          // The grammar must see the answer from its first character on: none of it may come with the closing tag.
          emit(parts.filter((part) => part.type === "thought"));
          const behind = tail.slice(tail.lastIndexOf(END_THINK) + END_THINK.length);
          instead = tokenizer.tokenizeFraming(`${piece.slice(0, piece.length - behind.length)}\n\n`);
          reader = newReader(false);
        } else emit(parts);
        const midTag = reader.holding.includes("<");
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
    emit(reader.end());
    tally.end();
    if (called && stopReason === "stop") stopReason = "toolCalls";
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
  // The grammar is for the answer: it begins when the thought has ended.
  let state: LlamaGrammarEvaluationState | undefined;
  const grammarEvaluationState = () => {
    if (inThought()) return undefined;
    state ??= new LlamaGrammarEvaluationState({ model: tokenizer.model, grammar });
    return state;
  };
  return { ...options, grammarEvaluationState };
}
