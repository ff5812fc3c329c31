/** A chat's messages as the engine gets them: the same for the reply and for reading ahead. */
import { ErrorCodes, ResponseError } from "vscode-languageserver";
import type { PromptRequest } from "../engine/engine.ts";
import type { ContextItem, Message, PrepareParams } from "../protocol.ts";
import { layOutContext } from "./context.ts";
import type { FeatureDeps } from "./deps.ts";
import { layOut, SYSTEM_PROMPT } from "./prompts.ts";

/** The part of the loaded context that the attached files and the like may fill. */
const CONTEXT_SHARE = 0.5;

export type Conversation = PromptRequest & {
  /** The last user message as the model sees it. */
  userContent: string;
};

/**
 * Puts the system prompt first where the client brought none, and the context before the last user message's text: the
 * question comes last, so that all before it can be read while it is being typed. Throws ResponseError InvalidParams,
 * and EngineError for what cannot be read, or without a model to count with.
 */
export async function converse(params: PrepareParams, deps: FeatureDeps, signal: AbortSignal): Promise<Conversation> {
  const { messages, context = [], tools } = params;
  const own: Message[] = messages[0]?.role === "system" ? [] : [{ role: "system", content: SYSTEM_PROMPT }];
  const asked = messages.findLastIndex(({ role }) => role === "user");
  const question = messages[asked]?.content ?? "";
  if (asked < 0 && context.length > 0)
    throw new ResponseError(ErrorCodes.InvalidParams, "Invalid params: context needs a user message to go with.");
  const blocks = await contextBlocks(context, deps, signal);
  const userContent = blocks.length > 0 ? layOut(blocks, question) : question;
  return {
    messages: [...own, ...messages.map((message, i) => (i === asked ? { ...message, content: userContent } : message))],
    // Behind tool results the question is no longer being typed.
    stableChars: blocks.length > 0 && asked === messages.length - 1 ? userContent.length - question.length : undefined,
    tools,
    userContent,
  };
}

async function contextBlocks(context: ContextItem[], deps: FeatureDeps, signal: AbortSignal): Promise<string[]> {
  if (context.length === 0) return [];
  const { contextTokens } = await deps.engine.model(signal);
  const budget = Math.floor(contextTokens * CONTEXT_SHARE);
  return layOutContext(context, deps, budget, (texts) => deps.engine.countTokens(texts, signal));
}
