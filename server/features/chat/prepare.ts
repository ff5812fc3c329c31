import type { PrepareParams, PrepareResult } from "../../protocol.ts";
import type { FeatureDeps } from "../deps.ts";
import { inOrder } from "../draftOrder.ts";
import { DEFAULT_THINKING, thinkingOf } from "../thinking.ts";
import { layOutConversation } from "./conversation.ts";

const drafts = inOrder();

/**
 * Reads the known part of a chat at idle priority, in the layout of `chat`. The last message can be a question that the
 * user is still typing, or has not begun. Throws like `chat`.
 */
export async function prepare(params: PrepareParams, deps: FeatureDeps, signal: AbortSignal): Promise<PrepareResult> {
  const { prompt } = await drafts(() => layOutConversation(params, deps, signal));
  return deps.engine.prepare({ ...prompt, thinking: thinkingOf(params.thinking, DEFAULT_THINKING.chat) }, signal);
}
