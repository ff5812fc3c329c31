/** The body of a request for a reply, or for the rest of one. Pure. */
import type {
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
} from "openai/resources/chat/completions";
import type { RespondRequest } from "../engine/engine.ts";
import { GRACE_TOKENS } from "../engine/thoughtBudget.ts";
import { thoughtClosing } from "../nemotron/prompt.ts";
import { type EndpointProfile, type Extras, enforcesBudget, thinkingExtras } from "./endpointKinds.ts";
import { toOpenAI, toOpenAITools } from "./messages.ts";

/** The thought when the stream was cut. `open`: it continues. */
export type PartialReply = { thought: string; open: boolean };

/** A request, and what earlier requests of the same reply have brought. */
export type ReplyRequest = {
  request: RespondRequest;
  /** How many tokens the thought may still have; undefined: no limit. 0: no thought. */
  thoughtTokens: number | undefined;
  /** Tokens of this reply in earlier requests. */
  spentTokens: number;
  partial?: PartialReply;
};

export type Body = ChatCompletionCreateParamsStreaming & Extras;

export function bodyOf(profile: EndpointProfile, replyRequest: ReplyRequest): Body {
  const { kind, model } = profile;
  const { request, partial } = replyRequest;
  const { tools = [], responseSchema } = request;
  const on = request.thinking.mode === "on" && !(partial && profile.continuation === "again");
  const budget = enforcesBudget(profile) ? replyRequest.thoughtTokens : undefined;
  return {
    model,
    ...messagesOf(profile, replyRequest, on),
    stream: true,
    // vLLM reports counts with each piece if asked to.
    stream_options: { include_usage: true, ...(kind === "vllm" && { continuous_usage_stats: true }) },
    ...thinkingExtras(kind, on, partial && !partial.open ? undefined : budget),
    ...sampling(profile, request, on),
    ...limit(replyRequest, on),
    ...(tools.length > 0 && { tools: toOpenAITools(allowedTools(request)), ...choice(request) }),
    ...(responseSchema && {
      response_format: {
        type: "json_schema",
        json_schema: { name: "reply", schema: { ...responseSchema }, strict: true },
      },
    }),
  };
}

type Continued = Pick<Body, "messages" | "continue_final_message" | "add_generation_prompt">;

function messagesOf(profile: EndpointProfile, { request, partial }: ReplyRequest, on: boolean): Continued {
  const { obeysSwitches, continuation } = profile;
  const messages = toOpenAI(request.messages, obeysSwitches ? (on ? "/think" : "/no_think") : undefined);
  if (!partial || continuation === "again") return { messages };
  return continuation === "reasoning" ? resumed(messages, partial) : prefilled(messages, partial, obeysSwitches);
}

/** llama-server lays out the turn itself, up to the cut. */
function resumed(messages: ChatCompletionMessageParam[], { thought, open }: PartialReply): Continued {
  const reply = { role: "assistant" as const, content: "", reasoning_content: open ? thought : ended(thought) };
  return {
    messages: [...messages, reply],
    continue_final_message: open ? "reasoning_content" : "content",
    add_generation_prompt: false,
  };
}

/** Like the ThinkingBudgetClient of the model card. Nano v2's template opens the thought of the last turn itself. */
function prefilled(
  messages: ChatCompletionMessageParam[],
  { thought, open }: PartialReply,
  obeysSwitches: boolean,
): Continued {
  const content = `${obeysSwitches ? "" : "<think>\n"}${thought}${open ? "" : thoughtClosing(thought)}`;
  return {
    messages: [...messages, { role: "assistant", content }],
    continue_final_message: true,
    add_generation_prompt: false,
  };
}

const ended = (thought: string) => (thought === "" || thought.endsWith("\n") ? thought : `${thought}.\n`);

/** The model card's sampling, for what the request leaves open. */
function sampling(profile: EndpointProfile, request: RespondRequest, on: boolean): Partial<Body> {
  const { kind } = profile;
  const card = profile.sampling(on, (request.tools?.length ?? 0) > 0);
  const { temperature = card.temperature, topK, minP, seed, repeatPenalty, ...wish } = request.sampling ?? {};
  // Top-p has no effect with greedy sampling.
  const topP = wish.topP ?? (card.temperature === 0 ? undefined : card.topP);
  const isLlama = kind === "llama-server";
  const penalty = isLlama ? "repeat_penalty" : "repetition_penalty";
  return {
    temperature,
    ...(topP !== undefined && { top_p: topP }),
    // llama-server's defaults of 40 and 0.05 differ from the model card.
    ...(topK !== undefined || isLlama ? { top_k: topK ?? 0 } : {}),
    ...(minP !== undefined || isLlama ? { min_p: minP ?? 0 } : {}),
    ...(seed !== undefined && { seed }),
    ...(repeatPenalty !== undefined && { [penalty]: repeatPenalty }),
  };
}

/** The tools to offer. The API has no other way to say which calls are possible. */
const allowedTools = ({ tools = [], possibleCalls = tools }: RespondRequest) =>
  possibleCalls.length > 0 ? possibleCalls : tools;

function choice({
  toolChoice,
  singleCall,
  orText,
  possibleCalls,
}: RespondRequest): Pick<Body, "tool_choice" | "parallel_tool_calls"> {
  if (orText) return { tool_choice: possibleCalls?.length === 0 ? "none" : "auto" };
  const named = typeof toolChoice === "object" && { type: "function" as const, function: { name: toolChoice.name } };
  return {
    ...(toolChoice && { tool_choice: named || "required" }),
    ...(singleCall && { parallel_tool_calls: false }),
  };
}

/** The API limits thought and answer together. If the thought has no limit, reply.ts cuts the answer. */
function limit(replyRequest: ReplyRequest, on: boolean): Pick<Body, "max_tokens"> {
  const { request, thoughtTokens = Number.POSITIVE_INFINITY, spentTokens, partial } = replyRequest;
  const { maxTokens = Number.POSITIVE_INFINITY, maxReplyTokens = Number.POSITIVE_INFINITY } = request;
  const thought = on && (partial?.open ?? true) ? thoughtTokens + GRACE_TOKENS : 0;
  const most = Math.min(maxTokens + thought, Math.max(1, maxReplyTokens - spentTokens));
  return Number.isFinite(most) ? { max_tokens: most } : {};
}
