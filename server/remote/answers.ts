/** What is read of an endpoint's answers besides replies: they come from outside, and may be anything. */
import { z } from "zod";

const count = z.number().int().positive().optional().catch(undefined);

/** One entry of `GET /models`, with the additions of those who have any. */
const model = z.object({
  id: z.string(),
  owned_by: z.string().optional().catch(undefined),
  /** vLLM, and NIM with it. */
  max_model_len: count,
  /** OpenRouter, Together. */
  context_length: count,
  /** `nemotron-server serve`. */
  context_tokens: count,
  /** llama-server. */
  meta: z.object({ n_ctx: count }).optional().catch(undefined),
  /** OpenRouter. */
  supported_parameters: z.array(z.string()).optional().catch(undefined),
});
export type OfferedModel = z.infer<typeof model>;

/** OpenAI's list, or Together's bare array. */
export const modelList = z.union([z.object({ data: z.array(model) }).transform(({ data }) => data), z.array(model)]);

/** llama-server's `GET /props`. */
export const props = z.object({ chat_template: z.string().optional().catch(undefined) });

/** `POST /tokenize`: vLLM counts, llama-server lists. */
export const tokenized = z.union([
  z.object({ count: z.number() }).transform(({ count }) => count),
  z.object({ tokens: z.array(z.unknown()) }).transform(({ tokens }) => tokens.length),
]);

/** llama-server's `POST /chat/completions/input_tokens`. */
export const inputTokens = z.object({ input_tokens: z.number() }).transform(({ input_tokens }) => input_tokens);

/** FastAPI's errors of validation. */
export const validation = z.object({
  detail: z.array(z.object({ loc: z.array(z.union([z.string(), z.number()])) })),
});
