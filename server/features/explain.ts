import type { ExplainParams, ExplainResult } from "../protocol.ts";
import type { FeatureDeps, Report } from "./deps.ts";
import { namesIn, readDocument } from "./documents.ts";
import { ground } from "./ground.ts";
import { explainRequest, layOut, SYSTEM_PROMPT } from "./prompts.ts";
import { DEFAULT_THINKING, thinkingOf } from "./thinking.ts";

/**
 * Explains a range, grounded in what surrounds it; with `followUp` where chats are held, so that one can go on from it.
 * Throws EngineError.
 */
export async function explain(
  params: ExplainParams,
  deps: FeatureDeps,
  signal: AbortSignal,
  report: Report,
): Promise<ExplainResult> {
  const { uri } = params.textDocument;
  const document = await readDocument(deps.documents, uri);
  const { blocks, selection } = ground(document, namesIn(deps.documents), params.range, params.diagnostics ?? []);
  const userContent = layOut(blocks, explainRequest(deps.language));
  report({ type: "prompt", userContent, range: selection.range });
  const reply = deps.engine.respond(
    {
      messages: [
        { role: "system", content: SYSTEM_PROMPT },
        { role: "user", content: userContent },
      ],
      thinking: thinkingOf(params.thinking, DEFAULT_THINKING.explain),
      sampling: params.sampling,
      conversation: params.conversation,
      priority: "chat",
      replyId: params.replyId,
      kind: params.followUp ? "followUp" : "once",
    },
    signal,
  );
  const { answer, thought, stopReason, usage } = await deps.replies.run(params.partialResultToken, reply, report);
  return { answer, thought, stopReason, usage, userContent };
}
