/** What went wrong with an installation, in words, and what the user can do about it. */
import { t } from "@vscode/l10n";
import { EngineError } from "../engine/engine.ts";

export function backendFailed(reason: string, next: string): EngineError {
  return new EngineError("backendFailed", reason, { reason, next });
}

/** Errors of the system, by their codes; whatever else it is, its message has to do. */
export function explain(error: unknown, { registry, folder }: { registry: string; folder: string }): EngineError {
  if (error instanceof EngineError) return error;
  const [code, message] = innermost(error);
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return backendFailed(
        t("The disk is full; what had been installed was taken back."),
        t("Make room on the disk that holds {0}, then install it again.", folder),
      );
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return backendFailed(
        t("{0} cannot be written ({1}).", folder, code),
        t("Check the permissions of that folder. On Windows, close other windows that use the backend."),
      );
    case "EBUSY":
      return backendFailed(
        t("{0} is in use ({1}).", folder, code),
        t("Unload the model in other windows, then try again."),
      );
    default:
      if (isNetwork(code))
        return backendFailed(
          t("The npm registry {0} could not be reached ({1}).", new URL(registry).host, message),
          t("Check the network, the proxy, and the setting nemotron.npmRegistry, then try again."),
        );
      return backendFailed(t("The backend could not be installed: {0}", message), t("Try again."));
  }
}

/** Whether trying the same again may help: the connection was lost, or there was none. */
export const isNetwork = (code: string) =>
  /^(UND_ERR_\w+|ECONN\w+|ENOTFOUND|EAI_\w+|ETIMEDOUT|EPIPE|ENET\w+|EHOST\w+|HPE_\w+|CERT_\w+|UNABLE_TO_\w+|ERR_TLS_\w+|\w+_CERT\w*)$/.test(
    code,
  );

/** Code and message of the error at the bottom of it: fetch wraps what happened. */
export function innermost(error: unknown): [code: string, message: string] {
  if (!(error instanceof Error)) return ["", String(error)];
  if (error.cause instanceof Error) return innermost(error.cause);
  const { code } = error as NodeJS.ErrnoException;
  // Connecting to several addresses fails with several errors and no message.
  return [code ?? "", error.message || code || error.name];
}
