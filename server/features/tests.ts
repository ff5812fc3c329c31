import { EngineError } from "../engine/engine.ts";
import type { ExplainParams } from "../protocol.ts";
import type { FeatureDeps, Report } from "./deps.ts";
import { displayPath, namesIn, readDocument } from "./documents.ts";
import { codeOf } from "./editReply.ts";
import { ground } from "./ground.ts";
import { layOut, SYSTEM_PROMPT, TESTS_REQUEST } from "./prompts.ts";
import { testFileName } from "./testFileName.ts";
import { DEFAULT_THINKING, thinkingOf } from "./thinking.ts";

/** Tokens of answer: tests are longer than what they test. */
const answerTokens = (selectionTokens: number) => 1024 + 4 * selectionTokens;

/** `text`: the whole file, ending with a line ending. `fileName` has no folders. */
export type TestFile = { fileName: string; text: string };

/** Writes a test file for a range. Throws EngineError: notCode, truncated, unreadable, and what the engine throws. */
export async function writeTests(
  params: ExplainParams,
  deps: FeatureDeps,
  signal: AbortSignal,
  report: Report,
): Promise<TestFile> {
  const { uri } = params.textDocument;
  const document = await readDocument(deps.documents, uri);
  const path = displayPath(deps.documents, uri);
  const { languageId } = document;
  const { blocks, selection } = ground(document, namesIn(deps.documents), params.range, []);
  const [selectionTokens = 0] = await deps.engine.countTokens([selection.text], signal);
  const reply = deps.engine.respond(
    {
      messages: [
        { role: "system", content: SYSTEM_PROMPT },
        { role: "user", content: layOut(blocks, TESTS_REQUEST) },
      ],
      thinking: thinkingOf(params.thinking, DEFAULT_THINKING.writeTests),
      maxTokens: answerTokens(selectionTokens),
      priority: "chat",
      kind: "once",
    },
    signal,
  );
  const { answer, stopReason } = await deps.replies.run(params.partialResultToken, reply, report);
  if (stopReason === "length")
    throw new EngineError("truncated", "The tests were cut off before they were whole.", { answer });
  const code = codeOf(answer, languageId, selection.text);
  return { fileName: testFileName(path, languageId), text: `${code.trimEnd()}\n` };
}
