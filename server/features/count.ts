import { dialectOf } from "../nemotron/recognise.ts";
import type { CountParams, CountResult } from "../protocol.ts";
import { converse } from "./conversation.ts";
import type { FeatureDeps } from "./deps.ts";
import { DEFAULT_THINKING, thinkingOf } from "./thinking.ts";

/**
 * How many tokens a chat with these parameters would have, laid out as `chat` lays it out, whether it fits or not. Throws
 * as `chat` does, contextOverflow excepted; any message may be the last.
 */
export async function count(params: CountParams, deps: FeatureDeps, signal: AbortSignal): Promise<CountResult> {
  const { engine } = deps;
  const { contextTokens, dialect, remote } = await engine.model(signal);
  const { messageText } = dialectOf(dialect);
  const { prompt, blocks } = await converse(params, deps, signal);
  const [promptTokens, messages] = await Promise.all([
    engine.countPrompt({ ...prompt, thinking: thinkingOf(params.thinking, DEFAULT_THINKING.chat) }, signal),
    engine.countTokens(params.messages.map(messageText), signal),
  ]);
  const context = blocks.map(({ tokens, cut }) => ({ tokens, cut }));
  return { promptTokens, contextTokens, messages, context, ...(remote?.estimated && { estimated: true }) };
}
