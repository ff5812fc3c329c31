/** Schemas for an endpoint's answers, except replies. They come from outside and can be anything. */
import * as z from "zod";

const count = z.number().int().positive().optional().catch(undefined);

/** One entry of `GET /models`, with the extra fields of some servers. */
const model = z.object({
  id: z.string().min(1),
  /** vLLM: the model it was loaded from, if the id is an alias. */
  root: z.string().optional().catch(undefined),
  owned_by: z.string().optional().catch(undefined),
  /** vLLM and NIM. */
  max_model_len: count,
  /** OpenRouter, Together. */
  context_length: count,
  /** llama-server. */
  meta: z.object({ n_ctx: count }).optional().catch(undefined),
  /** vLLM: the base model of an adapter. */
  parent: z.string().optional().catch(undefined),
  /** OpenRouter. */
  supported_parameters: z.array(z.string()).optional().catch(undefined),
});
export type OfferedModel = z.infer<typeof model>;

/** Entries that are not valid, for example without an id, are left out. */
const models = z
  .array(z.unknown())
  .transform((entries) => entries.flatMap((entry) => model.safeParse(entry).data ?? []));

/** OpenAI's list, or Together's bare array. Ollama without a model has null. */
export const modelList = z.union([
  z.object({ data: models }).transform(({ data }) => data),
  z.object({ object: z.literal("list"), data: z.null() }).transform(() => []),
  models,
]);

/** llama-server's `GET /props`. */
export const serverProperties = z.object({
  chat_template: z.string().optional().catch(undefined),
  model_path: z.string().optional().catch(undefined),
  default_generation_settings: z.object({ n_ctx: count }).optional().catch(undefined),
});

/** llama-server's `POST /chat/completions/control`. */
export const controlAnswer = z.object({ success: z.boolean() });

/** Ollama's `POST /api/show`; `parameters` in the form of a Modelfile, one on each line. */
export const ollamaModel = z.object({
  parameters: z.string().optional().catch(undefined),
  model_info: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

/** Ollama's `GET /api/ps`: the loaded models. */
export const ollamaLoaded = z.object({ models: z.array(z.object({ model: z.string(), context_length: count })) });

/** LM Studio's `GET /api/v1/models`, from 0.4 on. */
export const studioModels = z.object({
  models: z.array(
    z.object({
      key: z.string(),
      max_context_length: count,
      loaded_instances: z
        .array(z.object({ id: z.string(), config: z.object({ context_length: count }).optional().catch(undefined) }))
        .optional()
        .catch(undefined),
    }),
  ),
});

/** SGLang's `GET /get_model_info`. */
export const modelInfo = z.object({ model_path: z.string() });

/** NIM's `GET /v1/metadata`. */
export const metadata = z.object({
  modelInfo: z
    .array(z.object({ shortName: z.string().optional(), modelUrl: z.string().optional() }))
    .optional()
    .catch(undefined),
});

/** vLLM's `POST /tokenize` of a conversation, with the chat template applied. */
export const tokenStrings = z.object({ token_strs: z.array(z.string()) });

/** `POST /tokenize`: vLLM returns a count, llama-server a list. */
export const tokenizeAnswer = z.union([
  z.object({ count: z.number() }).transform(({ count }) => count),
  z.object({ tokens: z.array(z.unknown()) }).transform(({ tokens }) => tokens.length),
]);

/** llama-server's `POST /chat/completions/input_tokens`. */
export const inputTokens = z.object({ input_tokens: z.number() }).transform(({ input_tokens }) => input_tokens);

/** FastAPI's validation errors. */
export const validation = z.object({
  detail: z.array(z.object({ loc: z.array(z.union([z.string(), z.number()])) })),
});
