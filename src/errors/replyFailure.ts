/** What the chat shows when a reply ended early. */
import { t } from "@vscode/l10n";
import { REPLY_ACTIONS, type Reply, type ReplyError } from "../../media/messages.ts";
import { remediesFor } from "./remedies.ts";
import { ServerError } from "./serverError.ts";

/** The reply's final state and error, with what the user can do. */
export function failureOf(error: unknown): Pick<Reply, "state" | "error"> {
  if (!(error instanceof ServerError))
    return { state: "failed", error: { message: error instanceof Error ? error.message : String(error), actions: [] } };
  const { code, message, data } = error;
  if (code === "cancelled") return { state: "stopped", error: undefined };
  const interrupted = INTERRUPTED.includes(data.cause ?? code);
  return {
    state: interrupted ? "interrupted" : "failed",
    error: { message, next: data.next, actions: pageRemedies(error), ...inTheChat(code) },
  };
}

/** Errors after which a reply counts as interrupted: it may be asked for again. */
const INTERRUPTED = ["connectionLost", "noReply", "notRunning", "engineCrashed", "serverDied"];

/** The remedies that the page has buttons for. */
export function pageRemedies(error: ServerError): ReplyError["actions"] {
  // `loadModel` has none: Retry, which is always there, loads the model.
  return remediesFor(error).flatMap((remedy) => REPLY_ACTIONS.filter((action) => action === remedy));
}

/** Where the chat's advice is better than the server's. */
function inTheChat(code: string): Partial<ReplyError> {
  switch (code) {
    case "contextOverflow":
      return { next: t("Remove attachments, or start a new chat."), actions: ["newChat"] };
    case "noModel":
      return { message: t("No model is loaded."), next: t("Choose a model file, then try again.") };
    case "unreadable":
      return { next: t("Remove it from the question, or save it inside the workspace, and try again.") };
    default:
      return {};
  }
}
