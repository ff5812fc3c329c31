/** What a user must know about an address before anything is sent there. */
import type { RemoteHost } from "../protocol.ts";
import { isLoopback } from "./loopback.ts";

/** Undefined for an invalid http(s) URL, or for one with a user name or password, which would be shown and logged. */
export function remoteHost(baseUrl: string): RemoteHost | undefined {
  const url = parseUrl(baseUrl);
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) return undefined;
  if (url.username !== "" || url.password !== "") return undefined;
  return { host: url.host, leavesMachine: !isLoopback(url.hostname), encrypted: url.protocol === "https:" };
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
