/** Errors of a connection to the hub, with advice for the user. */
import { t } from "@vscode/l10n";
import { EngineError } from "../engine/engine.ts";
import { ServerBusy } from "../files/downloads/transient.ts";
import { innermost, networkFailureOf } from "../shared/networkErrors.ts";

/** Parses an http or https address. Throws EngineError downloadFailed. @param setting the setting that contains it. */
export function webAddress(text: string, setting: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === "https:" || url.protocol === "http:")) return url;
  const reason = t("The setting {0} is not an http or https address.", setting);
  throw new EngineError("downloadFailed", reason, { reason, next: t("Correct the setting, and try again.") });
}

/** EngineError downloadFailed. @param status the status that the proxy answered with. */
export function proxyRefusal(status: number): EngineError {
  const reason = t("The proxy blocked the download ({0}).", status);
  const next = t(
    "If the proxy requires a user name and password, add them to nemotron.download.proxy: http://NAME:PASSWORD@HOST.",
  );
  return new EngineError("downloadFailed", reason, { reason, next });
}

/** The error for a download that was given up. @param host the name that the user knows. */
export function downloadError(error: unknown, host: string): EngineError {
  if (error instanceof EngineError) return error;
  if (error instanceof ServerBusy) return busy(error, host);
  // undici has no code of its own for a proxy's refusal.
  const [, status] =
    /^Proxy (?:response|Authentication Required) \((\d+)\)/.exec(error instanceof Error ? error.message : "") ?? [];
  if (status) return proxyRefusal(Number(status));
  const { reason, next } = explain(error, host);
  return new EngineError("downloadFailed", reason, { reason, next });
}

function explain(error: unknown, host: string): { reason: string; next: string } {
  const { code, message } = innermost(error);
  const failure = networkFailureOf(code);
  const again = t("Check the connection and try again. The download continues where it stopped.");
  if (failure === "notFound")
    return {
      reason: t("This machine seems to be offline: {0} was not found.", host),
      next: t(
        "Check the connection. Behind a proxy, set nemotron.download.proxy. Without a network, use your own model file.",
      ),
    };
  if (failure === "untrusted")
    return {
      reason: t("The certificate of {0} is not trusted ({1}).", host, code),
      next: t("If your network inspects connections, set NODE_EXTRA_CA_CERTS to its certificate file, then try again."),
    };
  if (failure === "timeout") return { reason: t("{0} does not respond, or stopped sending data.", host), next: again };
  return { reason: t("The connection to {0} was lost ({1}).", host, code || message), next: again };
}

function busy({ statusCode, afterMs }: ServerBusy, host: string): EngineError {
  const reason =
    statusCode === 429
      ? t("{0} received too many requests from this network and refuses more for a while.", host)
      : t("{0} is temporarily unavailable ({1}).", host, statusCode);
  const next = afterMs
    ? t("What was downloaded is kept. Try again in {0} minutes.", Math.ceil(afterMs / 60_000))
    : t("What was downloaded is kept. Try again later.");
  return new EngineError("downloadFailed", reason, { reason, next });
}
