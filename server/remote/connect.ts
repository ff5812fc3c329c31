/** Connects to an endpoint: checks that it is one, and finds its kind, the model, and the size of the context. */
import { t } from "@vscode/l10n";
import type OpenAI from "openai";
import { APIError } from "openai";
import { EngineError } from "../engine/engine.ts";
import { numberText } from "../engine/language.ts";
import type { ModelInfo, RemoteHost, RemoteLoad } from "../protocol.ts";
import { remoteHost } from "../shared/remoteHost.ts";
import { modelList, type OfferedModel } from "./answers.ts";
import { createClient, TEXT_ERROR } from "./client.ts";
import { contextOf } from "./context.ts";
import { atRoot, TokenCounter } from "./counter.ts";
import { RemoteEndpoint } from "./endpoint.ts";
import { CONTINUATION, type EndpointKind } from "./endpointKinds.ts";
import { endpointError, messageOf, notOpenAIError, statusOf, unknownModelError, webPageError } from "./errors.ts";
import { type AskEndpoint, thinkingProfileOf } from "./thinkingProfile.ts";

/** The assumed context if neither the endpoint nor the user gives a size, tokens. */
const DEFAULT_CONTEXT_TOKENS = 32_768;
/** The toy's file name, under which servers offer it. */
const TOY = /nemotron-h-toy/;
/** Time-out for the model list, ms. A running endpoint answers at once. */
const LIST_TIMEOUT_MS = 15_000;
/** Time-out for questions that only some endpoints answer, ms. */
const QUESTION_TIMEOUT_MS = 5000;

/** Throws EngineError that names the problem, or the signal's reason. */
export async function connect(params: RemoteLoad, signal: AbortSignal): Promise<RemoteEndpoint> {
  const { baseUrl, apiKey, model = "" } = params.remote;
  const remote = remoteHost(baseUrl);
  if (!remote) throw badAddress();
  const client = createClient({ ...params.remote, baseUrl: cleanAddress(baseUrl) });
  try {
    return await probe({ params, remote, client }, signal);
  } catch (error) {
    await client.close();
    signal.throwIfAborted();
    throw endpointError(error, { host: remote.host, model, apiKey, contextTokens: 0, midReply: false });
  }
}

type Probe = { params: RemoteLoad; remote: RemoteHost; client: ReturnType<typeof createClient> };

async function probe({ params, remote, client }: Probe, signal: AbortSignal): Promise<RemoteEndpoint> {
  const { openai } = client;
  const { model: requested = "", baseUrl } = params.remote;
  const offered = await findModels(openai, remote.host, requested, signal);
  const found = choose(offered, requested, remote.host);
  const kind = await kindOf(openai, found, signal);
  const model = found?.id ?? requested;
  const ask = asking(openai, signal);
  const { obeysSwitches, ...thinking } = await thinkingProfileOf(kind, found, [model], ask);
  const continuation = CONTINUATION[kind];
  const profile = {
    kind,
    model,
    continuation,
    obeysSwitches: obeysSwitches && kind !== "nemotron",
    hasBudget: true,
    ...thinking,
  };
  const counter = new TokenCounter(openai, profile, remote.leavesMachine);
  const { contextTokens, note } = limited(await contextOf(found, model, ask), params.contextTokens);
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
  return new RemoteEndpoint(client, params.remote.apiKey, profile, info, counter);
}

/**
 * The models at the first address that has a list. The client then uses this address. Undefined if no address has a
 * list, for example at Bedrock: then the endpoint must at least answer like a chat endpoint.
 */
async function findModels(
  openai: OpenAI,
  host: string,
  model: string,
  signal: AbortSignal,
): Promise<OfferedModel[] | undefined> {
  const { baseURL } = openai;
  let isPage = false;
  let hasList = true;
  let refusal: APIError | undefined;
  for (const address of possibleAddresses(baseURL)) {
    openai.baseURL = address;
    try {
      const answer = await get(openai, "/models", signal);
      const list = modelList.safeParse(answer);
      if (list.success) return list.data;
      refusal ??= refusalIn(answer);
      isPage ||= typeof answer === "string" && answer.trimStart().startsWith("<");
    } catch (error) {
      // Another kind of text, sent as JSON.
      if (error instanceof SyntaxError) continue;
      if (!(error instanceof APIError) || (error.status !== 404 && error.status !== 405)) throw error;
      if (address === baseURL) hasList = false;
    }
  }
  openai.baseURL = baseURL;
  if (refusal) throw refusal;
  if (hasList || isPage) throw isPage ? webPageError(host) : notOpenAIError(host);
  await tryToChat(openai, host, model, signal);
  return undefined;
}

