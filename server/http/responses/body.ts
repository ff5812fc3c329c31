/** The body of `POST /v1/responses`: OpenAI's parameters. Other fields pass and have no effect. */
import * as z from "zod";
import { checkBody, count, name, orMissing, withField } from "../exchange/fields.ts";

/** Items of any type pass. conversation.ts says what the model reads of each. */
const item = z.looseObject({ type: z.string().nullish(), role: z.string().nullish() });
const tool = z.looseObject({
  type: z.string(),
  name: name.nullish(),
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  format: z.looseObject({ definition: z.string().nullish() }).nullish(),
});
const toolChoice = z.union(
  [z.enum(["none", "auto", "required"]), z.looseObject({ type: z.string(), name: name.nullish() })],
  'must be "none", "auto", "required", or an object with type and name',
);
const format = z.discriminatedUnion(
  "type",
  [
    z.looseObject({ type: z.literal("text") }),
    z.looseObject({ type: z.literal("json_object") }),
    z.looseObject({ type: z.literal("json_schema"), schema: z.record(z.string(), z.unknown()) }),
  ],
  withField("type", 'must be one of "text", "json_object", "json_schema"'),
);

const bodySchema = z.looseObject({
  model: z.string().nullish(),
  input: z.union([z.string(), z.array(item)], orMissing("must be a text, or a list of items")),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  tools: z.array(tool).max(256).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  reasoning: z.looseObject({ effort: z.string().nullish() }).nullish(),
  max_output_tokens: count.nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  text: z.looseObject({ format: format.nullish() }).nullish(),
  store: z.boolean().nullish(),
  previous_response_id: z.string().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  background: z.literal(false, "is not supported").nullish(),
});

export type Body = z.infer<typeof bodySchema>;
export type Item = z.infer<typeof item>;
export type BodyTool = z.infer<typeof tool>;

/** Throws ApiError 400 that names the parameter. */
export const parseBody = (body: unknown): Body => checkBody(bodySchema, body);

/** The items of an input. */
export const itemsOf = ({ input }: Body): Item[] =>
  typeof input === "string" ? [{ role: "user", content: input }] : input;
