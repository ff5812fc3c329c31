/** Errors of an installation in words, with advice for the user. */
import { t } from "@vscode/l10n";
import { EngineError } from "../engine/engine.ts";
import { innermost, networkFailureOf } from "../shared/networkErrors.ts";

/** EngineError backendFailed. @param next what the user can do. */
export function backendFailed(reason: string, next: string): EngineError {
  return new EngineError("backendFailed", reason, { reason, next });
}

/** Explains the system's errors by their codes, and quotes other errors. EngineErrors pass unchanged. */
export function installError(error: unknown, { registry, folder }: { registry: string; folder: string }): EngineError {
  if (error instanceof EngineError) return error;
  const { code, message } = innermost(error);
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return backendFailed(
        t("The disk is full. The partial installation was removed."),
        t("Free some space on the disk that holds {0}, then install it again.", folder),
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
      if (networkFailureOf(code))
        return backendFailed(
          t("The npm registry {0} could not be reached ({1}).", new URL(registry).host, message),
          t("Check the network, the proxy, and the setting nemotron.npmRegistry, then try again."),
        );
      return backendFailed(t("The backend could not be installed: {0}", message.replace(/\.?$/, ".")), t("Try again."));
  }
}
