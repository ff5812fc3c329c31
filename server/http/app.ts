/** The API server's routes, and the common part of all answers. */
import { Hono } from "hono";
import { chatCompletions } from "./chat/chatCompletions.ts";
import { ApiError, toApiError } from "./exchange/errors.ts";
import { type Api, answer, type Env, type ExchangeDeps } from "./exchange/exchange.ts";
import { checkModelName, listing, loadedModel } from "./exchange/models.ts";
import { type GuardOptions, guard } from "./guard.ts";
import { countTokens, errorBody, messages } from "./messages/api.ts";
import { createResponses } from "./responses/api.ts";

const COUNT = "/v1/messages/count_tokens";

export function createApp(deps: ExchangeDeps, guarded: GuardOptions): Hono<Env> {
  const { engine } = deps;
  /** The routes of replies. */
  const apis: Record<string, Api> = {
    "/v1/chat/completions": chatCompletions,
    "/v1/messages": messages,
    "/v1/responses": createResponses(),
  };
  /** The routes that know POST alone. */
  const posted = [...Object.keys(apis), COUNT];
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    await next();
    // An answer is data: browsers must not interpret it as a page, and proxies must not cache it.
    c.header("X-Content-Type-Options", "nosniff");
    c.header("Cache-Control", "no-store");
  });
  app.use(guard(guarded));

  // Some clients look whether anybody is here.
  app.get("/", (c) => c.body(null));
  app.get("/health", (c) => {
    loadedModel(engine);
    return c.json({ status: "ok" });
  });
  // As llama-server has it, for clients that look for the context's size.
  app.get("/props", (c) => {
    const { id, contextTokens } = loadedModel(engine);
    const settings = { n_ctx: contextTokens };
    return c.json({
      default_generation_settings: settings,
      total_slots: 1,
      model_alias: id,
      modalities: { vision: false },
    });
  });
  app.get("/metrics", (c) => {
    const { status } = engine;
    const model = status.type === "ready" || status.type === "busy" ? status.model : undefined;
    c.header("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    return c.body(deps.metrics.text({ ...deps.admission.load, model }));
  });
  app.get("/v1/models", (c) => c.json({ object: "list", data: listing(loadedModel(engine)) }));
  app.get("/v1/models/:id{.+}", (c) => {
    const served = loadedModel(engine);
    const id = c.req.param("id");
    checkModelName(served, id);
    return c.json(listing({ ...served, ids: [id] })[0]);
  });
  for (const [path, api] of Object.entries(apis)) app.post(path, (c) => answer(c, api, deps));
  app.post(COUNT, (c) => countTokens(c, deps));
  for (const path of posted)
    app.all(path, () => {
      throw new ApiError(405, `Use POST for ${path}.`, { code: "method_not_allowed" });
    });

  app.notFound((c) => {
    const message = `There is no ${c.req.method} ${c.req.path} here. There are POST ${posted.join(", ")}, GET /v1/models, /health, /props, /metrics.`;
    return c.json(bodyOf(new ApiError(404, message, { code: "unknown_url" }), c.req.path), 404);
  });
  app.onError((error, c) => {
    const failure = toApiError(error);
    if (failure.retryAfterS !== undefined) c.header("Retry-After", String(failure.retryAfterS));
    if (failure.status === 401) c.header("WWW-Authenticate", "Bearer");
    return c.json(bodyOf(failure, c.req.path), failure.status);
  });
  return app;
}

/** An error in the form of the API that the path belongs to. */
const bodyOf = (error: ApiError, path: string) => (path.startsWith("/v1/messages") ? errorBody(error) : error.body);
