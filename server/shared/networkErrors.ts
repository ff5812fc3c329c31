/** Why a connection failed: one table for everything that uses the network. */

/**
 * `refused`: nothing listens there. `notFound`: no such host, or no network. `untrusted`: the certificate is not valid.
 * `noTls`: the other end does not speak TLS. `timeout`: no answer, or no further data. `lost`: the connection broke, or
 * there is no route to the host.
 */
export type NetworkFailure = "refused" | "notFound" | "untrusted" | "noTls" | "timeout" | "lost";

/**
 * Codes of the system, of OpenSSL ("X509 certificate error codes" in nodejs.org/api/tls.html), of Node's HTTP parser,
 * and of undici.
 */
const FAILURES: [NetworkFailure, RegExp][] = [
  ["refused", /^ECONNREFUSED$/],
  ["notFound", /^(ENOTFOUND|EAI_\w+)$/],
  [
    "untrusted",
    /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID|INVALID_CA)$/,
  ],
  ["noTls", /^(EPROTO|ERR_SSL_\w+)$/],
  ["timeout", /^(ETIMEDOUT|\w+_TIMEOUT)$/],
  ["lost", /^(ECONN\w+|ENET\w+|EHOST\w+|EPIPE|HPE_\w+|UND_ERR_(SOCKET|PRX_TLS|RES_CONTENT_LENGTH_MISMATCH))$/],
];

/** Undefined for any other code. */
export const networkFailureOf = (code: string): NetworkFailure | undefined =>
  FAILURES.find(([, codes]) => codes.test(code))?.[0];

/**
 * Code and message of the original error. undici and fetch wrap the error of the socket, and combine the failures of
 * several addresses; of these, the first counts. `code` is empty if there is none.
 */
export function innermost(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: "", message: String(error) };
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  const below = inner instanceof Error ? innermost(inner) : { code: "", message: "" };
  const own = "code" in error && typeof error.code === "string" ? error.code : "";
  return { code: below.code || own, message: below.message || error.message || own || error.name };
}
