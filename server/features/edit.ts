import { ErrorCodes, ResponseError } from "vscode-languageserver";
import { EngineError } from "../engine/engine.ts";
import type { EditParams, EditResult, Message } from "../protocol.ts";
import type { FeatureDeps, Report } from "./deps.ts";
import { parseFault } from "./editCheck.ts";
import { type EditPrompt, editPrompt } from "./editPrompt.ts";
import { type Fault, type Proposal, readEdit } from "./readEdit.ts";
import type { Collected } from "./replies.ts";
import { DEFAULT_THINKING, thinkingOf } from "./thinking.ts";
import { sumUsage } from "./usages.ts";

/** What one reply came to: `error` where there is nothing to offer. */
type Attempt = { proposal?: Proposal; error?: unknown; fault?: Fault };

/**
 * Edits for the selection, or for the symbol around the cursor where nothing is selected. They fit the version that the
 * request named, whatever is typed meanwhile. A reply that cannot be placed, and one that breaks the file, is asked for
 * once more. Throws ResponseError ContentModified where that is not the open version, InvalidParams for an instruction
 * that is none, and EngineError: notCode and truncated for a reply that cannot be used, besides what the engine throws.
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
  const replies: Collected[] = [];
  const told = new Set<Fault["kind"]>();
  let { messages } = prompt.request;
  let best: Attempt | undefined;
  for (;;) {
    const reply = await ask(params, prompt, messages, deps, signal, report);
    replies.push(reply);
    const attempt = await judge(reply, prompt, deps);
    best = better(best, attempt);
    const { fault } = attempt;
    if (!fault || told.has(fault.kind)) break;
    told.add(fault.kind);
    messages = [...messages, { role: "assistant", content: reply.answer }, { role: "user", content: fault.ask }];
  }
  if (!best.proposal) throw best.error;
  const { document, form, selection } = prompt;
  return {
    ...best.proposal,
    version: document.version,
    range: selection.range,
    form,
    warning: best.fault?.warning,
    thought: replies
      .map(({ thought }) => thought)
      .join("\n\n")
      .trim(),
    usage: sumUsage(replies.map(({ usage }) => usage)),
  };
}

function ask(
  { thinking, sampling, partialResultToken }: EditParams,
  { request }: EditPrompt,
  messages: Message[],
  deps: FeatureDeps,
  signal: AbortSignal,
  report: Report,
): Promise<Collected> {
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

async function judge(reply: Collected, prompt: EditPrompt, deps: FeatureDeps): Promise<Attempt> {
  let read: ReturnType<typeof readEdit>;
  try {
    read = readEdit(reply, prompt);
  } catch (error) {
    if (error instanceof EngineError) return { error };
    throw error;
  }
  if ("fault" in read) return read;
  return { proposal: read, fault: await parseFault(prompt, read, deps.grammars) };
}

/** The later of two that are alike: it was written with more knowledge. */
function better(a: Attempt | undefined, b: Attempt): Attempt {
  const rank = ({ proposal, fault }: Attempt) => (proposal ? (fault ? 1 : 2) : 0);
  return !a || rank(b) >= rank(a) ? b : a;
}
