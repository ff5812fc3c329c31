/** Reading in idle time, and what is read of a reply after its end. */
import type { Token } from "node-llama-cpp";
import { messageTextIn } from "../../nemotron/prompt.ts";
import type { ToolCall } from "../../protocol.ts";
import type { PromptRequest, RespondRequest } from "../engine.ts";
import type { Origin } from "../states/origin.ts";
import { ThoughtBudget } from "../thoughtBudget.ts";
import type { Generated } from "./generate.ts";
import type { Loaded } from "./load.ts";
import { savingOptions } from "./savingOptions.ts";
import type { AdoptOptions, Slot } from "./slot.ts";
import type { GeneratedProgress } from "./tally.ts";
import type { EncodedPrompt, Tokenizer } from "./tokens.ts";

/** Whether the reply will think, as far as that is known; most replies do. */
export const willThink = ({ thinking }: PromptRequest) => thinking === undefined || new ThoughtBudget(thinking).open;

/** What was asked and answered. `single`: see AskedBefore.isSingle. */
type Exchange = { prompt: EncodedPrompt; generated: Generated; answer: AnswerText; single: boolean };

/**
 * After a reply, in idle time: goes back to the checkpoint before the thought and reads the bare answer. The next turn
 * then reads only its own message. After an interruption, the slot keeps the part read so far.
 */
export function settleLater(
  loaded: Loaded,
  slot: Slot,
  request: RespondRequest,
  { prompt, generated, answer, single }: Exchange,
): void {
  const { tokenizer, dialect } = loaded;
  const reply = { role: "assistant" as const, content: answer.text, toolCalls: answer.toolCalls };
  const messages = [...request.messages, reply];
  const settled = dialect.renderPartial(messages, request.tools ?? [], willThink(request));
  rememberOwnTokens(tokenizer, messageTextIn(settled, messages.length - 1), generated.answer, prompt.origin);
  const next = tokenizer.encode(settled, undefined, prompt.origin);
  const saving = savingOptions(request.kind, next.tokens.length, single);
  loaded.slots.startIdle(slot, async (_, signal) => {
    await readWhenIdle(
      loaded,
      slot,
      { ...next, turnStart: prompt.turnStart },
      { ...saving, owner: request.owner, signal },
    );
  });
}

/** Remembers the tokens of an answer as generated: tokenizing its text again can give other tokens. */
function rememberOwnTokens(tokenizer: Tokenizer, text: string, generated: Token[], origin: Origin): void {
  if (text === "") return;
  const own = tokenizer.detokenize(generated);
  const before = own.length - own.trimStart().length;
  let skip = 0;
  for (let chars = 0; chars < before; skip++) chars += tokenizer.detokenize([generated[skip]!]).length;
  const tokens = generated.slice(skip);
  const trimmed = tokenizer.detokenize(tokens);
  if (trimmed === text) tokenizer.remember(text, tokens, origin);
  else if (`${trimmed}\n` === text) tokenizer.remember(text, [...tokens, ...tokenizer.tokenize("\n")], origin);
}

type IdleReading = AdoptOptions & { owner?: string; signal: AbortSignal; onRead?: (read: number) => void };

export async function readWhenIdle(
  { gate }: Loaded,
  slot: Slot,
  prompt: EncodedPrompt,
  { owner, signal, onRead, ...how }: IdleReading,
): Promise<void> {
  const runner = gate.join("idle", owner);
  try {
    await slot.verify(prompt, signal);
    await runner.run(async () => {
      signal.throwIfAborted();
      await slot.adopt(prompt, how);
    });
    await slot.read(prompt, { runner, signal, onRead });
  } finally {
    runner.leave();
  }
}

/** Collects the text and tool calls of the answer, without the thought. */
export class AnswerText {
  text = "";
  readonly toolCalls: ToolCall[] = [];

  get isEmpty(): boolean {
    return this.text === "" && this.toolCalls.length === 0;
  }

  add(part: GeneratedProgress): void {
    if (part.type === "answer") this.text += part.text;
    if (part.type === "toolCall") this.toolCalls.push(part.toolCall);
  }
}
