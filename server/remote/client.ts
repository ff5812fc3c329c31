/**
 * Creates the OpenAI client. It connects only to one endpoint. Everything that it would read from the environment is
 * passed explicitly.
 */
import OpenAI from "openai";
import { Agent, EnvHttpProxyAgent, fetch as undiciFetch } from "undici";
import type { RemoteEndpoint } from "../protocol.ts";
import { remoteHost } from "../shared/remoteHost.ts";

/** Time-out for the status of an answer, ms. The endpoint may read a long prompt before it sends the status. */
const ANSWER_MS = 600_000;
/** Time-out for opening a connection, ms. */
const CONNECT_MS = 10_000;
/** Retries when the endpoint is busy, fails, or is unreachable. */
const RETRIES = 2;
/** Maximum wait before a retry, ms; a longer one is reported to the user. */
const MAX_WAIT_MS = 5000;

export type Client = { openai: OpenAI; close: () => Promise<void> };

/** Close the client after use. Its requests throw the errors of the `openai` package. */
export function createClient({ baseUrl, apiKey }: RemoteEndpoint): Client {
  const dispatcher = createDispatcher(baseUrl);
  const openai = new OpenAI({
    baseURL: baseUrl,
    // The client requires a key. Without one, the header that would carry it is removed below.
    apiKey: apiKey ?? "none",
    defaultHeaders: apiKey === undefined ? { Authorization: null } : {},
    adminAPIKey: null,
    organization: null,
    project: null,
    // The client would log what it sends, and parts of streams that it cannot read.
    logLevel: "off",
    timeout: ANSWER_MS,
    maxRetries: RETRIES,
    fetch: async (url, init) => {
      // The user trusts only this endpoint with code, so redirects are refused.
      const options = { ...init, headers: cleanHeaders(init?.headers), dispatcher, redirect: "error" } as Parameters<
        typeof undiciFetch
      >[1];
      return answer(await undiciFetch(String(url), options));
    },
  });
  return { openai, close: () => dispatcher.destroy() };
}

/** Removes the headers in which the client describes this machine. */
const cleanHeaders = (headers: ConstructorParameters<typeof Headers>[0]): [string, string][] => [
  ...[...new Headers(headers)].filter(([name]) => !name.startsWith("x-stainless-") && name !== "user-agent"),
  ["user-agent", "nemotron-local"],
];

/** The response as the client expects it: errors in OpenAI's shape, and no long Retry-After. */
async function answer(response: Awaited<ReturnType<typeof undiciFetch>>): Promise<Response> {
  const { ok, status, statusText } = response;
  const headers = new Headers([...response.headers]);
  if (ok) return new Response(response.body as ReadableStream<Uint8Array> | null, { status, statusText, headers });
  if ((retryAfterMs(headers) ?? 0) > MAX_WAIT_MS) headers.set("x-should-retry", "false");
  return new Response(errorBody(await response.text()), { status, statusText, headers });
}

/**
 * FastAPI and earlier vLLMs have the error's fields at the top level, where the client does not look. Gateways answer
 * in plain text, or with a page whose title says what is wrong.
 */
function errorBody(text: string): string {
  try {
    // Google wraps the error in a list.
    const body: unknown = [JSON.parse(text)].flat()[0];
    const hasError = typeof body === "object" && body !== null && "error" in body;
    return JSON.stringify(hasError ? body : { error: body });
  } catch {
    const isPage = text.trimStart().startsWith("<");
    const message = isPage ? (/<title[^>]*>([^<]*)</i.exec(text)?.[1] ?? "") : text;
    return JSON.stringify({ error: { message, type: TEXT_ERROR } });
  }
}

/** The type of errors that came as plain text. */
export const TEXT_ERROR = "text";

/** Replies may pause without limit. Requests to this machine never go through a proxy from the environment. */
function createDispatcher(baseUrl: string): Agent | EnvHttpProxyAgent {
  const options = { headersTimeout: 0, bodyTimeout: 0, connect: { timeout: CONNECT_MS } };
  return remoteHost(baseUrl)?.leavesMachine ? new EnvHttpProxyAgent(options) : new Agent(options);
}

/**
 * The wait that the server asks for, ms; undefined without one. `retry-after-ms` is OpenAI's and comes first, as in the
 * client. `retry-after` is in seconds, or a date (RFC 9110 §10.2.3).
 */
export function retryAfterMs(headers: Headers | undefined): number | undefined {
  const exactly = Number.parseFloat(headers?.get("retry-after-ms") ?? "");
  if (Number.isFinite(exactly)) return Math.max(0, Math.ceil(exactly));
  const header = headers?.get("retry-after")?.trim() ?? "";
  if (header === "") return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, Math.ceil(ms));
}
