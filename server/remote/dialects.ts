/** What each kind of endpoint understands beyond the OpenAI API: how it is told to think, how much, and to go on. Pure. */

/**
 * - `llama-server`: llama.cpp, as of v0.5.0 (tools/server/server-common.cpp, server-schema.cpp).
 * - `vllm`: docs.vllm.ai, "Extra parameters" of the chat API. It has no budget of thought of its own.
 * - `nim`: NVIDIA NIM for LLMs, docs.nvidia.com "Thinking Budget Control".
 * - `openrouter`: openrouter.ai/docs, "Reasoning Tokens".
 * - `nemotron`: `nemotron-server serve`.
 * - `openai`: any other (Together, `transformers serve`, Bedrock …); what it refuses of this is not sent again.
 */
export type Dialect = "llama-server" | "vllm" | "nim" | "openrouter" | "nemotron" | "openai";

/**
 * How a turn is gone on with after its stream was cut:
 * `reasoning`: the thought goes back in a field of its own, and stays open or not.
 * `prefill`: the assistant's turn goes back as text, with the thought closed.
 * `again`: it cannot be; the question is asked anew without thinking.
 */
export type Continuation = "reasoning" | "prefill" | "again";

export const CONTINUATION: Record<Dialect, Continuation> = {
  "llama-server": "reasoning",
  vllm: "prefill",
  nim: "prefill",
  openrouter: "prefill",
  nemotron: "again",
  openai: "prefill",
};

/** How an endpoint wants to be spoken to. */
export type Manner = {
  dialect: Dialect;
  model: string;
  continuation: Continuation;
  /** Its model obeys `/think` and `/no_think`. */
  words: boolean;
};

/** Beyond the budget, the tokens that an endpoint may take to close a thought in its own way. */
const SLACK: Partial<Record<Dialect, (budget: number) => number>> = {
  // The message and the closing tag.
  "llama-server": () => 16,
  // A tenth, to the end of the line.
  nim: (budget) => Math.max(32, budget * 0.1),
  // Each provider does as it can.
  openrouter: (budget) => Math.max(64, budget * 0.25),
  nemotron: () => 40,
};

/**
 * Whether it enforces the budget of thought itself; elsewhere the stream is cut at it. llama-server looks for the tokens
 * of the opening tag alone, which Nano v2's template runs together with the line's end, and so never finds.
 */
export const enforcesBudget = ({ dialect, words }: Manner): boolean =>
  dialect in SLACK && !(dialect === "llama-server" && words);

/** By so many tokens it may pass the budget before the stream is cut all the same. */
export const slackOf = (manner: Manner, budget: number): number =>
  enforcesBudget(manner) ? (SLACK[manner.dialect]?.(budget) ?? 0) : 0;

/** Always gives thoughts in a field of their own. Elsewhere that depends on how the server was started. */
export const partsThoughts = (dialect: Dialect): boolean =>
  dialect === "llama-server" || dialect === "openrouter" || dialect === "nemotron";

/** Parameters that are not OpenAI's. */
export type Extras = {
  chat_template_kwargs?: { enable_thinking: boolean };
  reasoning?: { enabled: boolean } | { max_tokens: number };
  reasoning_budget?: number;
  reasoning_budget_tokens?: number;
  reasoning_budget_message?: string;
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

/** @param budget tokens of thought; undefined: as many as it likes. */
export function thinkingExtras(dialect: Dialect, on: boolean, budget: number | undefined): Extras {
  const template = { chat_template_kwargs: { enable_thinking: on } };
  const capped = on && budget !== undefined;
  switch (dialect) {
    case "llama-server":
      return {
        ...template,
        ...(capped && { reasoning_budget_tokens: budget, reasoning_budget_message: ".\n" }),
        return_progress: true,
        timings_per_token: true,
      };
    case "nim":
      // The 9B's NIM wants both; releases from 1.14 on take them at the top level, earlier ones in nvext.
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
    case "openai":
      return template;
    default:
      return dialect satisfies never;
  }
}

/** Nano v2 is told by words in the system message, which its published template takes out of the prompt again. */
export const isNanoV2 = (model: string): boolean => /nemotron.*nano.*v2/i.test(model);