/** The error in an answer with a success status, as gateways send it. */
function refusalIn(answer: unknown): APIError | undefined {
  if (typeof answer !== "object" || answer === null) return undefined;
  const { error = answer } = answer as { error?: unknown };
  const said = new APIError(undefined, error as object, undefined, undefined);
  if (messageOf(said) === "") return undefined;
  return new APIError(statusOf(said) ?? 200, error as object, undefined, undefined);
}

/** Throws unless a chat endpoint answers. A request without messages gives an error in JSON instead of a reply. */
async function tryToChat(openai: OpenAI, host: string, model: string, signal: AbortSignal): Promise<void> {
  try {
    await openai.post("/chat/completions", {
      body: { model, messages: [] },
      signal,
      timeout: LIST_TIMEOUT_MS,
      maxRetries: 1,
    });
  } catch (error) {
    if (!(error instanceof APIError) || error.status === undefined) throw error;
    const isJson = error.type !== TEXT_ERROR || error.headers?.get("content-type")?.includes("json");
    if (error.status === 404 || !isJson) throw notOpenAIError(host);
    if (error.status === 401 || error.status === 403) throw error;
  }
}

function choose(offered: OfferedModel[] | undefined, requested: string, host: string): OfferedModel | undefined {
  if (!offered) {
    if (requested === "")
      throw new EngineError("unknownModel", t("{0} does not list its models.", host), {
        next: t("Set a model in the settings of the remote engine."),
      });
    return undefined;
  }
  if (requested === "") {
    if (offered[0]) return offered[0];
    throw new EngineError("unknownModel", t("{0} offers no model.", host), {
      next: t("Load one there, then try again."),
    });
  }
  // OpenRouter's variants, for example `:nitro`, are not in its list.
  const base = requested.replace(/:[\w-]+$/, "");
  const found = offered.find(({ id }) => id === requested) ?? offered.find(({ id }) => id === base);
  if (!found)
    throw unknownModelError(
      host,
      requested,
      offered.map(({ id }) => id),
    );
  return { ...found, id: requested };
}

async function kindOf(openai: OpenAI, model: OfferedModel | undefined, signal: AbortSignal): Promise<EndpointKind> {
  const { hostname } = new URL(openai.baseURL);
  if (hostname.endsWith(".nvidia.com")) return "nim";
  if (hostname === "openrouter.ai" || model?.supported_parameters) return "openrouter";
  if (model?.owned_by === "llamacpp") return "llama-server";
  if (model?.owned_by === "nemotron-local") return "nemotron";
  if (model?.max_model_len === undefined && model?.owned_by !== "vllm") return "openai";
  // NIM can run vLLM, and only NIM answers this.
  return (await get(openai, "/metadata", signal).catch(() => undefined)) === undefined ? "vllm" : "nim";
}

/** A failed request means that the endpoint does not know the path. */
function asking(openai: OpenAI, signal: AbortSignal): AskEndpoint {
  const options = { signal, timeout: QUESTION_TIMEOUT_MS, maxRetries: 0 };
  return {
    get: (path) => openai.get<unknown>(atRoot(openai, path), options).catch(() => undefined),
    post: (path, body) => openai.post<unknown>(atRoot(openai, path), { body, ...options }).catch(() => undefined),
  };
}

function limited(offered: number | undefined, requested: number | undefined): { contextTokens: number; note?: string } {
  if (offered !== undefined) return { contextTokens: Math.min(offered, requested ?? offered) };
  if (requested !== undefined) return { contextTokens: requested };
  const contextTokens = DEFAULT_CONTEXT_TOKENS;
  const note = t("The endpoint does not report its context size: {0} tokens are assumed.", numberText(contextTokens));
  return { contextTokens, note };
}

const get = (openai: OpenAI, path: string, signal: AbortSignal) =>
  openai.get<unknown>(path, { signal, timeout: LIST_TIMEOUT_MS, maxRetries: 1 });

const badAddress = () =>
  new EngineError("endpointFailed", t("The address of the remote engine is not valid."), {
    next: t("The address must begin with https:// or http:// and contain no password."),
  });

/** API paths that users copy as a part of the address. */
const PATHS = /\/(?:chat\/completions|completions|models|responses|embeddings)$/;

/** Removes white space, a query, the path of an API method, and trailing slashes. */
function cleanAddress(address: string): string {
  const plain = address.trim().replace(/[?#].*$/s, "");
  const cut = plain.replace(/\/+$/, "").replace(PATHS, "");
  return cut.replace(/\/+$/, "");
}

/** The address itself, and the paths below it where most endpoints have their API. */
function possibleAddresses(address: string): string[] {
  return /\/v\d+\w*$/.test(address) ? [address] : [address, `${address}/v1`, `${address}/api/v1`];
}
