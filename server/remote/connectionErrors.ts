/** Errors of a connection that fails or breaks. */
import { t } from "@vscode/l10n";
import { EngineError } from "../engine/engine.ts";
import { innermost, networkFailureOf } from "../shared/networkErrors.ts";

/** EngineError connectionLost: the stream broke off inside the reply. */
export const connectionLostError = (host: string) => {
  const next = t("The part of the reply that arrived is kept. Try again.");
  return new EngineError("connectionLost", t("The connection to {0} broke off in the middle of the reply.", host), {
    next,
  });
};

/** EngineError unreachable. @param cause the connection's error, or "timeout". */
export function unreachableError(host: string, cause: unknown): EngineError {
  const { code, message } = cause === "timeout" ? { code: "ETIMEDOUT", message: "" } : innermost(cause);
  const { reason, next } = explain(host, code, message);
  return new EngineError("unreachable", reason, { next });
}

function explain(host: string, code: string, message: string): { reason: string; next: string } {
  const failure = networkFailureOf(code);
  const settings = t("Check the address in the settings of the remote engine.");
  if (failure === "refused")
    return { reason: t("Nothing answers at {0}.", host), next: t("Start the server there, then try again.") };
  if (failure === "notFound")
    return { reason: t("The host {0} was not found, or there is no network.", host), next: settings };
  if (failure === "untrusted")
    return {
      reason: t("The certificate of {0} is not trusted ({1}).", host, code),
      next: t("Let this machine trust the issuing authority, or set NODE_EXTRA_CA_CERTS to its certificate file."),
    };
  if (failure === "noTls")
    return {
      reason: t("{0} does not speak TLS.", host),
      next: t("Use http:// in the address if the server has no certificate."),
    };
  if (/redirect/i.test(message))
    return { reason: t("{0} redirects to another address. Redirects are not followed.", host), next: settings };
  if (failure === "timeout") return { reason: t("{0} did not answer in time.", host), next: t("Try again later.") };
  return { reason: t("The connection to {0} failed ({1}).", host, code || message), next: settings };
}
