/** Converts a body to an engine request. */
import type { RespondRequest } from "../engine/engine.ts";
import type { Sampling, Thinking, Tool } from "../protocol.ts";
import type { Body } from "./body.ts";
import { ApiError } from "./errors.ts";
import { conversationOf } from "./messages.ts";

/**
 * Uses the slot of the window's chat, which keeps the conversation's state for the next request. An owner of its own
 * keeps the window's conversations apart.
 */
const ROUTING = { priority: "chat", kind: "followUp", owner: "endpoint", callParts: true, perhapsOnce: true } as const;

/** Throws ApiError 400 for values that are not supported. Unknown fields have no effect. */
export function requestOf(body: Body): RespondRequest {
  const { messages, thinking } = conversationOf(body.messages);
  return {
    messages,
    thinking: thinkingOf(body, thinking),
    sampling: samplingOf(body),
    // OpenAI counts the thought's tokens as part of the reply.
    maxReplyTokens: body.max_completion_tokens ?? body.max_tokens ?? undefined,
    ...formOf(body),
    ...ROUTING,
  };
}

/** The request's own parameters count first, then the system message's switch. By default the model thinks. */
function thinkingOf(body: Body, switched: boolean | undefined): Thinking {
  const { chat_template_kwargs: kwargs, nvext } = body;
  const effort = body.reasoning_effort === "none" ? false : undefined;
  const budget =
    body.reasoning_budget ??
    body.max_thinking_tokens ??
    kwargs?.reasoning_budget ??
    kwargs?.max_thinking_tokens ??
    nvext?.max_thinking_tokens ??
    -1;
  const on = kwargs?.enable_thinking ?? effort ?? switched ?? true;
  if (!on || budget === 0) return { mode: "off" };
  return { mode: "on", budget: budget < 0 ? "unlimited" : budget };
}

function samplingOf(body: Body): Sampling {
  const { temperature, top_p, top_k, min_p, repetition_penalty, seed, stop } = body;
  return {
    temperature: temperature ?? undefined,
    topP: top_p ?? undefined,
    // All tokens: -1 in vLLM, 0 here.
    topK: top_k === -1 ? 0 : (top_k ?? undefined),
    minP: min_p ?? undefined,
    repeatPenalty: repetition_penalty ?? undefined,
    seed: seed === undefined || seed === null || seed === -1 ? undefined : Math.abs(seed) % 0x7fffffff,
    stop: stop ? [stop].flat() : undefined,
  };
}

/** Tools, and the required form of the answer. */
function formOf(body: Body): Pick<RespondRequest, "tools" | "toolChoice" | "singleCall" | "responseSchema"> {
  const choice = body.tool_choice ?? "auto";
  // Tools that must not be called are not shown: the model would call them anyway.
  const tools = choice === "none" ? [] : (body.tools ?? []).map(toolOf);
  const responseSchema = schemaOf(body);
  if (tools.length === 0) {
    if (choice !== "none" && choice !== "auto") throw wrong("tool_choice", "there are no tools to choose from");
    return { responseSchema };
  }
  if (responseSchema)
    throw wrong("response_format", 'it does not go together with tools, unless tool_choice is "none"');
  if (choice === "auto" || choice === "none") return { tools };
  const singleCall = body.parallel_tool_calls === false;
  if (choice === "required") return { tools, toolChoice: "required", singleCall };
  const { name } = choice.function;
  if (!tools.some((tool) => tool.name === name)) throw wrong("tool_choice", `there is no tool named "${name}"`);
  return { tools, toolChoice: { name }, singleCall: true };
}

function toolOf({ function: { name, description, parameters } }: NonNullable<Body["tools"]>[number]): Tool {
  return { name, ...(description && { description }), ...(parameters && { parameters }) };
}

function schemaOf({ response_format: format }: Body): object | undefined {
  if (format?.type === "json_object") return { type: "object", additionalProperties: true };
  return format?.type === "json_schema" ? format.json_schema.schema : undefined;
}

function wrong(param: string, what: string): ApiError {
  return new ApiError(400, `Invalid value for ${param}: ${what}.`, { param, code: "invalid_value" });
}
