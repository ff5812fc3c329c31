import { ErrorCodes, type Range, ResponseError, type TextEdit } from "vscode-languageserver";
import { EngineError } from "../../engine/engine.ts";
import type { EditParams, EditResult, Message, Usage } from "../../protocol.ts";
import type { FeatureDeps, Report } from "../deps.ts";
import { editFault } from "../guard/editCheck.ts";
import type { CollectedReply } from "../replies.ts";
import { DEFAULT_THINKING, thinkingOf } from "../thinking.ts";
import { type EditPrompt, editPrompt } from "./editPrompt.ts";
import { type Fault, type Proposal, readEdit } from "./readEdit.ts";

/** The result of one reply; `error` if there is no proposal. */
type Attempt = { proposal?: Proposal; error?: unknown; fault?: Fault };

/**
 * Writes edits for the selection, or for the symbol around the cursor without a selection. They fit the version in the
 * request, whatever the user types meanwhile. Asks the model a second time if the reply cannot be placed or breaks the
 * file. Throws ResponseError ContentModified if that version is not open, and InvalidParams for an invalid instruction.
 * Throws EngineError notCode or truncated for an unusable reply, and the engine's errors.
 */
export async function edit(
  params: EditParams,
  deps: FeatureDeps,
  signal: AbortSignal,
  report: Report,
): Promise<EditResult> {
  if (typeof params.instruction === "string" && params.instruction.trim() === "")
    throw new ResponseError(ErrorCodes.InvalidParams, "Invalid params: instruction is empty.");
  const prompt = await editPrompt(params, deps, signal);
  const replies: CollectedReply[] = [];
  const askedAbout = new Set<Fault["kind"]>();
  let { messages } = prompt.request;
  let best: Attempt | undefined;
  for (;;) {
    const reply = await ask(params, prompt, messages, deps, signal, report);
    replies.push(reply);
    const attempt = await judge(reply, prompt, deps);
    best = better(best, attempt);
    const { fault } = attempt;
    // If an earlier reply is usable, a later one that is not is no reason to ask again.
    if (!fault || askedAbout.has(fault.kind) || (!attempt.proposal && best.proposal)) break;
    askedAbout.add(fault.kind);
    messages = [...messages, { role: "assistant", content: reply.answer }, { role: "user", content: fault.ask }];
  }
  if (!best.proposal) throw best.error;
  const { document, form, selection } = prompt;
  return {
    ...best.proposal,
    version: document.version,
    range: around(selection.range, best.proposal.edits),
    form,
    warning: best.fault?.warning,
    thought: replies
      .map(({ thought }) => thought)
      .join("\n\n")
      .trim(),
    usage: sumUsage(replies.map(({ usage }) => usage)),
  };
}

/** The range, extended to the added imports. */
function around({ start, end }: Range, edits: readonly TextEdit[]): Range {
  const [first] = edits.map(({ range }) => range.start).sort((a, b) => a.line - b.line || a.character - b.character);
  return { start: first && first.line < start.line ? first : start, end };
}

function ask(
  { thinking, sampling, partialResultToken }: EditParams,
  { request }: EditPrompt,
  messages: Message[],
  deps: FeatureDeps,
  signal: AbortSignal,
  report: Report,
): Promise<CollectedReply> {
  const again = messages.length > request.messages.length;
  const reply = deps.engine.respond(
    {
      ...request,
      messages,
      stableChars: again ? undefined : request.stableChars,
      thinking: thinkingOf(thinking, DEFAULT_THINKING.edit),
      sampling,
    },
    signal,
  );
  return deps.replies.run(partialResultToken, reply, report);
}

async function judge(reply: CollectedReply, prompt: EditPrompt, deps: FeatureDeps): Promise<Attempt> {
  let read: ReturnType<typeof readEdit>;
  try {
    read = readEdit(reply, prompt);
  } catch (error) {
    if (error instanceof EngineError) return { error };
    throw error;
  }
  if ("fault" in read) return read;
  const { document, path, instruction, selection } = prompt;
  const fault = await editFault(
    { document, edits: read.edits, asked: instruction, ranges: [selection] },
    deps.grammars,
  );
  return { proposal: read, fault: fault && { kind: "harm", ask: fault.forModel(path), warning: fault.warning } };
}

/** The better attempt; of two that are equally good, the later one: the model knew more when it wrote it. */
function better(a: Attempt | undefined, b: Attempt): Attempt {
  const rank = ({ proposal, fault }: Attempt) => (proposal ? (fault ? 1 : 2) : 0);
  return !a || rank(b) >= rank(a) ? b : a;
}

/** The usage of several replies, in their order, as that of one. */
function sumUsage(usages: readonly Usage[]): Usage {
  const sum = (count: (usage: Usage) => number) => usages.reduce((total, usage) => total + count(usage), 0);
  const generated = ({ thoughtTokens, answerTokens }: Usage) => thoughtTokens + answerTokens;
  const seconds = (usage: Usage) => (usage.tokensPerSecond > 0 ? generated(usage) / usage.tokensPerSecond : 0);
  const timed = sum((usage) => (usage.tokensPerSecond > 0 ? generated(usage) : 0));
  return {
    promptTokens: sum(({ promptTokens }) => promptTokens),
    readTokens: sum(({ readTokens }) => readTokens),
    reusedTokens: sum(({ reusedTokens }) => reusedTokens),
    thoughtTokens: sum(({ thoughtTokens }) => thoughtTokens),
    answerTokens: sum(({ answerTokens }) => answerTokens),
    firstTokenMs: usages[0]?.firstTokenMs ?? 0,
    tokensPerSecond: timed > 0 ? timed / sum(seconds) : 0,
  };
}
