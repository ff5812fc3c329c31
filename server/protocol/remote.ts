/** Engines elsewhere: what names one, and what a user must know before anything is sent there. */

/** An OpenAI-compatible endpoint. */
export type RemoteEndpoint = {
  /** As `https://host/v1`: what the OpenAI API's paths, `/models` and `/chat/completions`, follow on. */
  baseUrl: string;
  /** As the endpoint names it. Left out: the only one, or the first, that it offers. */
  model?: string;
  /** Never logged, and sent nowhere but to the endpoint. */
  apiKey?: string;
};

export type RemoteHost = {
  /** With its port, where that is not the usual one. */
  host: string;
  /** It is not this machine. */
  leavesMachine: boolean;
  /** TLS. */
  encrypted: boolean;
};

/** Loopback by name (RFC 6761 §6.3) or address (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3), as the URL parser writes them. */
const LOOPBACK = /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Undefined where this is no http(s) URL, or one with a user's name or password in it, which would be shown and logged. */
export function remoteHost(baseUrl: string): RemoteHost | undefined {
  const url = parseUrl(baseUrl);
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) return undefined;
  if (url.username !== "" || url.password !== "") return undefined;
  return { host: url.host, leavesMachine: !LOOPBACK.test(url.hostname), encrypted: url.protocol === "https:" };
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
