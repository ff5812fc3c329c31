/** `respond` inside the engine process: prompt in, events out. */
import { t } from "@vscode/l10n";
import type { Token } from "node-llama-cpp";
import type { Prompt } from "../../nemotron/prompt.ts";
import type { PrepareResult, Usage } from "../../protocol.ts";
import {
  EngineError,
  type PrepareRequest,
  type PromptRequest,
  type ReplyEvent,
  type RespondRequest,
} from "../engine.ts";
import { originOf } from "../states/origin.ts";
import { roomForThought, type ThoughtBudget } from "../thoughtBudget.ts";
import { Confinement } from "./confinement.ts";
import { generate } from "./generate.ts";
import type { Loaded } from "./load.ts";
import { NewestWins } from "./newestWins.ts";
import { prepareSavingOptions, savingOptions } from "./savingOptions.ts";
import { type RequiredForm, requiredForm } from "./schema.ts";
import { AnswerText, readWhenIdle, settleLater, willThink } from "./settle.ts";
import type { Slot } from "./slot.ts";
import type { Slots } from "./slots.ts";
import { runInSteps, type Steps } from "./steps.ts";
import { commonPrefix, type EncodedPrompt, type Tokenizer } from "./tokens.ts";

/** Minimum room for a reply, tokens. With less, reading the prompt is not worth it. */
const MIN_REPLY_TOKENS = 16;

/** Runs one request to its end. Throws EngineError, or the signal's reason. */
export async function respond(
  loaded: Loaded,
  request: RespondRequest,
  budget: ThoughtBudget,
  signal: AbortSignal,
  emit: (event: ReplyEvent) => void,
): Promise<void> {
  const arrived = performance.now();
  const { tokenizer, dialect, slots, llama } = loaded;
  const { messages, tools = [] } = request;
  const rendered = dialect.renderPrompt(messages, tools, budget.open);
  const whole = await runInSteps(tokenizer.encodeSteps(rendered, request.stableChars, originOf(request)), signal);
  // The slot keeps a checkpoint where the messages end: another message may follow there, instead of this reply.
  const prompt = { ...whole, tokens: whole.tokens.slice(0, whole.replyStart) };
  const replyStart = whole.tokens.slice(whole.replyStart);
  const promptTokens = whole.tokens.length + tokenizer.tokenizeFraming(dialect.opening(budget.open)).length;
  refuseOverflow(promptTokens, slots.contextTokens);
  // Refuse a schema that cannot be followed before reading anything.
  const form = await requiredForm(llama, dialect, request);

  const run = (slot: Slot, signal: AbortSignal) =>
    reply({ loaded, request, prompt, replyStart, promptTokens, form, budget, signal, emit, arrived }, slot);
  const needed = tokensNeeded(promptTokens, request);
  if (request.priority === "idle") return replyWhenIdle(slots, request, needed, prompt, run, signal);
  const slot = await slots.acquire(request, needed, prompt, signal);
  try {
    await run(slot, signal);
  } finally {
    slots.release(slot);
  }
}

type ReplyParts = {
  loaded: Loaded;
  request: RespondRequest;
  prompt: EncodedPrompt;
  replyStart: Token[];
  promptTokens: number;
  form: RequiredForm | undefined;
  budget: ThoughtBudget;
  signal: AbortSignal;
  emit: (event: ReplyEvent) => void;
  arrived: number;
};

