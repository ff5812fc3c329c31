import type { PrepareParams, PrepareResult } from "../protocol.ts";
import { converse } from "./conversation.ts";
import type { FeatureDeps } from "./deps.ts";
import { DEFAULT_THINKING, thinkingOf } from "./thinking.ts";

/**
 * Reads, at idle priority, what is known of a chat so far, laid out as `chat` will lay it out. The last message may be
 * a question that is still being typed, or not even begun. Throws as `chat` does.
 */
export async function prepare(params: PrepareParams, deps: FeatureDeps, signal: AbortSignal): Promise<PrepareResult> {
  const { prompt } = await converse(params, deps, signal);
  return deps.engine.prepare({ ...prompt, thinking: thinkingOf(params.thinking, DEFAULT_THINKING.chat) }, signal);
}
