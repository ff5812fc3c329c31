/** `POST /v1/chat/completions`: a body in, a reply out, and the engine free as soon as nobody wants it any more. */
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { Engine, ReplyEvent } from "../engine/engine.ts";
import type { Admission } from "./admission.ts";
import { type Body, parseBody } from "./body.ts";
import { chunksOf, completionOf } from "./completion.ts";
import { toApiError } from "./errors.ts";
import type { Limits } from "./limits.ts";
import { checkName, type Served, servedBy } from "./models.ts";
import { Outbox } from "./outbox.ts";
import { readBody } from "./readBody.ts";
import { requestOf } from "./request.ts";

export type ChatDeps = {
  engine: Engine;
  admission: Admission;
  limits: Limits;
  /** The endpoint is being closed. */
  closing: AbortSignal;
};

export type Env = { Bindings: HttpBindings };

/** A reply that has begun. `over` gives its turn to the next. */
type Begun = {
  events: AsyncIterable<ReplyEvent>;
  body: Body;
  served: Served;
  abort: AbortController;
  over: () => void;
};

/** Throws ApiError, EngineError, PromptError, or the reason of `closing`. */
export async function chatCompletions(c: Context<Env>, deps: ChatDeps): Promise<Response> {
  const body = parseBody(await readBody(c.env, deps.limits.bodyBytes), deps.limits.depth);
  const request = requestOf(body);
  const served = servedBy(deps.engine);
  if (body.model) checkName(served, body.model);
  const abort = abortWith(c, deps.closing);
  const over = await deps.admission.enter(abort.signal);
  try {
    // What is refused is so before the first event: until then there can be a status.
    const events = await started(deps.engine.respond(request, abort.signal));
    const begun: Begun = { events, body, served, abort, over };
    return body.stream ? streamed(c, begun, deps.limits) : await whole(c, begun);
  } catch (error) {
    over();
    throw error;
  }
}

/** Aborts when the client has gone, and when the endpoint ends. */
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

async function whole(c: Context<Env>, { events, body, served, over }: Begun): Promise<Response> {
  const completion = await completionOf(events, options(body, served));
  over();
  return c.json(completion);
}

function streamed(c: Context<Env>, { events, body, served, abort, over }: Begun, limits: Limits): Response {
  c.header("X-Accel-Buffering", "no");
  return streamSSE(c, async (stream) => {
    const outbox = new Outbox({
      ...limits,
      write: (text) => stream.write(text),
      onStall: () => {
        abort.abort(new Error("The client is too slow."));
        c.env.outgoing.destroy();
      },
    });
    const includeUsage = body.stream_options?.include_usage === true;
    try {
      // A comment, which clients skip: it keeps a connection alive while a long prompt is read.
      for await (const chunk of chunksOf(events, { ...options(body, served), includeUsage }))
        await outbox.push(chunk ? `data: ${JSON.stringify(chunk)}\n\n` : ": reading\n\n");
    } catch (error) {
      await outbox.push(`data: ${JSON.stringify(toApiError(error).body)}\n\n`);
    } finally {
      // The model is free, however long the client takes to fetch the rest.
      over();
    }
    await outbox.push("data: [DONE]\n\n");
    await outbox.flushed();
  });
}

const options = (body: Body, { id }: Served) => ({ model: id, singleCall: body.parallel_tool_calls === false });
