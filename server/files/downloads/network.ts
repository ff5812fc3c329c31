/**
 * HTTP for downloads: proxies, redirects, time limits. Callers import it on demand: undici takes a while to load, and
 * most servers never download.
 */
import { type Dispatcher, EnvHttpProxyAgent, interceptors, request } from "undici";

export type NetworkOptions = {
  /** An http or https proxy. Undefined: from the environment (HTTPS_PROXY, NO_PROXY). */
  proxy?: string;
  /** Hosts without a proxy, as in NO_PROXY. Undefined: from the environment. */
  noProxy?: string;
  /** A connection that is silent for this long is given up, ms. */
  idleMs?: number;
};

export type Response = Dispatcher.ResponseData;

/** Connections for downloads. */
export type Network = {
  /** Follows redirects; `authorization` goes only to the first host. Rejects with the connection's error. */
  get(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response>;
  close(): Promise<void>;
};

const IDLE_MS = 30_000;
const CONNECT_MS = 15_000;
const MOST_REDIRECTS = 8;

/** Close the result after use. A proxy must be a valid address. */
export function openNetwork({ proxy, noProxy, idleMs = IDLE_MS }: NetworkOptions): Network {
  const limits = { bodyTimeout: idleMs, headersTimeout: idleMs, connect: { timeout: Math.min(CONNECT_MS, idleMs) } };
  // Unencrypted requests need no tunnel, and many proxies would refuse one.
  const agent = new EnvHttpProxyAgent({ httpProxy: proxy, httpsProxy: proxy, noProxy, proxyTunnel: false, ...limits });
  const dispatcher = agent.compose(interceptors.redirect({ maxRedirections: MOST_REDIRECTS }));
  return {
    get: (url, headers, signal) =>
      request(url, { dispatcher, signal, headers: { "user-agent": "nemotron-local", ...headers } }),
    close: () => agent.destroy(),
  };
}
