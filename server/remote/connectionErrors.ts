/** When there is no connection, or none any more. */
import { t } from "@vscode/l10n";
import { EngineError } from "../engine/engine.ts";

/** OpenSSL's and Node's codes for a certificate that is not trusted (nodejs.org/api/tls.html, "X509 certificate error codes"). */
const CERTIFICATE =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID|INVALID_CA)$/;

export const connectionLost = (host: string) => {
  const next = t("What has come of the reply is kept. Try again.");
  return new EngineError("connectionLost", t("The connection to {0} broke off in the middle of the reply.", host), {
    next,
  });
};

/** Why nobody answered, by what the connection failed with. */
export function unreachable(host: string, cause: unknown): EngineError {
  const code = cause === "timeout" ? "ETIMEDOUT" : codeOf(cause);
  const { reason, next } = explain(host, code, messageOf(cause));
  return new EngineError("unreachable", reason, { next });
}

function explain(host: string, code: string, message: string): { reason: string; next: string } {
  const settings = t("Look at the address in the settings of the remote engine.");
  if (code === "ECONNREFUSED")
    return { reason: t("Nothing answers at {0}.", host), next: t("Start the server there, then try again.") };
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return { reason: t("There is no host named {0}, or no network.", host), next: settings };
  if (CERTIFICATE.test(code))
    return {
      reason: t("The certificate of {0} is not trusted ({1}).", host, code),
      next: t("Have its authority trusted by this machine, or name its file in NODE_EXTRA_CA_CERTS."),
    };
  if (code === "EPROTO" || code.startsWith("ERR_SSL_"))
    return {
      reason: t("{0} does not speak TLS.", host),
      next: t("Use http:// in the address if the server has no certificate."),
    };
  if (/redirect/i.test(message))
    return { reason: t("{0} leads on to another address, which is not followed.", host), next: settings };
  if (code === "ETIMEDOUT" || code.endsWith("_TIMEOUT"))
    return { reason: t("{0} did not answer in time.", host), next: t("Try again later.") };
  return { reason: t("The connection to {0} failed ({1}).", host, code || message), next: settings };
}

/** The innermost that has one: undici wraps what the socket said, also several addresses' failures in one. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  return codeOf(inner) || ("code" in error && typeof error.code === "string" ? error.code : "");
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  return messageOf(error.cause) || error.message;
}