async function reply(parts: ReplyParts, slot: Slot): Promise<void> {
  const { loaded, request, prompt, replyStart, promptTokens, form, budget, signal, emit, arrived } = parts;
  const { tokenizer, dialect, gate, askedBefore } = loaded;
  const runner = gate.join(request.priority, request.owner);
  try {
    await slot.verify(prompt, signal);
    const single = askedBefore.isSingle(request);
    const saving = savingOptions(request.kind, promptTokens, single);
    // The question of an idle reply is not the user's: what is saved must end before it, where the user goes on.
    const reusedTokens = await runner.run(() => slot.adopt(prompt, { ...saving, draft: request.priority === "idle" }));
    const onRead = (read: number, total: number) => emit({ type: "reading", read, total });
    await slot.read(prompt, { runner, signal, onRead });

    const room = Math.min(slot.contextTokens - promptTokens, request.maxReplyTokens ?? Number.POSITIVE_INFINITY);
    budget.limit(roomForThought(room));
    let first = performance.now();
    const answer = new AnswerText();
    const generated = await generate({
      request,
      replyStart,
      slot,
      runner,
      tokenizer,
      dialect,
      budget,
      confinement: form && new Confinement(tokenizer, form),
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
      // The time until the first token counts as reading. A call without any choice takes no time.
      tokensPerSecond: tokens > 1 && generated.sampled ? ((tokens - 1) / (performance.now() - first)) * 1000 : 0,
    };
    const { stopReason, stopText } = generated;
    emit({ type: "usage", stopReason, ...(stopText !== undefined && { stopText }), usage });
    // After an empty answer, the request is likely to be repeated, from the checkpoint that settling would lose.
    if (request.kind === "followUp" && request.priority !== "idle" && !answer.isEmpty)
      settleLater(loaded, slot, request, { prompt, generated, answer, single });
  } finally {
    runner.leave();
  }
}

/** Runs a reply as idle work. Resolves, too, when something more urgent has stopped it. */
async function replyWhenIdle(
  slots: Slots,
  request: RespondRequest,
  tokens: number,
  prompt: EncodedPrompt,
  run: (slot: Slot, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let failure: unknown;
  const work = (slot: Slot, stopped: AbortSignal) =>
    run(slot, stopped).catch((error) => {
      if (!stopped.aborted) failure = error;
    });
  await slots.idle(request, tokens, prompt, work, signal);
  signal.throwIfAborted();
  if (failure !== undefined) throw failure;
}

/**
 * The number of prompt tokens for a reply, without the reply's opening. When there is nothing to answer, the tokens of
 * the messages.
 */
export async function countPrompt(
  { tokenizer, dialect }: Loaded,
  request: PromptRequest,
  signal: AbortSignal,
): Promise<number> {
  const { messages, tools = [] } = request;
  const last = messages.at(-1)?.role;
  const render = last === "user" || last === "tool" ? dialect.renderPrompt : dialect.renderPartial;
  const rendered = render(messages, tools, willThink(request));
  return (await runInSteps(tokenizer.encodeSteps(rendered, undefined, originOf(request)), signal)).tokens.length;
}

const CHAT: Required<PrepareRequest>["reply"] = { kind: "followUp", priority: "chat" };

/** By the priority of the reply, which decides where it runs: the newest draft interrupts older ones. */
const drafts = { edit: new NewestWins(), chat: new NewestWins(), idle: new NewestWins() };

/**
 * Reads a prompt ahead into the slot where the reply will look for it. After an interruption, the slot keeps the part
 * read so far.
 */
export async function prepare(loaded: Loaded, request: PrepareRequest, signal: AbortSignal): Promise<PrepareResult> {
  const { tokenizer, dialect, slots } = loaded;
  const partial = dialect.renderPartial(request.messages, request.tools ?? [], willThink(request));
  const { reply = CHAT } = request;
  const isNewest = drafts[reply.priority].begin();
  const prompt = await runInSteps(encodeDraft(tokenizer, partial, request), signal);
  refuseOverflow(prompt.tokens.length, slots.contextTokens);
  const result: PrepareResult = { readTokens: 0, interrupted: true };
  if (!isNewest()) return result;
  const work = async (slot: Slot, interrupted: AbortSignal) => {
    const onRead = (read: number) => {
      result.readTokens = read;
    };
    const saving = prepareSavingOptions(request);
    await readWhenIdle(loaded, slot, prompt, { ...saving, owner: request.owner, signal: interrupted, onRead });
    result.interrupted = false;
  };
  await slots.idle({ ...reply, owner: request.owner }, tokensNeeded(prompt.tokens.length, reply), prompt, work, signal);
  signal.throwIfAborted();
  return result;
}

/**
 * Encodes a prompt that the user is still typing. The last word can grow and get other tokens, so it is left out.
 * Only the tokens that are equal with and without the last word count.
 */
function* encodeDraft(tokenizer: Tokenizer, partial: Prompt, request: PromptRequest): Steps<EncodedPrompt> {
  const whole = yield* tokenizer.encodeSteps(partial, request.stableChars, originOf(request));
  const last = partial.pieces.at(-1);
  if (last?.type !== "text" || request.messages.at(-1)?.role !== "user") return whole;
  const settled = { ...last, text: withoutLastWord(last.text) };
  const pieces = [...partial.pieces.slice(0, -1), settled];
  const without = yield* tokenizer.encodeSteps({ ...partial, pieces }, undefined, originOf(request));
  return { ...whole, tokens: whole.tokens.slice(0, commonPrefix(whole.tokens, without.tokens)) };
}

/** Uses no regex: a regex would search for the end of the text from each space. */
function withoutLastWord(text: string): string {
  let end = text.length;
  while (end > 0 && /\S/.test(text[end - 1]!)) end--;
  return text.slice(0, end).trimEnd();
}

function refuseOverflow(promptTokens: number, contextTokens: number): void {
  if (promptTokens + MIN_REPLY_TOKENS <= contextTokens) return;
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
 * The room that a request needs in an edit slot: for the prompt, and a reply of the same length or the request's limit.
 * If no edit slot has that room, the chat's slot takes the request.
 */
const tokensNeeded = (promptTokens: number, { maxTokens = promptTokens }: Pick<RespondRequest, "maxTokens">) =>
  promptTokens + Math.min(promptTokens, maxTokens) + MIN_REPLY_TOKENS;
