import { t } from "@vscode/l10n";
import { EngineError } from "../../engine/engine.ts";
import type { CommitMessageParams, CommitMessageResult } from "../../protocol.ts";
import { layOutSources } from "../context/context.ts";
import type { FeatureDeps, Report } from "../deps.ts";
import { unixLines } from "../text/lines.ts";
import {
  COMMIT_REQUEST,
  diffBlock,
  draftLine,
  layOut,
  notShownLine,
  recentMessagesBlock,
  SYSTEM_PROMPT,
} from "../text/prompts.ts";
import { DEFAULT_THINKING, thinkingOf } from "../thinking.ts";
import { filesOf } from "./diffFiles.ts";
import { parseMessage } from "./messageReply.ts";

/** Maximum length of the answer, tokens. */
const MAX_TOKENS = 512;
/** The share of an edit's context that the diff may fill. */
const DIFF_SHARE = 0.6;
/** How many recent messages to include, and the maximum length of each, characters. */
const RECENT = { messages: 8, chars: 400 };
/** Maximum number of files without room that are named. */
const MAX_LISTED = 20;

/**
 * Writes a commit message for a diff. Throws EngineError notCode for a reply that is not a message, EngineError
 * truncated, and the engine's errors.
 */
export async function commitMessage(
  params: CommitMessageParams,
  deps: FeatureDeps,
  signal: AbortSignal,
  report: Report,
): Promise<CommitMessageResult> {
  const thinking = thinkingOf(params.thinking, DEFAULT_THINKING.commitMessage);
  const reply = deps.engine.respond(
    {
      messages: [
        { role: "system", content: SYSTEM_PROMPT },
        { role: "user", content: await request(params, deps, signal) },
      ],
      thinking,
      sampling: params.sampling,
      maxTokens: MAX_TOKENS,
      priority: "chat",
      kind: "once",
    },
    signal,
  );
  const { answer, thought, stopReason, usage } = await deps.replies.run(params.partialResultToken, reply, report);
  const cut = stopReason === "length";
  const written = parseMessage(answer, cut);
  // A stray end of a thought makes the message look like a thought, though none was asked for.
  const isThought = written === "" && !cut && thinking.mode === "off";
  const message = isThought ? parseMessage(thought ?? "", false) : written;
  if (message !== "") return { message, thought, usage };
  if (stopReason === "length") throw new EngineError("truncated", t("The message was cut off."), { answer });
  throw new EngineError("notCode", t("The model wrote no message."), { answer });
}

/** Cuts each file's changes to its share of the room. Names the files that have no room at all. */
async function request(
  { diff, recent, begun: draft = "" }: CommitMessageParams,
  deps: FeatureDeps,
  signal: AbortSignal,
): Promise<string> {
  const { editContextTokens } = await deps.engine.model(signal);
  const files = filesOf(unixLines(diff));
  const sources = files.map(({ path, text }) => ({
    body: text,
    keep: "start" as const,
    wrap: (body: string) => diffBlock(path, body),
  }));
  const budget = Math.floor(editContextTokens * DIFF_SHARE);
  const blocks = await layOutSources(sources, budget, (texts) => deps.engine.countTokens(texts, signal));
  const remaining = files.flatMap(({ path }, i) => (blocks[i]!.text === undefined ? [path] : []));
  return layOut(
    [
      ...recentBlock(recent),
      ...blocks.flatMap(({ text }) => text ?? []),
      ...(remaining.length > 0
        ? [notShownLine(remaining.slice(0, MAX_LISTED), Math.max(0, remaining.length - MAX_LISTED))]
        : []),
    ],
    draft.trim() === ""
      ? COMMIT_REQUEST
      : `${COMMIT_REQUEST} ${draftLine(unixLines(draft).trim().slice(0, RECENT.chars))}`,
  );
}

function recentBlock(recent: readonly string[]): string[] {
  const messages = recent.map((message) => unixLines(message).trim().slice(0, RECENT.chars).trim());
  const shown = messages.filter((message) => message !== "").slice(0, RECENT.messages);
  return shown.length > 0 ? [recentMessagesBlock(shown)] : [];
}
