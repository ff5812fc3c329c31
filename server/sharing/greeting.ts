/** That a client is one: what it says of itself, and what it wants to have loaded, before the host acts on it. */
import { ErrorCodes, ResponseError } from "vscode-languageserver/node";
import { z } from "zod";
import * as wire from "./wire.ts";

const count = z.int().min(0);
const policy = z.looseObject({
  keepAliveMinutes: z.number().min(-1).optional(),
  lowMemory: z.enum(["keep", "unload"]).optional(),
  onBattery: z.enum(["keep", "unload"]).optional(),
});
const hello = z.looseObject({
  version: z.string(),
  pid: count,
  kind: z.enum(["window", "editor", "terminal"]),
  owner: z.string(),
  translations: z.record(z.string(), z.string()),
  policy,
});
const load = z.looseObject({
  params: z.looseObject({
    model: z.string(),
    gpu: z.enum(["auto", "off", "cuda", "vulkan", "metal"]).optional(),
    contextTokens: count.optional(),
    gpuLayers: count.optional(),
    threads: count.optional(),
    idleStateBytes: count.optional(),
    whenOther: z.string().optional(),
  }),
  backendsFolder: z.string().optional(),
});

/** Throws ResponseError InvalidParams. One of another version of this protocol is for that version to understand. */
export function expectGreeting(greeting: unknown): void {
  const { protocol } = expect(z.looseObject({ protocol: z.number() }), greeting);
  if (protocol === wire.PROTOCOL) expect(hello, greeting);
}

export const expectLoad = (asked: unknown): void => void expect(load, asked);

export const isPolicy = (value: unknown): boolean => policy.safeParse(value).success;

function expect<T>(schema: z.ZodType<T>, value: unknown): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw new ResponseError(ErrorCodes.InvalidParams, `Invalid params: ${z.prettifyError(error)}`);
}
