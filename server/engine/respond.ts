/** The one verb, inside the engine process: prompt in, events out. */
import { t } from "@vscode/l10n";
import type { Token } from "node-llama-cpp";
import { type Prompt, saidIn } from "../nemotron/prompt.ts";
import type { PrepareResult, ToolCall, Usage } from "../protocol.ts";
import {
  EngineError,
  type PrepareRequest,
  type PromptRequest,
  type ReplyEvent,
  type RespondRequest,
} from "./engine.ts";
import { type Generated, generate } from "./generate.ts";
import type { Loaded } from "./load.ts";
import { grammarFor } from "./schema.ts";
import type { AdoptOptions, Slot } from "./slot.ts";
import { type Whose, whose } from "./states/whose.ts";
import type { GeneratedProgress } from "./tally.ts";
import { ThoughtBudget } from "./thoughtBudget.ts";
import type { EncodedPrompt, Tokenizer } from "./tokens.ts";

/** A reply needs some room, or it is not worth reading the prompt. */
const LEAST_REPLY_TOKENS = 16;
/** Of the room that a prompt leaves, this part is kept from the thought for the answer, up to so many tokens. */
const ANSWER_SHARE = 0.25;
const ANSWER_TOKENS = 1024;

/** Runs one request to its end. Throws EngineError, or the signal's reason. */
export async function respond(
  loaded: Loaded,
  request: RespondRequest,
  budget: ThoughtBudget,
  signal: AbortSignal,
  emit: (event: ReplyEvent) => void,
): Promise<void> {
  const arrived = performance.now();
  const { tokenizer, dialect, slots, gate, llama } = loaded;
  const { messages, tools = [] } = request;
  const rendered = dialect.renderPrompt(messages, tools, budget.open);
  const prompt = tokenizer.encode(rendered, request.stableChars, whose(request));
  const promptTokens = prompt.tokens.length + tokenizer.tokenizeFraming(dialect.opening(budget.open)).length;
  refuseOverflow(promptTokens, slots.contextTokens);
  // A schema that cannot be followed is refused before anything is read.
  const grammar = await grammarFor(llama, dialect, request);

  const slot = await slots.acquire(request, roomy(promptTokens, request), prompt, signal);
  const seat = gate.join(request.priority, request.owner);
  try {
    await slot.verify(prompt, signal);
    const reusedTokens = await seat.run(() => slot.adopt(prompt, { goesOn: request.kind === "followUp" }));
    const onRead = (read: number, total: number) => emit({ type: "reading", read, total });
    await slot.read(prompt, { seat, signal, onRead });

    const room = Math.min(slot.contextTokens - promptTokens, request.maxReplyTokens ?? Number.POSITIVE_INFINITY);
    budget.limit(room - Math.min(ANSWER_TOKENS, Math.floor(room * ANSWER_SHARE)));
    let first = performance.now();
    const answer = new AnswerText();
    const generated = await generate({
      request,
      slot,
      seat,
      tokenizer,
      dialect,
      budget,
      grammar,
      signal,
      onFirstToken: () => {
        first = performance.now();
      },
      onProgress: (progress) => {
        answer.add(progress);
        emit(progress);
      },
    });
    const tokens = generated.thoughtTokens + generated.answerTokens;
    const usage: Usage = {
      promptTokens,
      readTokens: promptTokens - reusedTokens,
      reusedTokens,
      thoughtTokens: generated.thoughtTokens,
      answerTokens: generated.answerTokens,
      firstTokenMs: first - arrived,
      // The first token belongs to the reading.
      tokensPerSecond: tokens > 1 ? ((tokens - 1) / (performance.now() - first)) * 1000 : 0,
    };
    emit({ type: "usage", stopReason: generated.stopReason, usage });
    if (request.kind === "followUp") settleLater(loaded, slot, request, prompt, generated, answer);
  } finally {
    seat.leave();
    slots.release(slot);
  }
}

/** Tokens of the prompt that a reply would have, without its opening; of what there is when nothing is to be answered. */
export function countPrompt({ tokenizer, dialect }: Loaded, request: PromptRequest): number {
  const { messages, tools = [] } = request;
  const last = messages.at(-1)?.role;
  const render = last === "user" || last === "tool" ? dialect.renderPrompt : dialect.renderPartial;
  return tokenizer.encode(render(messages, tools, thinks(request)), undefined, whose(request)).tokens.length;
}

/** Whether the reply to a prompt will think, where that is already known; most do. */
const thinks = ({ thinking }: PromptRequest) => thinking === undefined || new ThoughtBudget(thinking).open;

const CHAT: Required<PrepareRequest>["reply"] = { kind: "followUp", priority: "chat" };

