/** The OpenAI client, told all it would otherwise take from the environment: it speaks to one endpoint and no other. */
import OpenAI from "openai";
import { Agent, EnvHttpProxyAgent, fetch as undiciFetch } from "undici";
import { type RemoteEndpoint, remoteHost } from "../protocol.ts";

/** Until the endpoint answers with a status: reading a long prompt is before that, ms. */
export const ANSWER_MS = 600_000;
/** A connection must stand by then, ms. */
const CONNECT_MS = 10_000;
/** Tries beyond the first where the endpoint is busy, fails, or cannot be reached. */
const RETRIES = 2;
/** A longer wait is told to the user instead of being sat out, ms. */
const LONGEST_WAIT_MS = 5000;

export type Client = { openai: OpenAI; close: () => Promise<void> };

export function createClient({ baseUrl, apiKey }: RemoteEndpoint): Client {
  const dispatcher = createDispatcher(baseUrl);
  const openai = new OpenAI({
    baseURL: baseUrl,
    // The client insists on a key; where there is none, the header that would carry it is left out.
    apiKey: apiKey ?? "none",
    defaultHeaders: apiKey === undefined ? { Authorization: null } : {},
    adminAPIKey: null,
    organization: null,
    project: null,
    // It would log what it sends, and what of a stream it does not understand.
    logLevel: "off",
    timeout: ANSWER_MS,
    maxRetries: RETRIES,
    fetch: async (url, init) => {
      // Whoever is trusted with the code must not pass it on: redirects are refused.
      const options = { ...init, headers: plain(init?.headers), dispatcher, redirect: "error" } as Parameters<
        typeof undiciFetch
      >[1];
      return answer(await undiciFetch(String(url), options));
    },
  });
  return { openai, close: () => dispatcher.destroy() };
}

/** Without what the client tells of this machine, which nobody has asked for. */
const plain = (headers: ConstructorParameters<typeof Headers>[0]): [string, string][] => [
  ...[...new Headers(headers)].filter(([name]) => !name.startsWith("x-stainless-") && name !== "user-agent"),
  ["user-agent", "nemotron-local"],
];

/** As the client expects it: errors in OpenAI's shape, and none that has it wait for long. */
async function answer(response: Awaited<ReturnType<typeof undiciFetch>>): Promise<Response> {
  const { ok, status, statusText } = response;
  const headers = new Headers([...response.headers]);
  if (ok) return new Response(response.body as ReadableStream<Uint8Array> | null, { status, statusText, headers });
  if ((retryAfterMs(headers.get("retry-after")) ?? 0) > LONGEST_WAIT_MS) headers.set("x-should-retry", "false");
  return new Response(errorBody(await response.text()), { status, statusText, headers });
}

/** FastAPI and earlier vLLMs have the error's fields at the top, where the client does not look for them. */
function errorBody(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null && "error" in body ? text : JSON.stringify({ error: body });
  } catch {
    return text;
  }
}

/** Replies may pause for as long as they like; a proxy of the environment is never asked for this machine's own. */
function createDispatcher(baseUrl: string): Agent | EnvHttpProxyAgent {
  const options = { headersTimeout: 0, bodyTimeout: 0, connect: { timeout: CONNECT_MS } };
  return remoteHost(baseUrl)?.leavesMachine ? new EnvHttpProxyAgent(options) : new Agent(options);
}

/** RFC 9110 §10.2.3: seconds, or a date. */
export function retryAfterMs(header: string | null | undefined): number | undefined {
  if (header === null || header === undefined || header.trim() === "") return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, Math.ceil(ms));
}
