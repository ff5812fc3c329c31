import { ErrorCodes, ResponseError } from "vscode-languageserver";
import type { PromptRequest } from "../../engine/engine.ts";
import type { ChatParams, ChatResult, Message } from "../../protocol.ts";
import type { FeatureDeps, Report } from "../deps.ts";
import { summaryTurn } from "../summaries.ts";
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
  deps.summaries.stop();
  const { prompt, userContent } = await layOutConversation(params, deps, signal);
  const made = params.compact ? await makeRoom(prompt, params.summary, deps, signal) : undefined;
  report({ type: "prompt", userContent, ...made });
  const { sampling, maxTokens, responseSchema, toolChoice, replyId } = params;
  const thinking = thinkingOf(params.thinking, DEFAULT_THINKING.chat);
  const request = { ...prompt, thinking, sampling, maxTokens, responseSchema, toolChoice, replyId };
  const reply = deps.engine.respond({ ...request, priority: "chat", kind: "followUp" }, signal);
  const result = await deps.replies.run(params.partialResultToken, reply, report);
  const { answer: content, toolCalls, usage } = result;
  const messages: Message[] = [...prompt.messages, { role: "assistant", content, toolCalls }];
  if (params.compact)
    void deps.summaries.sumUp({ ...prompt, messages, thinking }, usage.promptTokens + usage.answerTokens);
  return { ...result, userContent };
}

/**
 * Replaces the prompt's messages if they fill most of the context. Returns what the event `prompt` says about it.
 * @param before the summary that the messages begin with.
 */
async function makeRoom(
  prompt: PromptRequest,
  before: string | undefined,
  { engine, summaries }: FeatureDeps,
  signal: AbortSignal,
): Promise<{ dropped: number; summary?: string } | undefined> {
  const { messages, conversation, tools = [] } = prompt;
  const made = await new Compactor(engine, tools).makeRoom(messages, signal, summaries.find(conversation, messages));
  if (!made) return undefined;
  prompt.messages = made.messages;
  const { dropped, summary } = made;
  // The earlier summary is none of the client's messages.
  const own = before === undefined ? 0 : summaryTurn(before).length;
  return dropped === 0 ? undefined : { dropped: Math.max(0, dropped - own), ...(summary !== undefined && { summary }) };
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
