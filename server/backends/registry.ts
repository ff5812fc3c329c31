/** Asks the npm registry about a version of a package (the registry's API, GET /PACKAGE/VERSION). */
import { t } from "@vscode/l10n";
import * as z from "zod";
import type { Network } from "../files/downloads/network.ts";
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

/** A version of a package. `sha512`: base64. `unpackedBytes`: if the registry knows it. */
export type Release = { name: string; tarball: URL; sha512: string; unpackedBytes?: number };
/** `registry`: the address, as in the settings. */
export type Registry = { registry: string; network: Network };

/** Throws EngineError backendFailed, or the network's error. */
export async function fetchRelease(
  { registry, network }: Registry,
  name: string,
  version: string,
  signal: AbortSignal,
): Promise<Release> {
  const base = registryAddress(registry);
  const url = new URL(`${name.replace("/", "%2f")}/${version}`, base);
  const { statusCode, body } = await network.get(url.href, { accept: "application/json" }, signal);
  if (statusCode !== 200) {
    await body.dump();
    if (statusCode === 404)
      throw backendFailed(
        t("The npm registry {0} does not have {1} {2}.", base.host, name, version),
        t(
          "If the setting nemotron.npmRegistry names a mirror, the mirror may be out of date. Try another one, or try again later.",
        ),
      );
    throw statusError(base, statusCode);
  }
  const found = manifest.safeParse(await body.json().catch(() => undefined));
  const sha512 = found.data && /(?:^|\s)sha512-([A-Za-z0-9+/]{86}==)(?=\s|$)/.exec(found.data.dist.integrity)?.[1];
  if (!found.data || !sha512 || found.data.name !== name || found.data.version !== version)
    throw backendFailed(
      t("{0} does not respond like an npm registry.", base.host),
      t("Check the setting nemotron.npmRegistry. Another cause may be a proxy that answers in place of the registry."),
    );
  const { tarball, unpackedSize } = found.data.dist;
  return { name, tarball: replaceHost(new URL(tarball), base), sha512, unpackedBytes: unpackedSize };
}

/** EngineError backendFailed. @param status the registry's. */
export function statusError({ host }: URL, status: number) {
  return backendFailed(
    t("The npm registry {0} answered with status {1}.", host, status),
    t("Check the setting nemotron.npmRegistry, or try again later."),
  );
}

/** The registry's URL, with a slash at the end. Throws EngineError backendFailed. */
export function registryAddress(registry: string): URL {
  const address = URL.canParse(registry) ? new URL(registry) : undefined;
  if (address?.protocol !== "https:" && address?.protocol !== "http:")
    throw backendFailed(
      t("{0} is not a valid npm registry address.", registry),
      t("Set nemotron.npmRegistry to an address that begins with https://."),
    );
  if (!address.pathname.endsWith("/")) address.pathname += "/";
  return address;
}

/** Mirrors list the original registry's archives. As in npm (replace-registry-host), the mirror's own are loaded. */
function replaceHost(tarball: URL, base: URL): URL {
  if (tarball.host !== NPM_HOST || base.host === NPM_HOST) return tarball;
  return new URL(tarball.pathname.slice(1), base);
}
