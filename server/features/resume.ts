import { noReply } from "../engine/errors.ts";
import type { ResumeParams, ResumeResult } from "../protocol.ts";
import type { FeatureDeps, Report } from "./deps.ts";

/**
 * A reply whose client went away: all that it has said comes again, then what it says from now on. It is steered and
 * cancelled like the reply that it is. Throws EngineError noReply where there is none, and whatever the reply throws.
 */
export async function resume(
  { replyId, partialResultToken }: ResumeParams,
  { engine, replies }: Pick<FeatureDeps, "engine" | "replies">,
  signal: AbortSignal,
  report: Report,
): Promise<ResumeResult> {
  const reply = engine.resume?.(replyId, signal);
  if (!reply) throw noReply();
  return replies.run(partialResultToken, reply, report);
}
