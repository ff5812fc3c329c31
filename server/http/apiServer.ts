/** The OpenAI-compatible API server: offers the loaded model to other programs on this machine. */
import { setMaxListeners } from "node:events";
import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Engine } from "../engine/engine.ts";
import { isLoopback } from "../shared/loopback.ts";
import { createApp } from "./app.ts";
import { answerBadRequests, badRequest } from "./badRequests.ts";
import { Connections } from "./connections.ts";
import { Admission } from "./exchange/admission.ts";
import { ApiError } from "./exchange/errors.ts";
import { allowHalfClosed } from "./exchange/halfClosed.ts";
import { LIMITS, type Limits } from "./exchange/limits.ts";
import { Metrics } from "./exchange/metrics.ts";
import { BodyMemory } from "./exchange/readBody.ts";
import { addressesOf, ListenError, listen, localNames, urlOf } from "./listen.ts";

export type ApiServerOptions = {
  engine: Engine;
  /** 0: any free port. */
  port: number;
  /** Undefined: `localhost`. A host that is not a loopback address requires a key. */
  host?: string;
  /** Required in every request except `GET /health`. Undefined: no key is needed. */
  apiKey?: string;
  limits?: Partial<Limits>;
  /** Answers 404 to names of models that are not loaded. Otherwise what is loaded answers to any name. */
  strictModel?: boolean;
};

export type ApiServer = {
  /** The base URL for clients, `http://localhost:8000/v1`. */
  url: string;
  /** Ends running replies, and resolves when all connections are closed. */
  close(): Promise<void>;
};

/** How long running requests may take to tell their clients that the server closes, ms. */
const FAREWELL_MS = 500;

/** Starts the server, and resolves when it listens. Throws ListenError. */
export async function startApiServer({
  engine,
  port,
  host,
  apiKey,
  limits,
  strictModel = false,
}: ApiServerOptions): Promise<ApiServer> {
  const loopback = host === undefined || isLoopback(host);
  if (!loopback && !apiKey)
    throw new ListenError(
      `Without an API key the endpoint is for this machine alone, and ${host} is not.`,
      "Give a key, or leave the host out.",
    );
  if (apiKey === "") throw new ListenError("The API key is empty.", "Give a key that is hard to guess.");
  const closing = new AbortController();
  const all = { ...LIMITS, ...limits };
  // Every running request adds a listener.
  setMaxListeners(0, closing.signal);
  const connections = new Connections(all);
  const app = createApp(
    {
      engine,
      admission: new Admission(all.running, all.waiting),
      counting: new Admission(all.running, all.waiting),
      bodies: new BodyMemory(all.bodiesBytes),
      metrics: new Metrics(),
      limits: all,
      closing: closing.signal,
      strictModel,
    },
    { names: loopback ? localNames(host) : undefined, apiKey },
  );
  const listener = getRequestListener(app.fetch, {
    // The guard checks the Host header itself and refuses a request without one.
    hostname: "localhost",
    errorHandler: () => Response.json(badRequest().body, { status: 400 }),
    // The cleanup would close the connection of a refused large body before the client has read the reason.
    autoCleanupIncoming: false,
    // Do not replace globals: other parts of this process use them.
    overrideGlobalObjects: false,
  });
  const create = () => {
    const server = createServer(serverOptions(all));
    allowHalfClosed(server);
    connections.serve(server, listener);
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
    // The guard refuses a request without a Host header, with a message.
    requireHostHeader: false,
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
