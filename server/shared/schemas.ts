/** Schemas for input that arrives both over LSP and from the programs that share an engine. */
import * as z from "zod";
import {
  type EnginePolicy,
  GPUS,
  type LocalLoad,
  MAX_KEEP_ALIVE_MINUTES,
  type Message,
  type Sampling,
  type Thinking,
  type Tool,
  type ToolCall,
} from "../protocol.ts";
import { object } from "./check.ts";

export const text = z.string();
export const flag = z.boolean();
const WHOLE = "must be a whole number";
/** A whole number that is not negative. */
export const count = z.int().min(0, WHOLE);

const ROLES = ["system", "user", "assistant", "tool"] satisfies Message["role"][];
const toolCall = object<ToolCall>({ name: text, arguments: z.record(z.string(), z.unknown()) });
export const messages = z.array(
  z.discriminatedUnion(
    "role",
    [
      z.looseObject({ role: z.literal("system"), content: text }),
      z.looseObject({ role: z.literal("user"), content: text }),
      z.looseObject({
        role: z.literal("assistant"),
        content: text,
        toolCalls: z.array(toolCall).optional(),
        thought: text.optional(),
      }),
      z.looseObject({ role: z.literal("tool"), content: text }),
    ],
    `must be one of ${ROLES.join(", ")}`,
  ),
) satisfies z.ZodType<Message[]>;

export const tools = z.array(
  object<Tool>({
    name: text,
    description: text.optional(),
    parameters: z.record(z.string(), z.unknown()).optional(),
  }),
);
export const toolChoice = z.union(
  [z.literal("required"), z.looseObject({ name: text })],
  'must be "required" or name a tool',
);
export const responseSchema = z.record(z.string(), z.unknown());

export const thinking = object<Thinking>({
  mode: z.enum(["off", "on"]),
  budget: z.union([z.literal("unlimited"), count], 'must be a number or "unlimited"').optional(),
});

const number = z.number().min(0, "must be a number that is not negative").optional();
export const sampling = object<Sampling>({
  temperature: number,
  topP: number,
  topK: number,
  minP: number,
  seed: number,
  repeatPenalty: number,
  stop: z.array(z.string().min(1, "must not be empty")).optional(),
});

const MOST_ID_CHARS = 256;
const SHORT = "must be a short text that is not empty";
/** The client's id of a conversation. */
export const conversation = z.string(SHORT).min(1, SHORT).max(MOST_ID_CHARS, SHORT);

const MINUTES = `must be a number from -1 to ${MAX_KEEP_ALIVE_MINUTES} (a year)`;
const keepOrUnload = z.enum(["keep", "unload"]).optional();
export const policy = object<EnginePolicy>({
  keepAliveMinutes: z.number(MINUTES).min(-1, MINUTES).max(MAX_KEEP_ALIVE_MINUTES, MINUTES).optional(),
  lowMemory: keepOrUnload,
  onBattery: keepOrUnload,
});

export const gpu = z.enum(GPUS).optional();
/** The error for a model that is not a path. */
export const FILE = "must be the path of a file";
/** The fields of LocalLoad, for schemas that extend it. */
export const local = {
  model: z.string(FILE),
  remote: z.undefined().optional(),
  contextTokens: count.optional(),
  gpu,
  gpuLayers: count.optional(),
  threads: count.optional(),
  idleStateBytes: count.optional(),
  retryBackends: flag.optional(),
  whenOther: z.enum(["refuse", "replace", "join"]).optional(),
};
export const localLoad = object<LocalLoad>(local);
