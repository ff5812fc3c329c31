/** Who may ask at all: programs on this machine, and those that know the key. Never a page in a browser. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { HonoRequest, MiddlewareHandler } from "hono";
import { ApiError } from "./errors.ts";

export type GuardOptions = {
  /** The names that clients may know us by: those of this machine alone. Left out where others may ask as well. */
  names?: string[];
  apiKey?: string;
};

export function guard({ names, apiKey }: GuardOptions): MiddlewareHandler {
  return async ({ req }, next) => {
    refusePages(req);
    // A page whose own name has been pointed at this machine still names itself. Elsewhere the key keeps it out.
    if (names) checkHost(req, names);
    if (apiKey !== undefined && !isOpen(req)) checkKey(req, apiKey);
    await next();
  };
}

/** What tells nothing of the model. */
const isOpen = ({ path }: HonoRequest) => path === "/health";

/** Browsers add these headers on their own to what a page asks for; programs do not. */
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
  const [, given] = /^Bearer\s+(.+)$/i.exec(req.header("authorization") ?? "") ?? [];
  // Hashes have one length: nothing is told by how long the comparison takes.
  const hash = (text: string) => createHash("sha256").update(text).digest();
  if (given !== undefined && timingSafeEqual(hash(given), hash(apiKey))) return;
  const message = given === undefined ? "An API key is needed: Authorization: Bearer KEY." : "The API key is wrong.";
  throw new ApiError(401, message, { code: "invalid_api_key" });
}
