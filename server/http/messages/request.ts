/** Converts a body to an engine request. */
import type { RespondRequest } from "../../engine/engine.ts";
import type { Thinking, Tool } from "../../protocol.ts";
import { formOf, ROUTING, type ToolChoice, thinkingOfEffort } from "../exchange/form.ts";
import type { Body, CountBody } from "./body.ts";
import { conversationOf } from "./conversation.ts";

/** Throws ApiError 400. */
export function requestOf(body: Body): RespondRequest {
  const { temperature, top_p: topP, top_k: topK, stop_sequences: stop, max_tokens: maxReplyTokens } = body;
  return {
    ...promptOf(body),
    sampling: {
      temperature: temperature ?? undefined,
      topP: topP ?? undefined,
      topK: topK === -1 ? 0 : (topK ?? undefined),
      stop: stop?.length ? stop : undefined,
    },
    maxReplyTokens,
    ...ROUTING,
  };
}

/** What decides the prompt, and the form of the answer. Throws ApiError 400. */
export function promptOf(body: CountBody) {
  return {
    messages: conversationOf(body),
    thinking: thinkingOf(body),
    ...formOf(
      {
        tools: (body.tools ?? []).filter(isFunction).map(toolOf),
        choice: choiceOf(body.tool_choice),
        singleCall: isSingleCall(body),
        responseSchema: body.output_config?.format?.schema,
      },
      "output_config.format",
    ),
  };
}

export const isSingleCall = ({ tool_choice: choice }: CountBody): boolean =>
  choice?.type === "tool" || choice?.disable_parallel_tool_use === true;

/** Tools of Anthropic's own types, such as web_search_20250305, are left out: nobody here can run them. */
const isFunction = ({ type }: NonNullable<CountBody["tools"]>[number]) => (type ?? "custom") === "custom";

function toolOf({ name, description, input_schema: parameters }: NonNullable<CountBody["tools"]>[number]): Tool {
  return { name, ...(description && { description }), ...(parameters && { parameters }) };
}

function choiceOf(choice: CountBody["tool_choice"]): ToolChoice {
  if (!choice) return "auto";
  if (choice.type === "tool") return { name: choice.name };
  return choice.type === "any" ? "required" : choice.type;
}

/** As in Anthropic's API, the model does not think unless it is asked to. */
function thinkingOf({ thinking, output_config: output }: CountBody): Thinking {
  if (!thinking || thinking.type === "disabled") return { mode: "off" };
  if (thinking.type === "adaptive") return thinkingOfEffort(output?.effort ?? "medium");
  const { budget_tokens: budget } = thinking;
  return budget === 0 ? { mode: "off" } : { mode: "on", budget };
}
