/** What the npm registry says of a package's version (the registry's API, GET /PACKAGE/VERSION). */
import { t } from "@vscode/l10n";
import { type Dispatcher, fetch } from "undici";
import { z } from "zod";
import { NPM_REGISTRY } from "../protocol.ts";
import { backendFailed } from "./failure.ts";

const NPM_HOST = new URL(NPM_REGISTRY).host;

const manifest = z.object({
  name: z.string(),
  version: z.string(),
  dist: z.object({
    tarball: z.url({ protocol: /^https?$/ }),
    integrity: z.string(),
    unpackedSize: z.number().positive().optional(),
  }),
});

/** `sha512`: base64. `unpackedBytes`: where the registry tells. */
export type Release = { name: string; tarball: URL; sha512: string; unpackedBytes?: number };
export type Registry = { registry: string; dispatcher: Dispatcher };

/** Throws EngineError backendFailed; what the network throws comes as it is. */
export async function release(
  { registry, dispatcher }: Registry,
  name: string,
  version: string,
  signal: AbortSignal,
): Promise<Release> {
  const base = registryAddress(registry);
  const response = await fetch(new URL(`${name.replace("/", "%2f")}/${version}`, base), {
    dispatcher,
    signal,
    headers: { accept: "application/json" },
  });
  if (!response.ok) {
    await response.body?.cancel();
    if (response.status === 404)
      throw backendFailed(
        t("The npm registry {0} does not have {1} {2}.", base.host, name, version),
        t("If the setting nemotron.npmRegistry names a mirror, it may be behind: try another one, or try again later."),
      );
    throw refused(base, response.status);
  }
  const found = manifest.safeParse(await response.json().catch(() => undefined));
  const sha512 = found.data && /(?:^|\s)sha512-([A-Za-z0-9+/]{86}==)(?=\s|$)/.exec(found.data.dist.integrity)?.[1];
  if (!found.data || !sha512 || found.data.name !== name || found.data.version !== version)
    throw backendFailed(
      t("{0} does not answer as an npm registry does.", base.host),
      t("Check the setting nemotron.npmRegistry; a proxy that answers in its place is another cause."),
    );
  const { tarball, unpackedSize } = found.data.dist;
  return { name, tarball: replaceHost(new URL(tarball), base), sha512, unpackedBytes: unpackedSize };
}

export function refused({ host }: URL, status: number) {
  return backendFailed(
    t("The npm registry {0} answered with status {1}.", host, status),
    t("Check the setting nemotron.npmRegistry, or try again later."),
  );
}

/** Throws EngineError backendFailed. */
export function registryAddress(registry: string): URL {
  const address = URL.canParse(registry) ? new URL(registry) : undefined;
  if (address?.protocol !== "https:" && address?.protocol !== "http:")
    throw backendFailed(
      t("{0} is not the address of an npm registry.", registry),
      t("Set nemotron.npmRegistry to an address that begins with https://."),
    );
  if (!address.pathname.endsWith("/")) address.pathname += "/";
  return address;
}

/** Mirrors name the original's archives; like npm (its replace-registry-host) we take them from the mirror. */
function replaceHost(tarball: URL, base: URL): URL {
  if (tarball.host !== NPM_HOST || base.host === NPM_HOST) return tarball;
  return new URL(tarball.pathname.slice(1), base);
}
