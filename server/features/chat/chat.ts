import { ErrorCodes, ResponseError } from "vscode-languageserver";
import type { PromptRequest } from "../../engine/engine.ts";
import type { ChatParams, ChatResult } from "../../protocol.ts";
import type { FeatureDeps, Report } from "../deps.ts";
import { DEFAULT_THINKING, thinkingOf } from "../thinking.ts";
import { Compactor } from "./compactor.ts";
import { layOutConversation } from "./conversation.ts";

/**
 * Answers the conversation's last message. Throws ResponseError InvalidParams for a conversation that cannot be
 * answered, and EngineError.
 */
export async function chat(
  params: ChatParams,
  deps: FeatureDeps,
  signal: AbortSignal,
  report: Report,
): Promise<ChatResult> {
  check(params);
  const { prompt, userContent } = await layOutConversation(params, deps, signal);
  const dropped = params.compact ? await makeRoom(prompt, deps, signal) : 0;
  report({ type: "prompt", userContent, ...(dropped > 0 && { dropped }) });
  const { sampling, maxTokens, responseSchema, toolChoice, replyId } = params;
  const thinking = thinkingOf(params.thinking, DEFAULT_THINKING.chat);
  const request = { ...prompt, thinking, sampling, maxTokens, responseSchema, toolChoice, replyId };
  const reply = deps.engine.respond({ ...request, priority: "chat", kind: "followUp" }, signal);
  return { ...(await deps.replies.run(params.partialResultToken, reply, report)), userContent };
}

/** Replaces the prompt's messages if they fill most of the context. Returns how many of them were left out. */
async function makeRoom(prompt: PromptRequest, { engine }: FeatureDeps, signal: AbortSignal): Promise<number> {
  const made = await new Compactor(engine, prompt.tools ?? []).makeRoom(prompt.messages, signal);
  if (!made) return 0;
  prompt.messages = made.messages;
  return made.dropped;
}

function check({ messages, tools = [], toolChoice, responseSchema }: ChatParams): void {
  const last = messages.at(-1)?.role;
  if (last !== "user" && last !== "tool") throw invalid("the last message must be the user's or a tool's");
  if (messages.some(({ role }, i) => role === "system" && i > 0)) throw invalid("a system message may only come first");
  if (tools.length > 0 && responseSchema) throw invalid("tools and responseSchema do not go together");
  const choosable = typeof toolChoice === "object" ? tools.filter(({ name }) => name === toolChoice.name) : tools;
  if (toolChoice !== undefined && choosable.length === 0) throw invalid("toolChoice needs a tool to choose");
}

function invalid(what: string): ResponseError<unknown> {
  return new ResponseError(ErrorCodes.InvalidParams, `Invalid params: ${what}.`);
}
