/** Looks at an endpoint: whether it is one, what kind, whether it has the model, and how much context. */
import { t } from "@vscode/l10n";
import type OpenAI from "openai";
import { APIError } from "openai";
import { EngineError } from "../engine/engine.ts";
import { type ModelInfo, type RemoteHost, type RemoteLoad, remoteHost } from "../protocol.ts";
import { modelList, type OfferedModel, props } from "./answers.ts";
import { createClient } from "./client.ts";
import { atRoot, Counter } from "./counter.ts";
import { CONTINUATION, type Dialect, isNanoV2 } from "./dialects.ts";
import { Endpoint } from "./endpoint.ts";
import { endpointError, notOpenAI, unknownModel } from "./errors.ts";

/** Tokens of context to count on where neither the endpoint nor the user says. */
export const DEFAULT_CONTEXT_TOKENS = 32_768;
/** The test model's file, by which it is served. */
const TOY = /nemotron-h-toy/;
/** An endpoint that is there answers these at once, ms. */
const LOOK_MS = 15_000;

/** Throws EngineError by the name of what is wrong, or the signal's reason. */
export async function connect(params: RemoteLoad, signal: AbortSignal): Promise<Endpoint> {
  const { baseUrl, apiKey, model = "" } = params.remote;
  const remote = remoteHost(baseUrl);
  if (!remote) throw badAddress();
  const client = createClient({ ...params.remote, baseUrl: baseUrl.replace(/\/+$/, "") });
  try {
    return await look({ params, remote, client }, signal);
  } catch (error) {
    await client.close();
    signal.throwIfAborted();
    throw endpointError(error, { host: remote.host, model, apiKey, contextTokens: 0, midReply: false });
  }
}

type Looking = { params: RemoteLoad; remote: RemoteHost; client: ReturnType<typeof createClient> };

async function look({ params, remote, client }: Looking, signal: AbortSignal): Promise<Endpoint> {
  const { openai } = client;
  const { model: wanted = "", baseUrl } = params.remote;
  const offered = await listModels(openai, remote.host, wanted, signal);
  const found = choose(offered, wanted, remote.host);
  const dialect = await dialectOf(openai, found, signal);
  const model = found?.id ?? wanted;
  const words = isNanoV2(model) || (dialect === "llama-server" && (await hasSwitches(openai, signal)));
  const manner = { dialect, model, continuation: CONTINUATION[dialect], words: words && dialect !== "nemotron" };
  const counter = new Counter(openai, manner, remote.leavesMachine);
  const { contextTokens, note } = contextOf(found, params.contextTokens);
  const info: ModelInfo = {
    path: baseUrl,
    name: model,
    remote: { ...remote, estimated: counter.estimates },
    toy: TOY.test(model),
    backend: "cpu",
    gpuLayers: 0,
    totalLayers: 0,
    threads: 0,
    contextTokens,
    editContextTokens: contextTokens,
    memory: { weights: 0, state: 0, kv: 0, compute: 0, checkpoints: 0, gpu: 0 },
    notes: note ? [note] : [],
  };
  return new Endpoint(client, params.remote.apiKey, manner, info, counter);
}

/** Undefined where the endpoint has no list, as Bedrock's: then it need only answer as one that chats. */
async function listModels(
  openai: OpenAI,
  host: string,
  model: string,
  signal: AbortSignal,
): Promise<OfferedModel[] | undefined> {
  try {
    const list = modelList.safeParse(await get(openai, "/models", signal));
    if (!list.success) throw notOpenAI(host);
    return list.data;
  } catch (error) {
    if (!(error instanceof APIError) || (error.status !== 404 && error.status !== 405)) throw error;
    await tryToChat(openai, host, model, signal);
    return undefined;
  }
}

/** Without a message there is no reply, but an error in JSON. */
async function tryToChat(openai: OpenAI, host: string, model: string, signal: AbortSignal): Promise<void> {
  try {
    await openai.post("/chat/completions", { body: { model, messages: [] }, signal, timeout: LOOK_MS, maxRetries: 1 });
  } catch (error) {
    if (!(error instanceof APIError) || error.status === undefined) throw error;
    const isJson = typeof error.error === "object" || error.headers?.get("content-type")?.includes("json");
    if (error.status === 404 || !isJson) throw notOpenAI(host);
    if (error.status === 401 || error.status === 403) throw error;
  }
}

function choose(offered: OfferedModel[] | undefined, wanted: string, host: string): OfferedModel | undefined {
  if (!offered) {
    if (wanted === "")
      throw new EngineError("unknownModel", t("{0} does not say which models it has.", host), {
        next: t("Name one in the settings of the remote engine."),
      });
    return undefined;
  }
  if (wanted === "") {
    if (offered[0]) return offered[0];
    throw new EngineError("unknownModel", t("{0} offers no model.", host), {
      next: t("Load one there, then try again."),
    });
  }
  // OpenRouter's variants, as `:nitro`, are not in its list.
  const base = wanted.replace(/:[\w-]+$/, "");
  const found = offered.find(({ id }) => id === wanted) ?? offered.find(({ id }) => id === base);
  if (!found)
    throw unknownModel(
      host,
      wanted,
      offered.map(({ id }) => id),
    );
  return { ...found, id: wanted };
}

async function dialectOf(openai: OpenAI, model: OfferedModel | undefined, signal: AbortSignal): Promise<Dialect> {
  const { hostname } = new URL(openai.baseURL);
  if (hostname.endsWith(".nvidia.com")) return "nim";
  if (hostname === "openrouter.ai" || model?.supported_parameters) return "openrouter";
  if (model?.owned_by === "llamacpp") return "llama-server";
  if (model?.owned_by === "nemotron-local") return "nemotron";
  if (model?.max_model_len === undefined && model?.owned_by !== "vllm") return "openai";
  // NIM runs vLLM among others, and only NIM tells of itself here.
  return (await get(openai, "/metadata", signal).catch(() => undefined)) === undefined ? "vllm" : "nim";
}

async function hasSwitches(openai: OpenAI, signal: AbortSignal): Promise<boolean> {
  const answer = props.safeParse(await get(openai, atRoot(openai, "/props"), signal).catch(() => undefined));
  return answer.data?.chat_template?.includes("/no_think") ?? false;
}

function contextOf(model: OfferedModel | undefined, wanted: number | undefined) {
  const told = model?.max_model_len ?? model?.meta?.n_ctx ?? model?.context_tokens ?? model?.context_length;
  if (told !== undefined) return { contextTokens: Math.min(told, wanted ?? told) };
  const contextTokens = wanted ?? DEFAULT_CONTEXT_TOKENS;
  if (wanted !== undefined) return { contextTokens };
  return {
    contextTokens,
    note: t("The endpoint does not say how much context it has: {0} tokens are assumed.", contextTokens),
  };
}

const get = (openai: OpenAI, path: string, signal: AbortSignal) =>
  openai.get<unknown>(path, { signal, timeout: LOOK_MS, maxRetries: 1 });

const badAddress = () =>
  new EngineError("endpointFailed", t("The address of the remote engine is none that can be used."), {
    next: t("It begins with https:// or http://, and holds no password."),
  });
