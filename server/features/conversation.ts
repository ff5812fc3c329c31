/** A chat's messages as the engine gets them: the same for the reply and for reading ahead. */
import { ErrorCodes, ResponseError } from "vscode-languageserver";
import type { PromptRequest } from "../engine/engine.ts";
import type { ContextItem, Message, PrepareParams } from "../protocol.ts";
import { type Block, layOutContext } from "./context.ts";
import type { FeatureDeps } from "./deps.ts";
import { layOut, SYSTEM_PROMPT } from "./prompts.ts";

/** The part of the loaded context that the attached files and the like may fill. */
const CONTEXT_SHARE = 0.5;

export type Conversation = {
  prompt: PromptRequest;
  /** The last user message as the model sees it. */
  userContent: string;
  /** What became of each item of the context. */
  blocks: Block[];
};

/**
 * Puts the system prompt first where the client brought none, and the context before the last user message's text: the
 * question comes last, so that all before it can be read while it is being typed. Throws ResponseError InvalidParams,
 * and EngineError for what cannot be read, or without a model to count with.
 */
export async function converse(params: PrepareParams, deps: FeatureDeps, signal: AbortSignal): Promise<Conversation> {
  const { messages, context = [], tools, conversation } = params;
  const own: Message[] = messages[0]?.role === "system" ? [] : [{ role: "system", content: SYSTEM_PROMPT }];
  const asked = messages.findLastIndex(({ role }) => role === "user");
  const question = messages[asked]?.content ?? "";
  if (asked < 0 && context.length > 0)
    throw new ResponseError(ErrorCodes.InvalidParams, "Invalid params: context needs a user message to go with.");
  const blocks = await contextBlocks(context, deps, signal);
  const texts = blocks.flatMap(({ text }) => text ?? []);
  const userContent = texts.length > 0 ? layOut(texts, question) : question;
  // Behind tool results the question is no longer being typed.
  const typing = texts.length > 0 && asked === messages.length - 1;
  return {
    prompt: {
      messages: [...own, ...messages.map((m, i) => (i === asked ? { ...m, content: userContent } : m))],
      stableChars: typing ? userContent.length - question.length : undefined,
      tools,
      conversation,
    },
    userContent,
    blocks,
  };
}

async function contextBlocks(context: ContextItem[], deps: FeatureDeps, signal: AbortSignal): Promise<Block[]> {
  if (context.length === 0) return [];
  const { contextTokens } = await deps.engine.model(signal);
  const budget = Math.floor(contextTokens * CONTEXT_SHARE);
  return layOutContext(context, deps, budget, (texts) => deps.engine.countTokens(texts, signal));
}
