/**
 * The API server over an engine, in this process, and raw connections to it for what no well-behaved client does.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { Supervisor } from "../../server/engine/client/supervisor.ts";
import type { Engine } from "../../server/engine/engine.ts";
import { type ApiServer, type ApiServerOptions, startApiServer } from "../../server/http/apiServer.ts";
import type { Status } from "../../server/protocol.ts";
import { TOY } from "./client.ts";
import { WITH_PACE } from "./pace.ts";
import { processesAt } from "./processes.ts";

export type TestEndpoint = {
  engine: Engine;
  endpoint: ApiServer;
  /** Without `/v1`. */
  origin: string;
  port: number;
  openai: OpenAI;
  anthropic: Anthropic;
  stop(): Promise<void>;
};

/** `pid`: its engine's id, for holding it (pace.ts). `statesFolder`: where it saves states. */
export type ToyEndpoint = TestEndpoint & { pid: number; statesFolder: string };

/** Starts the API server with the toy model on the CPU, on a free port. */
export async function startToyEndpoint(options: Partial<ApiServerOptions> = {}): Promise<ToyEndpoint> {
  const statesFolder = mkdtempSync(path.join(os.tmpdir(), "nemotron-test-states-"));
  const engine = new Supervisor({ enginePath: path.resolve("dist/engine.mjs"), statesFolder, log: () => {} });
  Object.assign(process.env, WITH_PACE, { NEMOTRON_RUNTIME_DIR: statesFolder });
  await engine.load({ model: TOY, gpu: "off", contextTokens: 8192 });
  delete process.env.NODE_OPTIONS;
  delete process.env.NEMOTRON_RUNTIME_DIR;
  const [pid] = processesAt(statesFolder, "engine");
  const served = await serveEngine(engine, options);
  const stop = async () => {
    await served.stop();
    rmSync(statesFolder, { recursive: true, force: true });
  };
  return { ...served, stop, pid: pid!, statesFolder };
}

/** Starts the API server for an engine, on a free port. `stop` also ends the engine. */
export async function serveEngine(engine: Engine, options: Partial<ApiServerOptions> = {}): Promise<TestEndpoint> {
  const endpoint = await startApiServer({ engine, port: 0, ...options });
  const { port, origin } = new URL(endpoint.url);
  return {
    engine,
    endpoint,
    origin,
    port: Number(port),
    openai: new OpenAI({ baseURL: endpoint.url, apiKey: options.apiKey ?? "local", maxRetries: 0 }),
    anthropic: new Anthropic({ baseURL: origin, apiKey: options.apiKey ?? "local", maxRetries: 0 }),
    stop: async () => {
      await endpoint.close();
      await engine.dispose();
    },
  };
}

/** Waits for this status of the engine; the current one counts. */
export function statusOf(engine: Engine, type: Status["type"]): Promise<void> {
  if (engine.status.type === type) return Promise.resolve();
  return new Promise((resolve) => engine.onStatus((status) => status.type === type && resolve()));
}

export type RawAnswer = { status: number; headers: IncomingMessage["headers"]; body: string };
type RawRequest = { method?: string; path?: string; headers?: Record<string, string>; body?: string | Buffer };

export const CHAT = "/v1/chat/completions";

/** A request with exactly these headers, which `fetch` would not send. */
export function raw({ port }: TestEndpoint, { body, headers = {}, ...rest }: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { agent: false, host: "127.0.0.1", port, method: "POST", path: CHAT, ...rest, headers },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (data) => {
          text += data;
        });
        response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, body: text }));
        response.on("error", reject);
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

/** A POST of this JSON, as a normal program sends it. */
export const post = (endpoint: TestEndpoint, body: unknown, headers: Record<string, string> = {}, path = CHAT) =>
  raw(endpoint, {
    path,
    headers: { "Content-Type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

/** A connection that has sent a chat, and reads only when told to. */
export function connectAndAsk({ port }: TestEndpoint, body: object): Promise<net.Socket> {
  const text = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1", () => {
      socket.write(
        `POST ${CHAT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
        () => resolve(socket),
      );
    });
    socket.on("error", reject);
  });
}
