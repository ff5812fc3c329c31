/**
 * The body of `POST /v1/messages` and `/v1/messages/count_tokens`: Anthropic's parameters. Other fields pass and have
 * no effect.
 */
import * as z from "zod";
import { checkBody, count, name, orMissing, withField } from "../exchange/fields.ts";

/** Blocks of any type pass. conversation.ts says what the model reads of each. */
const block = z.looseObject({ type: z.string() });
const content = z.union([z.string(), z.array(block)], orMissing("must be a text, or a list of blocks with a type"));

const message = z.looseObject({
  role: z.enum(["user", "assistant", "system"], orMissing("must be user or assistant")),
  content,
});

/** Tools that Anthropic's servers run have a type of their own, and no schema. */
const tool = z.looseObject({
  type: z.string().nullish(),
  name,
  description: z.string().nullish(),
  input_schema: z.record(z.string(), z.unknown()).nullish(),
});

const toolChoice = z.discriminatedUnion(
  "type",
  [
    z.looseObject({ type: z.literal("auto"), disable_parallel_tool_use: z.boolean().nullish() }),
    z.looseObject({ type: z.literal("any"), disable_parallel_tool_use: z.boolean().nullish() }),
    z.looseObject({ type: z.literal("none") }),
    z.looseObject({ type: z.literal("tool"), name }),
  ],
  withField("type", 'must be one of "auto", "any", "none", "tool"'),
);

const thinking = z.discriminatedUnion(
  "type",
  [
    z.looseObject({ type: z.literal("enabled"), budget_tokens: z.int().min(0) }),
    z.looseObject({ type: z.literal("adaptive") }),
    z.looseObject({ type: z.literal("disabled") }),
  ],
  withField("type", 'must be one of "enabled", "adaptive", "disabled"'),
);

const format = z.looseObject({
  type: z.literal("json_schema", orMissing('must be "json_schema"')),
  schema: z.record(z.string(), z.unknown()),
});

const counted = {
  model: z.string().nullish(),
  messages: z.array(message).min(1, "must hold at least one message"),
  system: content.nullish(),
  tools: z.array(tool).max(256).nullish(),
  tool_choice: toolChoice.nullish(),
  thinking: thinking.nullish(),
  output_config: z.looseObject({ effort: z.string().nullish(), format: format.nullish() }).nullish(),
};

const countSchema = z.looseObject(counted);
const bodySchema = z.looseObject({
  ...counted,
  max_tokens: count,
  stream: z.boolean().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().min(-1).nullish(),
  stop_sequences: z.array(z.string().min(1)).max(64).nullish(),
});

export type Body = z.infer<typeof bodySchema>;
export type CountBody = z.infer<typeof countSchema>;
export type Block = z.infer<typeof block>;
/** The content of a message, of a result, or of the system prompt. */
export type Content = z.infer<typeof content>;

/** Throws ApiError 400 that names the parameter. */
export const parseBody = (body: unknown): Body => checkBody(bodySchema, body);
/** The same without the parameters of the reply. */
export const parseCount = (body: unknown): CountBody => checkBody(countSchema, body);
