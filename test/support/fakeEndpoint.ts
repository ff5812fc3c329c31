/** A scripted HTTP server on the loopback that answers and fails as endpoints do. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";

/** The parts of a request body that tests check. */
export type Sent = {
  model?: string;
  messages?: { role: string; content: string; [field: string]: unknown }[];
  stop?: unknown;
  [parameter: string]: unknown;
};
export type Asked = { method: string; path: string; headers: IncomingMessage["headers"]; body: Sent };
/** `nth`: the number of the chat request, from 0. */
export type Answer = { response: ServerResponse; asked: Asked; nth: number };
type Handler = (answer: Answer) => Promise<void> | void;

export class FakeEndpoint {
  readonly asked: Asked[] = [];
  /** Number of chat connections that the client closed before the end of the answer. */
  closedEarly = 0;
  models: Handler;
  chat: Handler = ({ response }) => sse(response, [text("Hello."), finish("stop")]);
  others: Handler = ({ response }) => json(response, 404, { error: { message: "Not Found" } });
  private readonly server: Server;
  private chats = 0;

  private constructor(model: object) {
    this.models = ({ response }) => json(response, 200, { object: "list", data: [model] });
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  /** @param model its one model, as its `GET /models` lists it. */
  static async start(model: object = MODELS.openai): Promise<FakeEndpoint> {
    const endpoint = new FakeEndpoint(model);
    endpoint.server.listen(0, "127.0.0.1");
    await once(endpoint.server, "listening");
    return endpoint;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.port}/v1`;
  }

  /** The bodies of the chat requests. */
  get requests(): Sent[] {
    return this.asked.filter(({ path }) => path === "/v1/chat/completions").map(({ body }) => body);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const piece of request) body += piece;
    const path = request.url ?? "";
    const asked = {
      method: request.method ?? "",
      path,
      headers: request.headers,
      body: body === "" ? {} : JSON.parse(body),
    };
    this.asked.push(asked);
    if (path === "/v1/models") return this.models({ response, asked, nth: 0 });
    if (path !== "/v1/chat/completions") return this.others({ response, asked, nth: 0 });
    response.once("close", () => {
      if (!response.writableEnded) this.closedEarly++;
    });
    await this.chat({ response, asked, nth: this.chats++ });
  }
}

/** Entries of `GET /models` from each kind of endpoint. */
export const MODELS = {
  openai: { id: "some-model", object: "model", created: 1, owned_by: "somebody" },
  vllm: {
    id: "nvidia/NVIDIA-Nemotron-Nano-9B-v2",
    object: "model",
    owned_by: "vllm",
    root: "nvidia/NVIDIA-Nemotron-Nano-9B-v2",
    parent: null,
    max_model_len: 65_536,
  },
  "llama-server": {
    id: "nemotron",
    object: "model",
    owned_by: "llamacpp",
    meta: { n_ctx: 8192, n_ctx_train: 131_072 },
  },
  openrouter: {
    id: "nvidia/nemotron-nano-9b-v2",
    name: "NVIDIA: Nemotron Nano 9B V2",
    context_length: 131_072,
    supported_parameters: ["max_tokens", "reasoning", "tools"],
  },
};

// ---- Pieces of streams -------------------------------------------------------------------------------------------

/** A chunk of a streamed chat completion (OpenAI's API), as are the others below. */
export const delta = (fields: object, more: object = {}) => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "some-model",
  choices: [{ index: 0, delta: fields, finish_reason: null }],
  ...more,
});
export const text = (content: string) => delta({ content });
export const reasoning = (reasoning_content: string) => delta({ reasoning_content });
export const finish = (finish_reason: string) => ({
  ...delta({}),
  choices: [{ index: 0, delta: {}, finish_reason }],
});
export const usage = (prompt_tokens: number, completion_tokens: number, cached_tokens?: number) => ({
  ...delta({}),
  choices: [],
  usage: {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    ...(cached_tokens !== undefined && { prompt_tokens_details: { cached_tokens } }),
  },
});

export function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

/** A whole stream. */
export async function sse(response: ServerResponse, chunks: object[]): Promise<void> {
  for (const chunk of chunks) await send(response, chunk);
  response.end("data: [DONE]\n\n");
}

/** Sends one piece, and waits until the client has it. Resolves at once when the client is gone. */
export async function send(response: ServerResponse, chunk: object | string): Promise<void> {
  if (!response.headersSent) response.writeHead(200, { "content-type": "text/event-stream" });
  if (response.destroyed) return;
  response.write(typeof chunk === "string" ? chunk : `data: ${JSON.stringify(chunk)}\n\n`);
  await setTimeout(1);
}

/** Sends pieces until the client disconnects. */
export async function endless(response: ServerResponse, piece: (nth: number) => object): Promise<void> {
  for (let nth = 0; !response.destroyed; nth++) await send(response, piece(nth));
}
