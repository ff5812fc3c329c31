/** Converts a body to an engine request. */
import type { RespondRequest } from "../../engine/engine.ts";
import type { Sampling, Thinking, Tool } from "../../protocol.ts";
import { formOf, ROUTING, seedOf } from "../exchange/form.ts";
import type { Body } from "./body.ts";
import { conversationOf } from "./conversation.ts";

/** Throws ApiError 400 for values that are not supported. Unknown fields have no effect. */
export function requestOf(body: Body): RespondRequest {
  const { messages, thinking } = conversationOf(body.messages);
  return {
    messages,
    thinking: thinkingOf(body, thinking),
    sampling: samplingOf(body),
    // OpenAI counts the thought's tokens as part of the reply.
    maxReplyTokens: body.max_completion_tokens ?? body.max_tokens ?? undefined,
    ...form(body),
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
    seed: seedOf(seed),
    stop: stop ? [stop].flat() : undefined,
  };
}

/** Tools, and the required form of the answer. */
function form(body: Body) {
  const choice = body.tool_choice ?? "auto";
  return formOf(
    {
      tools: (body.tools ?? []).map(toolOf),
      choice: typeof choice === "string" ? choice : choice.function,
      singleCall: body.parallel_tool_calls === false,
      responseSchema: schemaOf(body),
    },
    "response_format",
  );
}

function toolOf({ function: { name, description, parameters } }: NonNullable<Body["tools"]>[number]): Tool {
  return { name, ...(description && { description }), ...(parameters && { parameters }) };
}

function schemaOf({ response_format: format }: Body): object | undefined {
  if (format?.type === "json_object") return { type: "object", additionalProperties: true };
  return format?.type === "json_schema" ? format.json_schema.schema : undefined;
}
