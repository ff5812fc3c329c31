/** `POST /v1/chat/completions`: a body in, a reply out. Frees the engine as soon as the client is gone. */
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import { stream } from "hono/streaming";
import type { Engine, ReplyEvent } from "../engine/engine.ts";
import type { Admission } from "./admission.ts";
import { type Body, parseBody } from "./body.ts";
import { chunksOf, completionOf } from "./completion.ts";
import { toApiError } from "./errors.ts";
import { watchHalfClosed } from "./halfClosed.ts";
import type { Limits } from "./limits.ts";
import { checkModelName, type LoadedModel, loadedModel } from "./models.ts";
import { type BodyMemory, readBody } from "./readBody.ts";
import { requestOf } from "./request.ts";
import { SseWriter } from "./sseWriter.ts";

export type ChatDeps = {
  engine: Engine;
  admission: Admission;
  bodies: BodyMemory;
  limits: Limits;
  /** The API server is closing. */
  closing: AbortSignal;
};

export type Env = { Bindings: HttpBindings };

/** The request's body, its model, and what ends its reply. */
type Exchange = { body: Body; served: LoadedModel; abort: AbortController };
/** A reply that has begun. `endTurn` passes the turn to the next request. */
type StartedReply = { events: AsyncIterable<ReplyEvent>; endTurn: () => void };

/** Throws ApiError, EngineError, PromptError, or the reason of `closing`. */
export async function chatCompletions(c: Context<Env>, deps: ChatDeps): Promise<Response> {
  deps.admission.check();
  const body = parseBody(await readBody(c.env, deps.limits, deps.bodies), deps.limits.depth);
  const request = requestOf(body);
  const served = loadedModel(deps.engine);
  if (body.model) checkModelName(served, body.model);
  const exchange = { body, served, abort: abortWith(c, deps.closing) };
  watchHalfClosed(c.env, body.stream === true);
  const begun = begin(deps, request, exchange.abort.signal);
  if (!body.stream) return whole(c, exchange, await begun);
  // An error before this time is sent as the HTTP status. After it, the client gets keep-alive comments instead.
  await within(deps.limits.silenceMs, begun);
  return streamed(c, exchange, begun, deps.limits);
}

/** Waits for the request's turn, then for the first event. */
async function begin(
  { admission, engine }: ChatDeps,
  request: ReturnType<typeof requestOf>,
  signal: AbortSignal,
): Promise<StartedReply> {
  const endTurn = await admission.enter(signal);
  try {
    return { events: await started(engine.respond(request, signal)), endTurn };
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
function abortWith({ env: { outgoing } }: Context<Env>, closing: AbortSignal): AbortController {
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

async function whole(c: Context<Env>, exchange: Exchange, { events, endTurn }: StartedReply): Promise<Response> {
  try {
    return c.json(await completionOf(events, options(exchange)));
  } finally {
    endTurn();
  }
}

function streamed(c: Context<Env>, exchange: Exchange, begun: Promise<StartedReply>, limits: Limits): Response {
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
        exchange.abort.abort(new Error("The client is too slow."));
        c.env.outgoing.destroy();
      },
    });
    // Clients skip comments. Comments keep the connection alive, also through proxies.
    const silence = setInterval(() => void writer.push(": waiting\n\n"), limits.silenceMs);
    const send = (data: unknown) => {
      silence.refresh();
      return writer.push(data === undefined ? ": reading\n\n" : `data: ${JSON.stringify(data)}\n\n`);
    };
    let endTurn = () => {};
    try {
      if (!(await isSettled(begun))) await writer.push(": waiting\n\n");
      const { events, endTurn: end } = await begun;
      endTurn = end;
      const includeUsage = exchange.body.stream_options?.include_usage === true;
      for await (const chunk of chunksOf(events, { ...options(exchange), includeUsage })) await send(chunk);
    } catch (error) {
      await send(toApiError(error).body);
    } finally {
      clearInterval(silence);
      // The next request need not wait until this client has read the rest.
      endTurn();
    }
    await writer.push("data: [DONE]\n\n");
    await writer.flushed();
  });
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol();
  return (await Promise.race([promise, pending])) !== pending;
}

const options = ({ body, served }: Exchange) => ({
  model: served.id,
  singleCall: body.parallel_tool_calls === false,
});
