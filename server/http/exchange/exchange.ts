/** One request: a body in, a reply out, in the form of any API. Frees the engine as soon as the client is gone. */
import { createHash } from "node:crypto";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import { stream } from "hono/streaming";
import type { Engine, ReplyEvent, RespondRequest } from "../../engine/engine.ts";
import { isLoopback } from "../../shared/loopback.ts";
import type { Admission } from "./admission.ts";
import { ApiError, toApiError } from "./errors.ts";
import { parseJson } from "./fields.ts";
import { watchHalfClosed } from "./halfClosed.ts";
import type { Limits } from "./limits.ts";
import type { Metrics } from "./metrics.ts";
import { checkModelName, type LoadedModel, loadedModel } from "./models.ts";
import { type BodyMemory, readBody } from "./readBody.ts";
import { SseWriter } from "./sseWriter.ts";

export type ExchangeDeps = {
  engine: Engine;
  admission: Admission;
  /** For counting tokens, which does not wait for replies. */
  counting: Admission;
  bodies: BodyMemory;
  metrics: Metrics;
  limits: Limits;
  /** The API server is closing. */
  closing: AbortSignal;
  /** Refuse names of models that are not loaded. */
  strictModel: boolean;
};

export type Env = { Bindings: HttpBindings };

/** What one body asks for. */
type Asked = {
  model?: string | null;
  streams: boolean;
  request: RespondRequest;
  /** The whole reply. Throws what the reply throws. */
  whole(events: AsyncIterable<ReplyEvent>, served: LoadedModel): Promise<object>;
  /** The data of each event of a streamed reply; `undefined` while the prompt is read. */
  chunks(events: AsyncIterable<ReplyEvent>, served: LoadedModel): AsyncIterable<object | undefined>;
  /** The data of the event that reports an error in a stream. */
  failed(error: ApiError): object;
};

/** How one API reads its bodies and writes its streams. */
export type Api = {
  /** Throws ApiError 400. @param client names who asks. */
  read(body: unknown, client: string, served: LoadedModel): Asked;
  /** One event of a stream, as text. */
  frame(data: object): string;
  /** The text after the last event. */
  end: string;
};

/** An event of a stream that is named by its type. */
export const namedEvent = (data: object): string =>
  `event: ${(data as { type: string }).type}\ndata: ${JSON.stringify(data)}\n\n`;

type Exchange = { asked: Asked; served: LoadedModel; abort: AbortController };
/** A reply that has begun. `endTurn` passes the turn to the next request. */
type StartedReply = { events: AsyncIterable<ReplyEvent>; endTurn: () => void };

/** The body of a request as JSON. Throws ApiError. */
export async function readJson({ env, req }: Context<Env>, { limits, bodies }: ExchangeDeps): Promise<unknown> {
  checkType(req.header("content-type"));
  return parseJson(await readBody(env, limits, bodies), limits.depth);
}

/** Throws ApiError 404 for another model's name, if the server is strict about it. */
export function checkModel({ strictModel }: ExchangeDeps, served: LoadedModel, wanted?: string | null): void {
  if (wanted && strictModel) checkModelName(served, wanted);
}

/** Tells clients apart, so that one cannot continue another's conversation. */
function clientOf({ env, req }: Context<Env>): string {
  const names = ["authorization", "x-api-key", "user-agent", "openai-organization"].map(
    (name) => req.header(name) ?? "",
  );
  const { remoteAddress = "" } = env.incoming.socket;
  // `localhost` has two addresses, and a client can change between them.
  const address = isLoopback(remoteAddress) ? "loopback" : remoteAddress;
  return createHash("sha256")
    .update(JSON.stringify([address, ...names]))
    .digest("base64");
}

/** Throws ApiError, EngineError, PromptError, or the reason of `closing`. */
export async function answer(c: Context<Env>, api: Api, deps: ExchangeDeps): Promise<Response> {
  deps.admission.check();
  const body = await readJson(c, deps);
  const served = loadedModel(deps.engine);
  const asked = api.read(body, clientOf(c), served);
  checkModel(deps, served, asked.model);
  const exchange = { asked, served, abort: abortWith(c, deps.closing) };
  watchHalfClosed(c.env, asked.streams);
  const begun = begin(deps, asked.request, exchange.abort.signal);
  if (!asked.streams) return whole(c, exchange, await begun);
  // An error before this time is sent as the HTTP status. After it, the client gets keep-alive comments instead.
  await within(deps.limits.silenceMs, begun);
  return streamed(c, api, exchange, begun, deps.limits);
}