/** Reads ahead, where the reply will look for it. Whatever was read before an interruption stays. */
export async function prepare(loaded: Loaded, request: PrepareRequest, signal: AbortSignal): Promise<PrepareResult> {
  const { tokenizer, dialect, slots } = loaded;
  const partial = dialect.renderPartial(request.messages, request.tools ?? [], thinks(request));
  const prompt = unfinished(tokenizer, partial, request);
  refuseOverflow(prompt.tokens.length, slots.contextTokens);
  const result: PrepareResult = { readTokens: 0, interrupted: true };
  const { reply = CHAT } = request;
  const work = async (slot: Slot, interrupted: AbortSignal) => {
    const onRead = (read: number) => {
      result.readTokens = read;
    };
    const goesOn = reply.kind === "followUp";
    const draft = request.messages.at(-1)?.role === "user";
    await readIdly(loaded, slot, prompt, { goesOn, draft, owner: request.owner, signal: interrupted, onRead });
    result.interrupted = false;
  };
  await slots.idle({ ...reply, owner: request.owner }, roomy(prompt.tokens.length, reply), prompt, work, signal);
  signal.throwIfAborted();
  return result;
}

/**
 * A prompt that is still being typed: its last word may grow and then be other tokens, so it is left out, and of the
 * rest only what is the same with and without that word is taken.
 */
function unfinished(tokenizer: Tokenizer, partial: Prompt, request: PromptRequest): EncodedPrompt {
  const whole = tokenizer.encode(partial, request.stableChars, whose(request));
  const last = partial.pieces.at(-1);
  if (last?.type !== "text" || request.messages.at(-1)?.role !== "user") return whole;
  const settled = { ...last, text: last.text.replace(/\s*\S*$/, "") };
  const pieces = [...partial.pieces.slice(0, -1), settled];
  const without = tokenizer.encode({ ...partial, pieces }, undefined, whose(request));
  let common = 0;
  while (common < without.tokens.length && whole.tokens[common] === without.tokens[common]) common++;
  return { ...whole, tokens: whole.tokens.slice(0, common) };
}

/**
 * After a reply, in idle time: back to the checkpoint before the thought, and the bare answer read behind it. The next
 * turn then reads nothing but its own message. An interruption leaves less reading done, nothing else.
 */
function settleLater(
  loaded: Loaded,
  slot: Slot,
  request: RespondRequest,
  prompt: EncodedPrompt,
  generated: Generated,
  answer: AnswerText,
): void {
  const { tokenizer, dialect } = loaded;
  const reply = { role: "assistant" as const, content: answer.text, toolCalls: answer.toolCalls };
  const messages = [...request.messages, reply];
  const settled = dialect.renderPartial(messages, request.tools ?? [], thinks(request));
  rememberOwnTokens(tokenizer, saidIn(settled, messages.length - 1), generated.answer, prompt.whose);
  const next = tokenizer.encode(settled, undefined, prompt.whose);
  loaded.slots.startIdle(slot, async (_, signal) => {
    await readIdly(
      loaded,
      slot,
      { ...next, turnStart: prompt.turnStart },
      { goesOn: true, owner: request.owner, signal },
    );
  });
}

/** Tokenizing an answer's text again may give other tokens than those it was written in; the model's own are kept. */
function rememberOwnTokens(tokenizer: Tokenizer, text: string, generated: Token[], of: Whose): void {
  if (text === "") return;
  const own = tokenizer.detokenize(generated);
  const before = own.length - own.trimStart().length;
  let skip = 0;
  for (let chars = 0; chars < before; skip++) chars += tokenizer.detokenize([generated[skip]!]).length;
  const tokens = generated.slice(skip);
  const trimmed = tokenizer.detokenize(tokens);
  if (trimmed === text) tokenizer.remember(text, tokens, of);
  else if (`${trimmed}\n` === text) tokenizer.remember(text, [...tokens, ...tokenizer.tokenize("\n")], of);
}

type IdleReading = AdoptOptions & { owner?: string; signal: AbortSignal; onRead?: (read: number) => void };

async function readIdly(
  { gate }: Loaded,
  slot: Slot,
  prompt: EncodedPrompt,
  { owner, signal, onRead, ...how }: IdleReading,
): Promise<void> {
  const seat = gate.join("idle", owner);
  try {
    await slot.verify(prompt, signal);
    await seat.run(async () => {
      signal.throwIfAborted();
      await slot.adopt(prompt, how);
    });
    await slot.read(prompt, { seat, signal, onRead });
  } finally {
    seat.leave();
  }
}

function refuseOverflow(promptTokens: number, contextTokens: number): void {
  if (promptTokens + LEAST_REPLY_TOKENS <= contextTokens) return;
  throw new EngineError(
    "contextOverflow",
    t(
      "The prompt has {0} tokens, the loaded context {1}. Remove context or start a new chat.",
      promptTokens,
      contextTokens,
    ),
    { promptTokens, contextTokens },
  );
}

/**
 * A slot of an edit must have room for a reply as long as the prompt, or as the request allows; the chat's slot is the
 * last resort.
 */
const roomy = (promptTokens: number, { maxTokens = promptTokens }: Pick<RespondRequest, "maxTokens">) =>
  promptTokens + Math.min(promptTokens, maxTokens) + LEAST_REPLY_TOKENS;

/** Collects what the reply says, without the thought. */
class AnswerText {
  text = "";
  readonly toolCalls: ToolCall[] = [];

  add(part: GeneratedProgress): void {
    if (part.type === "answer") this.text += part.text;
    if (part.type === "toolCall") this.toolCalls.push(part.toolCall);
  }
}
