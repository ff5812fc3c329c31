import type { ExplainParams, ExplainResult } from "../../protocol.ts";
import { codeContext } from "../context/codeContext.ts";
import { displayPaths, readDocument } from "../context/documents.ts";
import type { FeatureDeps, Report } from "../deps.ts";
import { explainRequest, layOut, SYSTEM_PROMPT } from "../text/prompts.ts";
import { DEFAULT_THINKING, thinkingOf } from "../thinking.ts";

/**
 * Explains a range with its surroundings. With `followUp`, the reply runs where chats do, so that a chat can continue
 * from it. Throws EngineError.
 */
export async function explain(
  params: ExplainParams,
  deps: FeatureDeps,
  signal: AbortSignal,
  report: Report,
): Promise<ExplainResult> {
  const { uri } = params.textDocument;
  const document = await readDocument(deps.documents, uri);
  const { blocks, selection } = await codeContext(
    deps.grammars,
    document,
    displayPaths(deps.documents),
    params.range,
    params.diagnostics ?? [],
  );
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
