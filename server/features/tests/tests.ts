import { t } from "@vscode/l10n";
import { TextDocument } from "vscode-languageserver-textdocument";
import { EngineError } from "../../engine/engine.ts";
import type { WriteTestsParams, WriteTestsResult } from "../../protocol.ts";
import { sanitizeDisplayText } from "../../shared/displayText.ts";
import type { Grammars } from "../code/grammars.ts";
import { fenceTag, languageOf } from "../code/languages.ts";
import { syntaxErrors } from "../code/syntax.ts";
import { codeContext } from "../context/codeContext.ts";
import { cut } from "../context/cut.ts";
import { displayPaths, readDocument } from "../context/documents.ts";
import type { FeatureDeps, Report } from "../deps.ts";
import { tagOf } from "../reading/choose.ts";
import { parseReply, type Wanted } from "../reading/editReply.ts";
import { fencedBlocks } from "../text/fences.ts";
import { linesOf, unixLines } from "../text/lines.ts";
import {
  exampleTestBlock,
  frameworkLine,
  layOut,
  moreTestsRequest,
  SYSTEM_PROMPT,
  TESTS_REQUEST,
  testFileLine,
} from "../text/prompts.ts";
import { DEFAULT_THINKING, thinkingOf } from "../thinking.ts";
import { addTests } from "./addTests.ts";
import { type TestProject, testProject } from "./testProject.ts";

/** Maximum length of the answer, tokens: tests are longer than their source. */
const answerTokens = (selectionTokens: number) => 1024 + 4 * selectionTokens;
/** Maximum length of an example test, characters: enough to show the style. */
const EXAMPLE_CHARS = 3000;

/**
 * Writes a test file for a range, in the style of the project's tests, or adds tests to the file that already has some.
 * Throws EngineError notCode, truncated or unreadable, and the engine's errors.
 */
export async function writeTests(
  params: WriteTestsParams,
  deps: FeatureDeps,
  signal: AbortSignal,
  report: Report,
): Promise<WriteTestsResult> {
  const document = await readDocument(deps.documents, params.textDocument.uri);
  const project = await testProject(document, deps.documents);
  const { blocks, selection } = await codeContext(
    deps.grammars,
    document,
    displayPaths(deps.documents),
    params.range,
    params.diagnostics ?? [],
  );
  const request = project.existing ? moreTestsRequest(sanitizeDisplayText(project.existing.path)) : TESTS_REQUEST;
  const [selectionTokens = 0] = await deps.engine.countTokens([selection.text], signal);
  const reply = deps.engine.respond(
    {
      messages: [
        { role: "system", content: SYSTEM_PROMPT },
        { role: "user", content: layOut([...projectBlocks(project), ...blocks], request) },
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
  const testRequest = {
    languageId: languageOf(project.path),
    selected: selection.text,
    cutOff: stopReason === "length",
  };
  const code = await testsIn(answer, testRequest, deps.grammars);
  if (!project.existing) return { uri: project.uri, text: `${code.trimEnd()}\n`, thought, usage };
  const { uri, languageId, version } = project.existing.document;
  // A copy, because the open document changes while the user types.
  const tests = TextDocument.create(uri, languageId, version, project.existing.document.getText());
  const { edits, warning } = await addTests(tests, code, deps.grammars);
  const text = TextDocument.applyEdits(tests, edits);
  return { uri, text, edits, ...(deps.documents.get(uri) && { version }), warning, thought, usage };
}

/** The tests in an answer: its code block, or the whole answer if it is only code. */
async function testsIn(answer: string, testRequest: Wanted, grammars: Grammars): Promise<string> {
  const parsed = parseReply(answer, testRequest);
  if (!("error" in parsed)) return parsed.code;
  if (testRequest.cutOff)
    throw new EngineError("truncated", t("The tests were cut off before they were complete."), { answer });
  // A line can introduce it.
  const [, introduced] = /^[^\n]*[:：][ \t]*\n[ \t]*\n([\s\S]*)$/.exec(answer.trim()) ?? [];
  for (const code of [answer, ...(introduced === undefined ? [] : [introduced])])
    if (await isCode(code, testRequest.languageId, grammars)) return code.trim();
  const joined = joinedTests(answer, testRequest);
  if (joined !== undefined) return joined;
  throw new EngineError(parsed.error, parsed.message, { answer });
}

const TESTS = /\b(?:test|it|describe|assert|expect|should|fixture)\w*/i;
const NAMED = /\b(?:def|function|func|fn|fun|void|class|test|it|describe)\b\s*\(?\s*(["'`][^"'`]+["'`]|\w+)/g;

/** Tests in several blocks of their language, none of which has a test of another one: those are no alternatives. */
function joinedTests(answer: string, { languageId, selected }: Wanted): string | undefined {
  const blocks = fencedBlocks(linesOf(answer)).filter(
    ({ info, code }) =>
      languageOf(`x.${tagOf(info)}`) === languageId || tagOf(info) === fenceTag(languageId) || code === "",
  );
  const code = blocks.map(({ code }) => code.trim()).filter((text) => text !== selected.trim());
  const names = code.flatMap((text) => [...new Set([...text.matchAll(NAMED)].map(([, name]) => name!))]);
  const fits = code.length > 1 && blocks.every(({ open }) => !open) && code.every((text) => TESTS.test(text));
  return fits && new Set(names).size === names.length
    ? code.join(languageId === "python" ? "\n\n\n" : "\n\n")
    : undefined;
}

/** Whether an answer is only code. A single word can also parse, but tests call something. */
async function isCode(answer: string, languageId: string, grammars: Grammars): Promise<boolean> {
  if (/^\s*(?:`{3}|~{3})/m.test(answer) || !/[\w"'`]\s*\(/.test(answer)) return false;
  return (await syntaxErrors(grammars, languageId, answer))?.length === 0;
}

/** Empty if the project has no tests and no test framework. */
function projectBlocks({ path, framework, existing, example: nearest }: TestProject): string[] {
  const example = existing ? { path: existing.path, text: existing.document.getText() } : nearest;
  if (framework === undefined && !example) return [];
  const shown = example && cut(unixLines(example.text).trimEnd(), EXAMPLE_CHARS, "start");
  const place = existing ? [] : [testFileLine(sanitizeDisplayText(path))];
  return [
    ...(example
      ? [exampleTestBlock(sanitizeDisplayText(example.path), fenceTag(languageOf(example.path)), shown!)]
      : []),
    [...(framework === undefined ? [] : [frameworkLine(framework)]), ...place].join(" "),
  ].filter((block) => block !== "");
}
