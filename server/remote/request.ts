/** The body of a request for a reply, or for what is left of one. Pure. */
import type {
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
} from "openai/resources/chat/completions";
import type { RespondRequest } from "../engine/engine.ts";
import { GRACE_TOKENS } from "../engine/thoughtBudget.ts";
import { closing } from "../nemotron/prompt.ts";
import type { Sampling } from "../protocol.ts";
import { type Dialect, type Extras, enforcesBudget, type Manner, thinkingExtras } from "./dialects.ts";
import { toOpenAI, toOpenAITools } from "./messages.ts";

/** The thought as it was when the stream was cut; `open`: it goes on. */
export type Begun = { thought: string; open: boolean };

export type Wanted = {
  request: RespondRequest;
  /** Tokens the thought may still have; undefined: no bound. 0: there is none. */
  thoughtTokens: number | undefined;
  /** Of the reply, in earlier requests. */
  spentTokens: number;
  begun?: Begun;
};

export type Body = ChatCompletionCreateParamsStreaming & Extras;

export function bodyOf(manner: Manner, wanted: Wanted): Body {
  const { dialect, model } = manner;
  const { request, begun } = wanted;
  const { tools = [], responseSchema } = request;
  const on = request.thinking.mode === "on" && !(begun && manner.continuation === "again");
  const budget = enforcesBudget(manner) ? wanted.thoughtTokens : undefined;
  return {
    model,
    ...messagesOf(manner, wanted, on),
    stream: true,
    // vLLM counts with each piece where it is asked to.
    stream_options: { include_usage: true, ...(dialect === "vllm" && { continuous_usage_stats: true }) },
    ...thinkingExtras(dialect, on, begun && !begun.open ? undefined : budget),
    ...sampling(dialect, request.sampling, on),
    ...limit(wanted, on),
    ...(tools.length > 0 && { tools: toOpenAITools(tools), ...choice(request) }),
    ...(responseSchema && {
      response_format: {
        type: "json_schema",
        json_schema: { name: "reply", schema: { ...responseSchema }, strict: true },
      },
    }),
  };
}

type Continued = Pick<Body, "messages" | "continue_final_message" | "add_generation_prompt">;

function messagesOf(manner: Manner, { request, begun }: Wanted, on: boolean): Continued {
  const { words, continuation } = manner;
  const messages = toOpenAI(request.messages, words ? (on ? "/think" : "/no_think") : undefined);
  if (!begun || continuation === "again") return { messages };
  return continuation === "reasoning" ? resumed(messages, begun) : prefilled(messages, begun, words);
}

/** llama-server lays the turn out itself, up to where it was cut. */
function resumed(messages: ChatCompletionMessageParam[], { thought, open }: Begun): Continued {
  const reply = { role: "assistant" as const, content: "", reasoning_content: open ? thought : ended(thought) };
  return {
    messages: [...messages, reply],
    continue_final_message: open ? "reasoning_content" : "content",
    add_generation_prompt: false,
  };
}

/** As the model card's ThinkingBudgetClient does. Nano v2's template opens the thought of the last turn itself. */
function prefilled(messages: ChatCompletionMessageParam[], { thought, open }: Begun, words: boolean): Continued {
  const content = `${words ? "" : "<think>\n"}${thought}${open ? "" : closing(thought)}`;
  return {
    messages: [...messages, { role: "assistant", content }],
    continue_final_message: true,
    add_generation_prompt: false,
  };
}

const ended = (thought: string) => (thought === "" || thought.endsWith("\n") ? thought : `${thought}.\n`);

/** The model card's sampling, for what the request leaves open: 0.6 and top-p 0.95 when thinking, greedy when not. */
function sampling(dialect: Dialect, { stop: _, ...wish }: Sampling = {}, on: boolean): Partial<Body> {
  const { temperature = on ? 0.6 : 0, topP = on ? 0.95 : undefined, topK, minP, seed, repeatPenalty } = wish;
  const isLlama = dialect === "llama-server";
  const penalty = isLlama ? "repeat_penalty" : "repetition_penalty";
  return {
    temperature,
    ...(topP !== undefined && { top_p: topP }),
    // llama-server's own defaults, of 40 and 0.05, are not the card's.
    ...(topK !== undefined || isLlama ? { top_k: topK ?? 0 } : {}),
    ...(minP !== undefined || isLlama ? { min_p: minP ?? 0 } : {}),
    ...(seed !== undefined && { seed }),
    ...(repeatPenalty !== undefined && { [penalty]: repeatPenalty }),
  };
}

function choice({ toolChoice, singleCall }: RespondRequest): Pick<Body, "tool_choice" | "parallel_tool_calls"> {
  const named = typeof toolChoice === "object" && { type: "function" as const, function: { name: toolChoice.name } };
  return {
    ...(toolChoice && { tool_choice: named || "required" }),
    ...(singleCall && { parallel_tool_calls: false }),
  };
}

/** A thought without bound has no bound that an answer's could be added to: there the answer is cut when it comes. */
function limit(wanted: Wanted, on: boolean): Pick<Body, "max_tokens"> {
  const { request, thoughtTokens = Number.POSITIVE_INFINITY, spentTokens, begun } = wanted;
  const { maxTokens = Number.POSITIVE_INFINITY, maxReplyTokens = Number.POSITIVE_INFINITY } = request;
  const thought = on && (begun?.open ?? true) ? thoughtTokens + GRACE_TOKENS : 0;
  const most = Math.min(maxTokens + thought, Math.max(1, maxReplyTokens - spentTokens));
  return Number.isFinite(most) ? { max_tokens: most } : {};
}
