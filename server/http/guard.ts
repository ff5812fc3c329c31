/** Decides who may send requests: programs on this machine, and programs with the key. Never a web page. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { HonoRequest, MiddlewareHandler } from "hono";
import { ApiError } from "./exchange/errors.ts";

export type GuardOptions = {
  /** The host names of this machine that clients may use. Left out if other machines may connect. */
  names?: string[];
  /** Undefined: no key is needed. */
  apiKey?: string;
};

/** The middleware. Throws ApiError 403 for web pages and unknown host names, 401 without the key. */
export function guard({ names, apiKey }: GuardOptions): MiddlewareHandler {
  return async ({ req }, next) => {
    refusePages(req);
    // A page whose own name was pointed at this machine (DNS rebinding) still sends that name. If other machines may
    // connect, the key keeps the page out.
    if (names) checkHost(req, names);
    if (apiKey !== undefined && !isOpen(req)) checkKey(req, apiKey);
    await next();
  };
}

/** Paths that reveal nothing about the model. */
const isOpen = ({ path }: HonoRequest) => path === "/health" || path === "/";

/** Browsers add these headers to the requests of pages; programs do not. */
function refusePages(req: HonoRequest): void {
  const site = req.header("sec-fetch-site");
  if (req.header("origin") === undefined && (site === undefined || site === "none")) return;
  throw new ApiError(403, "Web pages may not use this endpoint. Ask from a program, or from a server of your own.", {
    code: "origin_not_allowed",
  });
}

function checkHost(req: HonoRequest, names: string[]): void {
  const name = (req.header("host") ?? "").toLowerCase().replace(/:\d+$/, "");
  if (names.includes(name)) return;
  throw new ApiError(403, `This endpoint answers to the names ${names.join(", ")} alone.`, {
    code: "host_not_allowed",
  });
}

function checkKey(req: HonoRequest, apiKey: string): void {
  const [, bearer] = /^Bearer\s+(.+)$/i.exec(req.header("authorization") ?? "") ?? [];
  // Anthropic's clients send their key in a header of its own.
  const given = bearer ?? req.header("x-api-key");
  // Hashes have equal length, so the comparison time reveals nothing.
  const hash = (text: string) => createHash("sha256").update(text).digest();
  if (given !== undefined && timingSafeEqual(hash(given), hash(apiKey))) return;
  const message = given === undefined ? "An API key is needed: Authorization: Bearer KEY." : "The API key is wrong.";
  throw new ApiError(401, message, { code: "invalid_api_key" });
}
