import { noReplyError } from "../../engine/errors.ts";
import type { ResumeParams, ResumeResult } from "../../protocol.ts";
import type { FeatureDeps, Report } from "../deps.ts";

/**
 * Reconnects to a reply whose client went away: repeats all its events, then continues. The reply can be steered and
 * cancelled as usual. Throws EngineError noReply if there is none, and everything that the reply throws.
 */
export async function resume(
  { replyId, partialResultToken }: ResumeParams,
  { engine, replies }: Pick<FeatureDeps, "engine" | "replies">,
  signal: AbortSignal,
  report: Report,
): Promise<ResumeResult> {
  const reply = engine.resume?.(replyId, signal);
  if (!reply) throw noReplyError();
  return replies.run(partialResultToken, reply, report);
}
