/** The messages of a chat as the engine gets them: the same for the reply and for reading ahead. */
import { ErrorCodes, ResponseError } from "vscode-languageserver";
import type { PromptRequest } from "../../engine/engine.ts";
import type { ContextItem, Message, PrepareParams } from "../../protocol.ts";
import { type ContextBlock, layOutContext } from "../context/context.ts";
import type { FeatureDeps } from "../deps.ts";
import { summaryTurn } from "../summaries.ts";
import { layOut, SYSTEM_PROMPT } from "../text/prompts.ts";

/** The part of the loaded context that context items may fill. */
const CONTEXT_SHARE = 0.5;

/** A conversation as a prompt. */
export type Conversation = {
  prompt: PromptRequest;
  /** The last user message as the model sees it. */
  userContent: string;
  /** The resulting block of each context item. */
  blocks: ContextBlock[];
};

/**
 * Adds the system prompt if the client sent none, and puts the context before the text of the last user message. The
 * question comes last, so that everything before it can be read while the user types. Throws ResponseError
 * InvalidParams, and EngineError for an unreadable item or without a model to count tokens with.
 */
export async function layOutConversation(
  params: PrepareParams,
  deps: FeatureDeps,
  signal: AbortSignal,
): Promise<Conversation> {
  const { context = [], tools, conversation, summary } = params;
  const [first] = params.messages;
  const own: Message[] = first?.role === "system" ? [first] : [{ role: "system", content: SYSTEM_PROMPT }];
  const summed = summary === undefined ? [] : summaryTurn(summary);
  const messages = [...own, ...summed, ...params.messages.slice(first?.role === "system" ? 1 : 0)];
  const lastUser = messages.findLastIndex(({ role }) => role === "user");
  const question = messages[lastUser]?.content ?? "";
  if (lastUser < 0 && context.length > 0)
    throw new ResponseError(ErrorCodes.InvalidParams, "Invalid params: context needs a user message to go with.");
  const blocks = await contextBlocks(context, deps, signal);
  const texts = blocks.flatMap(({ text }) => text ?? []);
  const userContent = texts.length > 0 ? layOut(texts, question) : question;
  // After tool results, the user is no longer typing the question.
  const typing = texts.length > 0 && lastUser === messages.length - 1;
  return {
    prompt: {
      messages: messages.map((m, i) => (i === lastUser ? { ...m, content: userContent } : m)),
      stableChars: typing ? userContent.length - question.length : undefined,
      tools,
      conversation,
    },
    userContent,
    blocks,
  };
}

async function contextBlocks(context: ContextItem[], deps: FeatureDeps, signal: AbortSignal): Promise<ContextBlock[]> {
  if (context.length === 0) return [];
  const { contextTokens } = await deps.engine.model(signal);
  const budget = Math.floor(contextTokens * CONTEXT_SHARE);
  return layOutContext(context, deps, budget, (texts) => deps.engine.countTokens(texts, signal));
}
