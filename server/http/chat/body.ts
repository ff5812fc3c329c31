/**
 * The body of `POST /v1/chat/completions`: OpenAI's parameters, and the parameters for thinking of vLLM, NIM and
 * llama-server. Other fields pass and have no effect: clients send fields of many servers.
 */
import * as z from "zod";
import { checkBody, count, name, orMissing, withField } from "../exchange/fields.ts";

const MAX_STOPS = 16;
/** Tokens. -1: no limit, as in llama-server. */
const budget = z.int().min(-1).nullish();

/** Parts of any type pass here. messages.ts refuses the types that the model cannot read, by name. */
const part = z.looseObject({ type: z.string(), text: z.string().optional(), refusal: z.string().optional() });
const content = z.union([z.string(), z.array(part)], orMissing("must be a text, or a list of parts with a type"));

const toolCall = z.looseObject({
  id: z.string().min(1),
  type: z.literal("function").default("function"),
  function: z.looseObject({ name, arguments: z.string() }),
});

const message = z.discriminatedUnion(
  "role",
  [
    z.looseObject({ role: z.literal("system"), content }),
    z.looseObject({ role: z.literal("developer"), content }),
    z.looseObject({ role: z.literal("user"), content }),
    // Many clients send reasoning_content back. It is ignored: past thoughts are never read.
    z.looseObject({
      role: z.literal("assistant"),
      content: content.nullish(),
      tool_calls: z.array(toolCall).nullish(),
    }),
    z.looseObject({ role: z.literal("tool"), content, tool_call_id: z.string().min(1) }),
  ],
  withField("role", "must be one of system, developer, user, assistant, tool"),
);

const tool = z.looseObject({
  type: z.literal("function", orMissing('must be "function": the model knows no other tools')),
  function: z.looseObject({
    name,
    description: z.string().nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
  }),
});

const toolChoice = z.union(
  [
    z.enum(["none", "auto", "required"]),
    z.looseObject({ type: z.literal("function"), function: z.looseObject({ name }) }),
  ],
  'must be "none", "auto", "required" or {"type": "function", "function": {"name": …}}',
);

const responseFormat = z.discriminatedUnion(
  "type",
  [
    z.looseObject({ type: z.literal("text") }),
    z.looseObject({ type: z.literal("json_object") }),
    z.looseObject({
      type: z.literal("json_schema"),
      json_schema: z.looseObject({ schema: z.record(z.string(), z.unknown()) }),
    }),
  ],
  withField("type", 'must be one of "text", "json_object", "json_schema"'),
);

/** For parameters that would change the reply and are not supported: only their neutral value passes. */
const zero = z.literal(0, "is not supported").nullish();

const thinkingKeys = { reasoning_budget: budget, max_thinking_tokens: budget };

const bodySchema = z.looseObject({
  model: z.string().nullish(),
  messages: z.array(message).min(1, "must hold at least one message"),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.literal(1, "must be 1: there is one reply to a request").nullish(),
  max_tokens: count.nullish(),
  max_completion_tokens: count.nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().min(-1).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  repetition_penalty: z.number().min(0).max(2).nullish(),
  seed: z.int().nullish(),
  stop: z
    .union([z.string().min(1), z.array(z.string().min(1)).max(MAX_STOPS)], "must be a text or some texts")
    .nullish(),
  tools: z.array(tool).max(256).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: responseFormat.nullish(),
  reasoning_effort: z.string().nullish(),
  chat_template_kwargs: z.looseObject({ enable_thinking: z.boolean().nullish(), ...thinkingKeys }).nullish(),
  nvext: z.looseObject({ max_thinking_tokens: budget }).nullish(),
  ...thinkingKeys,
  presence_penalty: zero,
  frequency_penalty: zero,
  logit_bias: z.record(z.string(), z.never("is not supported")).nullish(),
  logprobs: z.literal(false, "is not supported").nullish(),
  functions: z.null("is not supported: use tools").optional(),
});

export type Body = z.infer<typeof bodySchema>;
export type BodyMessage = Body["messages"][number];
/** A message's content: a text, or a list of parts. */
export type BodyContent = z.infer<typeof content>;

/** Throws ApiError 400 that names the parameter. */
export const parseBody = (body: unknown): Body => checkBody(bodySchema, body);
