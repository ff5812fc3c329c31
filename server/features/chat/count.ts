import { dialectOf } from "../../nemotron/dialects/recognise.ts";
import type { CountParams, CountResult } from "../../protocol.ts";
import type { FeatureDeps } from "../deps.ts";
import { DEFAULT_THINKING, thinkingOf } from "../thinking.ts";
import { layOutConversation } from "./conversation.ts";

/**
 * The number of tokens of a chat with these parameters, in the layout of `chat`, whether it fits or not. Throws like
 * `chat`, except contextOverflow. The last message can have any role.
 */
export async function count(params: CountParams, deps: FeatureDeps, signal: AbortSignal): Promise<CountResult> {
  const { engine } = deps;
  const { contextTokens, dialect, remote } = await engine.model(signal);
  const { messageText } = dialectOf(dialect);
  const { prompt, blocks } = await layOutConversation(params, deps, signal);
  const [promptTokens, messages] = await Promise.all([
    engine.countPrompt({ ...prompt, thinking: thinkingOf(params.thinking, DEFAULT_THINKING.chat) }, signal),
    engine.countTokens(params.messages.map(messageText), signal),
  ]);
  const context = blocks.map(({ tokens, cut }) => ({ tokens, cut }));
  return { promptTokens, contextTokens, messages, context, ...(remote?.estimated && { estimated: true }) };
}
