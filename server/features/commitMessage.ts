import { t } from "@vscode/l10n";
import { EngineError } from "../engine/engine.ts";
import type { CommitMessageParams, CommitMessageResult } from "../protocol.ts";
import { layOutSources } from "./context.ts";
import type { FeatureDeps, Report } from "./deps.ts";
import { filesOf } from "./diffFiles.ts";
import { unixLines } from "./lines.ts";
import { parseMessage } from "./messageReply.ts";
import { COMMIT_REQUEST, diffBlock, layOut, notShownLine, recentMessagesBlock, SYSTEM_PROMPT } from "./prompts.ts";
import { DEFAULT_THINKING, thinkingOf } from "./thinking.ts";

/** Tokens of answer. */
const MOST_TOKENS = 512;
/** The part of a context for edits that the diff may fill. */
const DIFF_SHARE = 0.6;
/** Of the log, and of each message in characters. */
const RECENT = { messages: 8, chars: 400 };
const MOST_NAMED = 20;

/** Throws EngineError: notCode for a reply that is no message, truncated, and what the engine throws. */
export async function commitMessage(
  params: CommitMessageParams,
  deps: FeatureDeps,
  signal: AbortSignal,
  report: Report,
): Promise<CommitMessageResult> {
  const reply = deps.engine.respond(
    {
      messages: [
        { role: "system", content: SYSTEM_PROMPT },
        { role: "user", content: await request(params, deps, signal) },
      ],
      thinking: thinkingOf(params.thinking, DEFAULT_THINKING.commitMessage),
      sampling: params.sampling,
      maxTokens: MOST_TOKENS,
      priority: "chat",
      kind: "once",
    },
    signal,
  );
  const { answer, thought, stopReason, usage } = await deps.replies.run(params.partialResultToken, reply, report);
  const message = parseMessage(answer, stopReason === "length");
  if (message !== "") return { message, thought, usage };
  if (stopReason === "length") throw new EngineError("truncated", t("The message was cut off."), { answer });
  throw new EngineError("notCode", t("The model wrote no message."), { answer });
}

/** Each file's changes cut to its share of what there is room for; what has no room at all is named. */
async function request({ diff, recent }: CommitMessageParams, deps: FeatureDeps, signal: AbortSignal): Promise<string> {
  const { editContextTokens } = await deps.engine.model(signal);
  const files = filesOf(unixLines(diff));
  const sources = files.map(({ path, text }) => ({
    body: text,
    keep: "start" as const,
    wrap: (body: string) => diffBlock(path, body),
  }));
  const budget = Math.floor(editContextTokens * DIFF_SHARE);
  const blocks = await layOutSources(sources, budget, (texts) => deps.engine.countTokens(texts, signal));
  const left = files.flatMap(({ path }, i) => (blocks[i]!.text === undefined ? [path] : []));
  return layOut(
    [
      ...recentBlock(recent),
      ...blocks.flatMap(({ text }) => text ?? []),
      ...(left.length > 0 ? [notShownLine(left.slice(0, MOST_NAMED), Math.max(0, left.length - MOST_NAMED))] : []),
    ],
    COMMIT_REQUEST,
  );
}

function recentBlock(recent: readonly string[]): string[] {
  const messages = recent.map((message) => unixLines(message).trim().slice(0, RECENT.chars).trim());
  const shown = messages.filter((message) => message !== "").slice(0, RECENT.messages);
  return shown.length > 0 ? [recentMessagesBlock(shown)] : [];
}
