/** Checks the messages of a client before the host acts on them: its greeting, its loads and its requests. */
import * as z from "zod";
import type { PrepareRequest, PromptRequest, RespondRequest } from "../engine/engine.ts";
import type { EnginePolicy } from "../protocol.ts";
import { checkParams, object } from "../shared/check.ts";
import * as shared from "../shared/schemas.ts";
import { count, flag, text } from "../shared/schemas.ts";
import * as wire from "./wire.ts";

const hello = object<wire.Hello>({
  protocol: z.number(),
  version: text,
  pid: count,
  kind: z.enum(["window", "editor", "terminal"]),
  owner: text,
  translations: z.record(z.string(), z.string()),
  policy: shared.policy,
});
const load = object<wire.LoadRequest>({ params: shared.localLoad, backendsFolder: text.optional() });

const prompt = {
  messages: shared.messages,
  stableChars: count.optional(),
  tools: shared.tools.optional(),
  thinking: shared.thinking.optional(),
  owner: text.optional(),
  conversation: shared.conversation.optional(),
};
const priority = z.enum(["edit", "chat", "idle"]);
const kind = z.enum(["followUp", "once"]);
const respond = object<RespondRequest>({
  ...prompt,
  thinking: shared.thinking,
  sampling: shared.sampling.optional(),
  maxTokens: count.optional(),
  maxReplyTokens: count.optional(),
  responseSchema: shared.responseSchema.optional(),
  toolChoice: shared.toolChoice.optional(),
  singleCall: flag.optional(),
  possibleCalls: shared.tools.optional(),
  orText: flag.optional(),
  callParts: flag.optional(),
  priority,
  replyId: text.optional(),
  kind,
  perhapsOnce: flag.optional(),
});
const prepare = object<PrepareRequest>({
  ...prompt,
  reply: z.looseObject({ kind, priority, maxTokens: count.optional() }).optional(),
});
const call = object<wire.EngineCall>({
  id: count,
  request: z.discriminatedUnion("type", [
    z.looseObject({ type: z.literal("respond"), request: respond }),
    z.looseObject({ type: z.literal("prepare"), request: prepare }),
    z.looseObject({ type: z.literal("countPrompt"), request: object<PromptRequest>(prompt) }),
    z.looseObject({ type: z.literal("countTokens"), texts: z.array(text) }),
    z.looseObject({ type: z.literal("answerNow"), reply: count }),
    z.looseObject({ type: z.literal("addBudget"), reply: count, tokens: count }),
    z.looseObject({ type: z.literal("forget"), conversation: text }),
    z.looseObject({ type: z.literal("resume"), replyId: text }),
  ]),
});

/** Throws ResponseError InvalidParams. Of a greeting in another protocol version, only the version is checked. */
export function checkGreeting(greeting: unknown): void {
  const { protocol } = checkParams(z.looseObject({ protocol: z.number() }), greeting);
  if (protocol === wire.PROTOCOL) checkParams(hello, greeting);
}

/** Throws ResponseError InvalidParams. */
export const checkLoad = (params: unknown): wire.LoadRequest => checkParams(load, params);
/** Throws ResponseError InvalidParams. */
export const checkCall = (params: unknown): wire.EngineCall => checkParams(call, params);
/** For a notification, which has no answer that could report an error. */
export const isPolicy = (policy: unknown): policy is EnginePolicy => shared.policy.safeParse(policy).success;
