/** What to say when something went wrong, and what the user can do about it with a click. Pure: no editor in here. */
import { t } from "@vscode/l10n";
import { sanitizeDisplayText } from "../../server/shared/displayText.ts";
import { modelName } from "../text/models.ts";
import { isRefusal } from "./refusal.ts";
import { type Remedy, remediesFor } from "./remedies.ts";
import { refusedError, ServerError, type ServerStatus } from "./serverError.ts";

/** `message` is made for a notification. `titles`: where remedies can say more than they do elsewhere. */
export type Problem = {
  message: string;
  remedies: readonly Remedy[];
  titles?: Partial<Record<Remedy, string>>;
  severity?: "warning";
};

/** What a command failed with. Undefined for what the user brought about: nobody wants to be told of that. */
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

/** For a question, which has room for names. */
function titlesFor({ data: { loaded, path, wanted } }: ServerError): Problem["titles"] {
  if (loaded === undefined || wanted === undefined) return undefined;
  if (path === wanted) return { joinModel: t("Use As Is"), replaceModel: t("Reload for All Windows") };
  return { joinModel: t("Use {0} Here", loaded), replaceModel: t("Load {0} for All Windows", modelName(wanted)) };
}

/** What is wrong with the server or its engine, or undefined while nothing is. @param isRemote what is chosen. */
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

/** Without saying twice what the one says and the other repeats. */
export const sentences = (message: string, next?: string): string =>
  sanitizeDisplayText(next && !message.includes(next) ? `${message} ${next}` : message);
const escaped = (message: string, next?: string) => escapeNotification(sentences(message, next));

/**
 * For notifications, which make links, also such that run commands, of `[text](target)`: paths and models' names come
 * from outside.
 */
export const escapeNotification = (text: string) => sanitizeDisplayText(text).replaceAll("](", "] (");
