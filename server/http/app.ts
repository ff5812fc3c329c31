/** The API server's routes, and the common part of all answers. */
import { Hono } from "hono";
import { type ChatDeps, chatCompletions, type Env } from "./chatCompletions.ts";
import { ApiError, toApiError } from "./errors.ts";
import { type GuardOptions, guard } from "./guard.ts";
import { checkModelName, listing, loadedModel } from "./models.ts";

export function createApp(deps: ChatDeps, guarded: GuardOptions): Hono<Env> {
  const { engine } = deps;
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    await next();
    // An answer is data: browsers must not interpret it as a page, and proxies must not cache it.
    c.header("X-Content-Type-Options", "nosniff");
    c.header("Cache-Control", "no-store");
  });
  app.use(guard(guarded));

  app.get("/health", (c) => {
    loadedModel(engine);
    return c.json({ status: "ok" });
  });
  app.get("/v1/models", (c) => c.json({ object: "list", data: listing(loadedModel(engine)) }));
  app.get("/v1/models/:id{.+}", (c) => {
    const served = loadedModel(engine);
    const id = c.req.param("id");
    checkModelName(served, id);
    return c.json(listing({ ...served, ids: [id] })[0]);
  });
  app.post("/v1/chat/completions", (c) => {
    checkType(c.req.header("content-type"));
    return chatCompletions(c, deps);
  });
  app.all("/v1/chat/completions", () => {
    throw new ApiError(405, "Use POST for /v1/chat/completions.", { code: "method_not_allowed" });
  });

  app.notFound((c) => {
    const message = `There is no ${c.req.method} ${c.req.path} here. There are POST /v1/chat/completions, GET /v1/models, GET /health.`;
    return c.json(new ApiError(404, message, { code: "unknown_url" }).body, 404);
  });
  app.onError((error, c) => {
    const failure = toApiError(error);
    if (failure.retryAfterS !== undefined) c.header("Retry-After", String(failure.retryAfterS));
    if (failure.status === 401) c.header("WWW-Authenticate", "Bearer");
    return c.json(failure.body, failure.status);
  });
  return app;
}

/** A web page can send a form or text to another site without a preflight, but not JSON. */
function checkType(type = ""): void {
  if (/^application\/json\s*(;|$)/i.test(type)) return;
  throw new ApiError(415, "The body must be JSON: Content-Type: application/json.", { code: "unsupported_media_type" });
}
