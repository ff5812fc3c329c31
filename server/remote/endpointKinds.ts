/** What each kind of endpoint supports beyond the OpenAI API: thoughts, their budgets, and continued turns. Pure. */

import type { Dialect as Model } from "../nemotron/dialect.ts";

/**
 * - `llama-server`: llama.cpp, as of v0.5.0 (tools/server/server-common.cpp, server-schema.cpp).
 * - `vllm`: docs.vllm.ai, "Extra parameters" of the chat API; `thinking_token_budget` from 0.20 on, with a reasoning
 *   parser.
 * - `nim`: NVIDIA NIM for LLMs, docs.nvidia.com "Thinking Budget Control".
 * - `openrouter`: openrouter.ai/docs, "Reasoning Tokens".
 * - `nemotron`: `nemotron-server serve`.
 * - `openai`: any other (Together, `transformers serve`, Bedrock …); parameters that it refuses are not sent again.
 */
export type EndpointKind = "llama-server" | "vllm" | "nim" | "openrouter" | "nemotron" | "openai";

/**
 * How to continue a turn after its stream was cut:
 * `reasoning`: the thought is sent back in its own field, open or closed.
 * `prefill`: the assistant's turn is sent back as text, with the thought open or closed.
 * `again`: impossible; the question is asked again without thinking.
 */
export type Continuation = "reasoning" | "prefill" | "again";

/** How each kind continues a turn. An endpoint that refuses this gets `again`. */
export const CONTINUATION: Record<EndpointKind, Continuation> = {
  "llama-server": "reasoning",
  vllm: "prefill",
  nim: "prefill",
  openrouter: "prefill",
  nemotron: "again",
  openai: "prefill",
};

/** How to talk to an endpoint. */
export type EndpointProfile = {
  kind: EndpointKind;
  model: string;
  continuation: Continuation;
  /** The model obeys `/think` and `/no_think`. */
  obeysSwitches: boolean;
  /** The template opens the thought, so a thought in the text comes without its opening tag. */
  opensThought: boolean;
  /** The endpoint supports a thought budget. For vLLM, only trying shows whether it does. */
  hasBudget: boolean;
  /** The model card's recommendation. */
  sampling: Model["sampling"];
};

/** How many tokens over the budget an endpoint may take to close a thought in its own way. */
const SLACK: Partial<Record<EndpointKind, (budget: number) => number>> = {
  // The budget message and the closing tag.
  "llama-server": () => 16,
  // A tenth, up to the end of the line.
  nim: (budget) => Math.max(32, budget * 0.1),
  // Providers differ.
  openrouter: (budget) => Math.max(64, budget * 0.25),
  nemotron: () => 40,
  // The text that the server is set to end thoughts with.
  vllm: () => 40,
};

/**
 * Whether the endpoint enforces the thought budget; otherwise the stream is cut at the budget. llama-server looks for
 * the tokens of the opening tag alone. Nano v2's template joins the tag with the line end, so llama-server never finds
 * it.
 */
export const enforcesBudget = ({ kind, obeysSwitches, hasBudget }: EndpointProfile): boolean =>
  hasBudget && kind in SLACK && !(kind === "llama-server" && obeysSwitches);

/** Whether the endpoint can end a thought while it streams: llama-server, if it finds the tags. */
export const endsThoughts = ({ kind, obeysSwitches }: EndpointProfile): boolean =>
  kind === "llama-server" && !obeysSwitches;

/** How many tokens a thought may exceed its budget before the stream is cut. */
export const budgetSlack = (profile: EndpointProfile, budget: number): number =>
  enforcesBudget(profile) ? (SLACK[profile.kind]?.(budget) ?? 0) : 0;

/** Whether thoughts always come in their own field. For other kinds this depends on how the server was started. */
export const separatesThoughts = (kind: EndpointKind): boolean => kind === "openrouter" || kind === "nemotron";

/** Parameters that are not OpenAI's. */
export type Extras = {
  chat_template_kwargs?: { enable_thinking: boolean };
  reasoning?: { enabled: boolean } | { max_tokens: number };
  reasoning_budget?: number;
  reasoning_budget_tokens?: number;
  reasoning_budget_message?: string;
  reasoning_control?: boolean;
  thinking_token_budget?: number;
  min_thinking_tokens?: number;
  max_thinking_tokens?: number;
  nvext?: { max_thinking_tokens: number };
  return_progress?: boolean;
  timings_per_token?: boolean;
  continue_final_message?: boolean | "content" | "reasoning_content";
  add_generation_prompt?: boolean;
  top_k?: number;
  min_p?: number;
  repetition_penalty?: number;
  repeat_penalty?: number;
};

/** The parameters that switch and limit thinking. @param budget of the thought, tokens; undefined: no limit. */
export function thinkingExtras(kind: EndpointKind, on: boolean, budget: number | undefined): Extras {
  const template = { chat_template_kwargs: { enable_thinking: on } };
  const capped = on && budget !== undefined;
  switch (kind) {
    case "llama-server":
      return {
        ...template,
        ...(capped && { reasoning_budget_tokens: budget, reasoning_budget_message: ".\n" }),
        ...(on && { reasoning_control: true }),
        return_progress: true,
        timings_per_token: true,
      };
    case "nim":
      // The 9B's NIM needs both limits. Releases from 1.14 on read the top level, earlier ones nvext.
      return capped
        ? {
            ...template,
            min_thinking_tokens: 1,
            max_thinking_tokens: budget,
            nvext: { max_thinking_tokens: budget },
          }
        : template;
    case "openrouter":
      return { reasoning: capped ? { max_tokens: budget } : { enabled: on } };
    case "nemotron":
      return { ...template, ...(capped && { reasoning_budget: budget }) };
    case "vllm":
      return { ...template, ...(capped && { thinking_token_budget: budget }) };
    case "openai":
      return template;
    default:
      return kind satisfies never;
  }
}

/** Nano v2 has switches in the system message, which its published template removes from the prompt. */
export const isNanoV2 = (model: string): boolean => /nemotron.*nano.*v2/i.test(model);
