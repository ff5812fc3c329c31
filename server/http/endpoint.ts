/** The OpenAI-compatible endpoint: the running model for every other program on this machine. */
import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Engine } from "../engine/engine.ts";
import { Admission } from "./admission.ts";
import { createApp } from "./app.ts";
import { answerBadRequests, badRequest } from "./badRequests.ts";
import { ApiError } from "./errors.ts";
import { LIMITS, type Limits } from "./limits.ts";
import { addressesOf, isLoopback, ListenError, listen, localNames, urlOf } from "./listen.ts";

export type EndpointOptions = {
  engine: Engine;
  /** 0: any that is free. */
  port: number;
  /** This machine alone, when left out; anything else only together with a key. */
  host?: string;
  /** Needed by every request, when given. */
  apiKey?: string;
  limits?: Partial<Limits>;
};

export type Endpoint = {
  /** What clients call the base URL, `http://localhost:8000/v1`. */
  url: string;
  /** Ends running replies, and resolves when no connection is left. */
  close(): Promise<void>;
};

/** How long those who are being answered may take to hear of the end, ms. */
const FAREWELL_MS = 500;

/** Resolves when it can be used. Throws ListenError, which names what to do. */
export async function startEndpoint({ engine, port, host, apiKey, limits }: EndpointOptions): Promise<Endpoint> {
  const loopback = host === undefined || isLoopback(host);
  if (!loopback && !apiKey)
    throw new ListenError(
      `Without an API key the endpoint is for this machine alone, and ${host} is not.`,
      "Give a key, or leave the host out.",
    );
  if (apiKey === "") throw new ListenError("The API key is empty.", "Give a key that is hard to guess.");
  const closing = new AbortController();
  const all = { ...LIMITS, ...limits };
  const admission = new Admission(all.running, all.waiting);
  const app = createApp(
    { engine, admission, limits: all, closing: closing.signal },
    { names: loopback ? localNames(host) : undefined, apiKey },
  );
  const listener = getRequestListener(app.fetch, {
    // A request without a Host is refused by the guard, which looks at the header itself.
    hostname: "localhost",
    errorHandler: () => Response.json(badRequest().body, { status: 400 }),
    // Not ours to change: other parts of this process use them as well.
    overrideGlobalObjects: false,
  });
  const create = () => {
    const server = createServer(serverOptions(all), listener);
    server.maxConnections = all.connections;
    answerBadRequests(server);
    return server;
  };
  const servers = await listen(create, addressesOf(host), port);
  return {
    url: urlOf(servers[0]!, host),
    close: async () => {
      closing.abort(new ApiError(503, "The endpoint is being closed.", { code: "shutting_down" }));
      await Promise.all(servers.map(close));
    },
  };
}

function serverOptions({ arrivalMs, headersMs, idleMs }: Limits) {
  return {
    requestTimeout: arrivalMs,
    headersTimeout: headersMs,
    keepAliveTimeout: idleMs,
    connectionsCheckingInterval: Math.min(headersMs, 1000),
  };
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const farewell = setTimeout(() => server.closeAllConnections(), FAREWELL_MS);
  await closed;
  clearTimeout(farewell);
}
