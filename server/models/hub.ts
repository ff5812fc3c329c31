/** Asks the hub about a file before a download: its size and checksum. */
import { t } from "@vscode/l10n";
import * as z from "zod";
import { EngineError } from "../engine/engine.ts";
import type { Network, Response } from "../files/downloads/network.ts";
import { isBusy, ServerBusy } from "../files/downloads/transient.ts";
import { quotedWords } from "../shared/displayText.ts";
import { isLoopback } from "../shared/loopback.ts";
import type { CatalogueEntry } from "./catalogue.ts";
import { proxyRefusal, webAddress } from "./connectionErrors.ts";

/** The part of a catalogue entry that is known without the hub. */
export type CatalogueFile = Pick<CatalogueEntry, "repository" | "revision" | "file" | "bytes" | "exact" | "sha256">;

/** A file on the hub. `sha256`: hexadecimal, lower case. */
export type RemoteFile = { url: string; bytes: number; sha256: string };

/** Hugging Face, or a mirror of it. */
export type Hub = { address: URL; accessToken?: string };

const HUB = "https://huggingface.co";

/** @param mirror the address to use instead of huggingface.co. Throws EngineError downloadFailed. */
export function hubAt(mirror: string | undefined, accessToken: string | undefined): Hub {
  const address = webAddress(mirror || HUB, "nemotron.download.mirror");
  const isPrivate = address.protocol === "https:" || isLoopback(address.hostname);
  // A token never leaves this machine unencrypted.
  return { address, accessToken: isPrivate ? accessToken : undefined };
}

/** Headers for the hub itself, never for the targets of its redirects. */
export const credentials = ({ accessToken }: Hub): Record<string, string> =>
  accessToken ? { authorization: `Bearer ${accessToken}` } : {};

const repositoryPage = ({ address }: Hub, repository: string) => at(address, repository).href;

/** Entries of a folder (https://huggingface.co/docs/hub/api). Models are stored in LFS: their `oid` is the sha256. */
const Entries = z.array(
  z.object({
    path: z.string(),
    size: z.number().int().nonnegative(),
    lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/i) }).optional(),
  }),
);
/** Maximum size of a listing, bytes; real ones have some kB. */
const LONGEST_LISTING = 8 * 1024 ** 2;

/**
 * Asks the hub. If it has no listing (a plain mirror), uses the catalogue's exact size and checksum. Throws
 * EngineError, ServerBusy, or the connection's error.
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

/** Appends paths to the base. Special characters in their names are encoded. */
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
    const reason = t("{0} did not answer with a list of files.", hub.address.host);
    throw failure(
      reason,
      t("If this network requires you to sign in, sign in. Otherwise check the setting nemotron.download.mirror."),
    );
  }
}

/** The error for a status other than success: ServerBusy if a retry may help, otherwise EngineError. */
export async function refusal(response: Response, hub: Hub, repository: string): Promise<Error> {
  const { statusCode, headers } = response;
  await response.body.dump().catch(() => {});
  if (statusCode === 401 || statusCode === 403) return denied(hub, repository, saidIn(headers["x-error-message"], hub));
  if (statusCode === 407) return proxyRefusal(statusCode);
  if (isBusy(statusCode)) return new ServerBusy(statusCode, headers["retry-after"]);
  const reason = t("{0} refused the file: it answered with {1}.", hub.address.host, statusCode);
  return failure(reason, t("Check the setting nemotron.download.mirror, or choose another model."));
}

/** Hugging Face's reason, which it sends in a header. The access token is removed from it. */
const saidIn = (header: string | string[] | undefined, { accessToken }: Hub): string =>
  typeof header === "string" ? quotedWords(header, accessToken) : "";

function denied(hub: Hub, repository: string, words: string): EngineError {
  const page = repositoryPage(hub, repository);
  const { host } = hub.address;
  const refused = hub.accessToken
    ? t("{0} does not allow your access token to read {1}.", host, repository)
    : t("{0} requires an access token for {1}.", host, repository);
  const reason = words === "" ? refused : `${refused} ${t("{0} says: {1}", host, words)}`;
  const next = t("Accept the model's terms at {0}, then set your access token, and try again.", page);
  return new EngineError("accessDenied", reason, { reason, next, page });
}

const missing = (hub: Hub, { repository, file }: CatalogueFile) =>
  failure(
    t("{0} has no file {1} in {2}.", hub.address.host, file, repository),
    t("Check the setting nemotron.download.mirror, or choose another model."),
  );

function replaced(hub: Hub, { file }: CatalogueFile): EngineError {
  const reason = t("{0} at {1} is not the file that this version of Nemotron Local expects.", file, hub.address.host);
  return new EngineError("notVerified", reason, {
    reason,
    next: t("Nothing was downloaded. Choose another model, or update Nemotron Local."),
  });
}

const failure = (reason: string, next: string) => new EngineError("downloadFailed", reason, { reason, next });
