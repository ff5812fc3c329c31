import { t } from "@vscode/l10n";
import { EngineError } from "../engine/engine.ts";
import { visible, type WriteTestsParams, type WriteTestsResult } from "../protocol.ts";
import { cut } from "./cut.ts";
import type { FeatureDeps, Report } from "./deps.ts";
import { namesIn, readDocument } from "./documents.ts";
import { codeOf } from "./editReply.ts";
import { ground } from "./ground.ts";
import { fenceTag, languageOf } from "./languages.ts";
import { unixLines } from "./lines.ts";
import { exampleTestBlock, frameworkLine, layOut, SYSTEM_PROMPT, TESTS_REQUEST, testFileLine } from "./prompts.ts";
import { type TestProject, testProject } from "./testProject.ts";
import { DEFAULT_THINKING, thinkingOf } from "./thinking.ts";

/** Tokens of answer: tests are longer than what they test. */
const answerTokens = (selectionTokens: number) => 1024 + 4 * selectionTokens;
/** Characters of a test that the project has: what it looks like, not all that it tests. */
const EXAMPLE_CHARS = 3000;

/**
 * Writes a test file for a range, in the manner of the project's tests. Throws EngineError: notCode, truncated,
 * unreadable, and what the engine throws.
 */
export async function writeTests(
  params: WriteTestsParams,
  deps: FeatureDeps,
  signal: AbortSignal,
  report: Report,
): Promise<WriteTestsResult> {
  const document = await readDocument(deps.documents, params.textDocument.uri);
  const { languageId } = document;
  const project = await testProject(document, deps.documents);
  const { blocks, selection } = ground(document, namesIn(deps.documents), params.range, params.diagnostics ?? []);
  const [selectionTokens = 0] = await deps.engine.countTokens([selection.text], signal);
  const reply = deps.engine.respond(
    {
      messages: [
        { role: "system", content: SYSTEM_PROMPT },
        { role: "user", content: layOut([...projectBlocks(project), ...blocks], TESTS_REQUEST) },
      ],
      thinking: thinkingOf(params.thinking, DEFAULT_THINKING.writeTests),
      sampling: params.sampling,
      maxTokens: answerTokens(selectionTokens),
      priority: "chat",
      kind: "once",
    },
    signal,
  );
  const { answer, thought, stopReason, usage } = await deps.replies.run(params.partialResultToken, reply, report);
  if (stopReason === "length")
    throw new EngineError("truncated", t("The tests were cut off before they were whole."), { answer });
  const code = codeOf(answer, languageId, selection.text);
  return { uri: project.uri, text: `${code.trimEnd()}\n`, thought, usage };
}

/** Nothing where the project has no tests, and nothing that they would be written with. */
function projectBlocks({ path, framework, example }: TestProject): string[] {
  if (framework === undefined && !example) return [];
  const shown = example && cut(unixLines(example.text).trimEnd(), EXAMPLE_CHARS, "start");
  return [
    ...(example ? [exampleTestBlock(visible(example.path), fenceTag(languageOf(example.path)), shown!)] : []),
    [...(framework === undefined ? [] : [frameworkLine(framework)]), testFileLine(visible(path))].join(" "),
  ];
}
