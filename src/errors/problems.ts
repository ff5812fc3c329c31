/** Describes what went wrong, and what the user can do about it with a click. Pure: no VS Code API. */
import { t } from "@vscode/l10n";
import { sanitizeDisplayText } from "../../server/shared/displayText.ts";
import { modelName } from "../text/models.ts";
import { isRefusal } from "./refusal.ts";
import { type Remedy, remediesFor } from "./remedies.ts";
import { refusedError, ServerError, type ServerStatus } from "./serverError.ts";

/** `message`: escaped for a notification. `titles`: replace the usual titles of remedies. */
export type Problem = {
  message: string;
  remedies: readonly Remedy[];
  titles?: Partial<Record<Remedy, string>>;
  severity?: "warning";
};

/** Describes why a command failed. Undefined if the user cancelled it. @param modelChosen the settings name a model. */
export function problemOf(error: unknown, modelChosen: boolean): Problem | undefined {
  if (!(error instanceof ServerError)) {
    return { message: escapeNotification(error instanceof Error ? error.message : String(error)), remedies: [] };
  }
  if (error.code === "cancelled") return undefined;
  if (error.code === "noModel" && modelChosen)
    return { message: t("The model is not loaded."), remedies: ["loadModel"] };
  const problem = { message: escaped(error.message, error.data.next), remedies: remediesFor(error) };
  if (error.code === "downloadFailed") return { ...problem, titles: { getModel: t("Try Again") } };
  return isRefusal(error) ? { ...problem, titles: titlesFor(error), severity: "warning" } : problem;
}

/** Titles with the models' names: a question has room for them. */
function titlesFor({ data: { loaded, path, wanted } }: ServerError): Problem["titles"] {
  if (loaded === undefined || wanted === undefined) return undefined;
  if (path === wanted) return { joinModel: t("Use As Is"), replaceModel: t("Reload for All Windows") };
  return { joinModel: t("Use {0} Here", loaded), replaceModel: t("Load {0} for All Windows", modelName(wanted)) };
}

/** What is wrong with the server or its engine, if anything. @param isRemote the settings name a remote engine. */
export function problemIn(status: ServerStatus, isRemote = false): Problem | undefined {
  if (status.type === "refused") return problemOf(refusedError(status), true);
  if (status.type !== "failed" && status.type !== "down") return undefined;
  const remedies: Remedy[] =
    status.type === "down"
      ? ["restartServer", "showLog"]
      : isRemote
        ? ["loadModel", "connectRemote", "setRemoteKey", "useLocal"]
        : ["loadModel", "chooseModel", "showLog"];
  return { message: escaped(status.reason, status.next), remedies };
}

/** Both sentences, or only the message if it contains the other one. */
export const sentences = (message: string, next?: string): string =>
  sanitizeDisplayText(next && !message.includes(next) ? `${message} ${next}` : message);
const escaped = (message: string, next?: string) => escapeNotification(sentences(message, next));

/**
 * Breaks up `[text](target)`: a notification would show it as a link, which can run a command. Paths and model names
 * come from outside.
 */
export const escapeNotification = (text: string) => sanitizeDisplayText(text).replaceAll("](", "] (");
