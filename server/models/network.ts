/** The way to the network: proxies, redirects, time limits, and what goes wrong on it in words for the user. */
import { t } from "@vscode/l10n";
import { type Dispatcher, EnvHttpProxyAgent, interceptors, request } from "undici";
import { EngineError } from "../engine/engine.ts";

export type NetworkOptions = {
  /** An http or https proxy; left out: what the environment says (HTTPS_PROXY, NO_PROXY). */
  proxy?: string;
  /** Hosts that are reached without a proxy, as NO_PROXY lists them; left out: those of the environment. */
  noProxy?: string;
  /** Nothing has come for so long: the connection is given up, ms. */
  idleMs?: number;
};

export type Response = Dispatcher.ResponseData;

export type Network = {
  /** Follows redirects; `authorization` goes to the first host alone. Rejects with what the connection failed with. */
  get(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response>;
  close(): Promise<void>;
};

const IDLE_MS = 30_000;
const CONNECT_MS = 15_000;
const MOST_REDIRECTS = 8;

/** Throws EngineError downloadFailed where the proxy's address is none. */
export function openNetwork({ proxy, noProxy, idleMs = IDLE_MS }: NetworkOptions): Network {
  const limits = { bodyTimeout: idleMs, headersTimeout: idleMs, connect: { timeout: Math.min(CONNECT_MS, idleMs) } };
  // What is not encrypted need not be tunnelled, and many proxies would not do it.
  const uri = proxy ? webAddress(proxy, "nemotron.download.proxy").href : undefined;
  const agent = new EnvHttpProxyAgent({ httpProxy: uri, httpsProxy: uri, noProxy, proxyTunnel: false, ...limits });
  const dispatcher = agent.compose(interceptors.redirect({ maxRedirections: MOST_REDIRECTS }));
  return {
    get: (url, headers, signal) =>
      request(url, { dispatcher, signal, headers: { "user-agent": "nemotron-local", ...headers } }),
    close: () => agent.destroy(),
  };
}

/** An http or https address. Throws EngineError downloadFailed; `setting` names where it comes from. */
export function webAddress(text: string, setting: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === "https:" || url.protocol === "http:")) return url;
  const reason = t("The setting {0} is not an http or https address.", setting);
  throw new EngineError("downloadFailed", reason, { reason, next: t("Correct the setting, and try again.") });
}

/** Whether trying again may help: the connection failed, and not because of who is at its other end. */
export function isPassing(error: unknown): boolean {
  return PASSING.test(codeOf(error) ?? "");
}

const PASSING =
  /^(ECONN\w+|ENOTFOUND|EAI_AGAIN|ENETDOWN|ENETUNREACH|EHOSTDOWN|EHOSTUNREACH|EPIPE|ETIMEDOUT|UND_ERR_(SOCKET|\w+_TIMEOUT)|HPE_\w+)$/;
const UNTRUSTED = new Set([
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

function codeOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === "string") return code;
  }
  return undefined;
}

/** @param status that it answers with. */
export function proxyRefusal(status: number): EngineError {
  const reason = t("The proxy does not let the download through ({0}).", status);
  const next = t(
    "If it asks for a name and a password, put them into nemotron.download.proxy: http://NAME:PASSWORD@HOST.",
  );
  return new EngineError("downloadFailed", reason, { reason, next });
}

/** @param host as the user knows it. */
export function networkFailure(error: unknown, host: string): EngineError {
  // undici has no code of its own for what a proxy refuses.
  const [, status] =
    /^Proxy (?:response|Authentication Required) \((\d+)\)/.exec(error instanceof Error ? error.message : "") ?? [];
  if (status) return proxyRefusal(Number(status));
  const { reason, next } = said(error, host);
  return new EngineError("downloadFailed", reason, { reason, next });
}

function said(error: unknown, host: string): { reason: string; next: string } {
  const code = codeOf(error) ?? (error instanceof Error ? error.message : String(error));
  const again = t("What has come is kept: check the connection, and try again.");
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return {
      reason: t("There is no way to {0}: the name is not found.", host),
      next: t(
        "Check the connection. Behind a proxy, set nemotron.download.proxy; without a network, use a file of your own.",
      ),
    };
  if (UNTRUSTED.has(code) || code.startsWith("CERT_"))
    return {
      reason: t("{0} shows a certificate that is not trusted ({1}).", host, code),
      next: t("If your network inspects connections, name its certificate in NODE_EXTRA_CA_CERTS, and try again."),
    };
  if (code.endsWith("TIMEOUT") || code === "ETIMEDOUT")
    return { reason: t("{0} does not answer, or nothing more comes from it.", host), next: again };
  return { reason: t("The connection to {0} was lost ({1}).", host, code), next: again };
}
