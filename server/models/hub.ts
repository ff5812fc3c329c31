/** What the hub says of a file, before it is downloaded: how long it is, and its checksum. */
import { t } from "@vscode/l10n";
import { z } from "zod";
import { EngineError } from "../engine/engine.ts";
import type { CatalogueEntry } from "./catalogue.ts";
import { type Network, proxyRefusal, type Response, webAddress } from "./network.ts";

/** A file of the catalogue: what is known of it without asking anybody. */
export type CatalogueFile = Pick<CatalogueEntry, "repository" | "revision" | "file" | "bytes" | "exact" | "sha256">;

export type RemoteFile = { url: string; bytes: number; sha256: string };

export type Hub = { address: URL; accessToken?: string };

export const HUB = "https://huggingface.co";

/** @param mirror in place of the hub. Throws EngineError downloadFailed. */
export function hubAt(mirror: string | undefined, accessToken: string | undefined): Hub {
  const address = webAddress(mirror || HUB, "nemotron.download.mirror");
  const isPrivate = address.protocol === "https:" || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(address.hostname);
  // A token is never sent where others on the way could read it.
  return { address, accessToken: isPrivate ? accessToken : undefined };
}

/** Headers that go to the hub itself, never to where it leads. */
export const credentials = ({ accessToken }: Hub): Record<string, string> =>
  accessToken ? { authorization: `Bearer ${accessToken}` } : {};

export const repositoryPage = ({ address }: Hub, repository: string) => at(address, repository).href;

/** https://huggingface.co/docs/hub/api: entries of a folder; those in LFS, as models are, have their sha256 as oid. */
const Entries = z.array(
  z.object({
    path: z.string(),
    size: z.number().int().nonnegative(),
    lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/i) }).optional(),
  }),
);
/** A listing is some kB; what is longer is none. */
const LONGEST_LISTING = 8 * 1024 ** 2;

/**
 * Asks the hub. Where it has no such listing, as a plain mirror, what the catalogue knows for sure takes its place.
 * Rejects with EngineError, or with what the connection failed with.
 */
export async function resolveFile(
  known: CatalogueFile,
  hub: Hub,
  network: Network,
  signal: AbortSignal,
): Promise<RemoteFile> {
  const { repository, revision = "main", file } = known;
  const folder = file.split("/").slice(0, -1);
  const listing = at(hub.address, "api/models", repository, "tree", revision, ...folder);
  const response = await network.get(listing.href, { accept: "application/json", ...credentials(hub) }, signal);
  const url = at(hub.address, repository, "resolve", revision, file).href;
  if (response.statusCode === 404 && known.sha256 && known.exact) {
    await response.body.dump();
    return { url, bytes: known.bytes, sha256: known.sha256 };
  }
  if (response.statusCode !== 200) throw await refusal(response, hub, repository);
  const entry = (await entriesOf(response, hub)).find(({ path }) => path === file);
  if (!entry?.lfs) throw missing(hub, known);
  const sha256 = entry.lfs.oid.toLowerCase();
  if (known.sha256 && known.sha256 !== sha256) throw replaced(hub, known);
  return { url, bytes: entry.size, sha256 };
}

/** Each part is a path, whose names are data: nothing in them leads anywhere else. */
function at(base: URL, ...parts: string[]): URL {
  const names = parts.flatMap((part) => part.split("/")).map(encodeURIComponent);
  return new URL(`${base.origin}${base.pathname.replace(/\/$/, "")}/${names.join("/")}`);
}

async function entriesOf({ body }: Response, hub: Hub): Promise<z.infer<typeof Entries>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LONGEST_LISTING) break;
    chunks.push(chunk);
  }
  try {
    return Entries.parse(JSON.parse(Buffer.concat(chunks).toString("utf8")));
  } catch {
    const reason = t("{0} answers with something else than a list of files.", hub.address.host);
    throw failure(
      reason,
      t("If you have to sign in to this network, do so; check nemotron.download.mirror otherwise."),
    );
  }
}

/** A status that trying again does not change. `Refused` is one that it may change. */
export async function refusal(response: Response, hub: Hub, repository: string): Promise<Error> {
  const { statusCode, headers } = response;
  await response.body.dump().catch(() => {});
  if (statusCode === 401 || statusCode === 403) return denied(hub, repository);
  if (statusCode === 407) return proxyRefusal(statusCode);
  if (statusCode === 429 || statusCode >= 500) return new Refused(statusCode, retryAfter(headers["retry-after"]));
  const reason = t("{0} refuses the file: it answers with {1}.", hub.address.host, statusCode);
  return failure(reason, t("Check nemotron.download.mirror, or choose another model."));
}

/** The server wants it to be tried later. */
export class Refused extends Error {
  readonly statusCode: number;
  /** As it asks for, ms. */
  readonly afterMs: number | undefined;

  constructor(statusCode: number, afterMs: number | undefined) {
    super(`HTTP ${statusCode}`);
    this.statusCode = statusCode;
    this.afterMs = afterMs;
  }
}

/** RFC 9110, 10.2.3: seconds, or a date. */
function retryAfter(value: string | string[] | undefined): number | undefined {
  if (typeof value !== "string") return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function denied(hub: Hub, repository: string): EngineError {
  const page = repositoryPage(hub, repository);
  const reason = hub.accessToken
    ? t("{0} does not let your access token read {1}.", hub.address.host, repository)
    : t("{0} gives {1} only to those who have an access token.", hub.address.host, repository);
  const next = t("Accept the model's terms at {0}, then set your access token, and try again.", page);
  return new EngineError("accessDenied", reason, { reason, next, page });
}

const missing = (hub: Hub, { repository, file }: CatalogueFile) =>
  failure(
    t("{0} has no file {1} in {2}.", hub.address.host, file, repository),
    t("Check nemotron.download.mirror, or choose another model."),
  );

function replaced(hub: Hub, { file }: CatalogueFile): EngineError {
  const reason = t("{0} at {1} is not the file that this version of Nemotron Local knows.", file, hub.address.host);
  return new EngineError("notVerified", reason, {
    reason,
    next: t("Nothing was downloaded. Choose another model, or update Nemotron Local."),
  });
}

const failure = (reason: string, next: string) => new EngineError("downloadFailed", reason, { reason, next });