/** A web page can send a form or text to another site without a preflight, but not JSON. */
function checkType(type = ""): void {
  if (/^application\/json\s*(;|$)/i.test(type)) return;
  throw new ApiError(415, "The body must be JSON: Content-Type: application/json.", { code: "unsupported_media_type" });
}

/** Waits for the request's turn, then for the first event. */
async function begin(
  { admission, engine, metrics }: ExchangeDeps,
  request: RespondRequest,
  signal: AbortSignal,
): Promise<StartedReply> {
  const endTurn = await admission.enter(signal);
  try {
    return { events: await started(metrics.observe(engine.respond(request, signal))), endTurn };
  } catch (error) {
    endTurn();
    throw error;
  }
}

/** Waits for the promise, but at most this long, ms. */
async function within(ms: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Aborts when the client disconnects, and when the server closes. */
export function abortWith({ env: { outgoing } }: Context<Env>, closing: AbortSignal): AbortController {
  const abort = new AbortController();
  const gone = () => abort.abort(new Error("The client has gone."));
  const end = () => abort.abort(closing.reason);
  if (outgoing.destroyed) gone();
  if (closing.aborted) end();
  outgoing.once("close", () => {
    closing.removeEventListener("abort", end);
    gone();
  });
  closing.addEventListener("abort", end, { once: true });
  return abort;
}

/** Waits for the first event, so that an early error throws here. */
async function started(reply: AsyncIterable<ReplyEvent>): Promise<AsyncIterable<ReplyEvent>> {
  const rest = reply[Symbol.asyncIterator]();
  const first = await rest.next();
  return (async function* () {
    if (!first.done) yield first.value;
    for (;;) {
      const { done, value } = await rest.next();
      if (done) return;
      yield value;
    }
  })();
}

async function whole(
  c: Context<Env>,
  { asked, served }: Exchange,
  { events, endTurn }: StartedReply,
): Promise<Response> {
  try {
    return c.json(await asked.whole(events, served));
  } finally {
    endTurn();
  }
}

function streamed(
  c: Context<Env>,
  api: Api,
  { asked, served, abort }: Exchange,
  begun: Promise<StartedReply>,
  limits: Limits,
): Response {
  c.header("Content-Type", "text/event-stream");
  c.header("X-Accel-Buffering", "no");
  // Without this header, the adapter waits for more than the first event before it sends any.
  if (c.env.incoming.httpVersion !== "1.0") c.header("Transfer-Encoding", "chunked");
  // The stream reports the error. Without this handler it would count as unhandled until then.
  begun.catch(() => {});
  return stream(c, async (connection) => {
    const writer = new SseWriter({
      ...limits,
      write: (text) => connection.write(text),
      onStall: () => {
        abort.abort(new Error("The client is too slow."));
        c.env.outgoing.destroy();
      },
    });
    // Clients skip comments. Comments keep the connection alive, also through proxies.
    const silence = setInterval(() => void writer.push(": waiting\n\n"), limits.silenceMs);
    const send = (data: object | undefined) => {
      silence.refresh();
      return writer.push(data === undefined ? ": reading\n\n" : api.frame(data));
    };
    let endTurn = () => {};
    try {
      if (!(await isSettled(begun))) await writer.push(": waiting\n\n");
      const { events, endTurn: end } = await begun;
      endTurn = end;
      for await (const chunk of asked.chunks(events, served)) await send(chunk);
    } catch (error) {
      await send(asked.failed(toApiError(error)));
    } finally {
      clearInterval(silence);
      // The next request need not wait until this client has read the rest.
      endTurn();
    }
    if (api.end !== "") await writer.push(api.end);
    await writer.flushed();
  });
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol();
  return (await Promise.race([promise, pending])) !== pending;
}
