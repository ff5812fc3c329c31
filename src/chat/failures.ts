/** What the chat shows when a reply did not come to its end. */
import { t } from "@vscode/l10n";
import type { Reply, ReplyError } from "../../media/messages.ts";
import { ServerError } from "../serverError.ts";

/** The reply's last state, and what the user can do. */
export function failureOf(error: unknown): Pick<Reply, "state" | "error"> {
  if (!(error instanceof ServerError)) return failed(error instanceof Error ? error.message : String(error));
  const { code, message, data } = error;
  const next = typeof data.next === "string" ? data.next : undefined;
  switch (data.cause ?? code) {
    case "cancelled":
      return { state: "stopped", error: undefined };
    case "connectionLost":
    case "noReply":
    case "notRunning":
      return { state: "interrupted", error: { message, next, actions: [] } };
    case "engineCrashed":
    case "serverDied":
      return { state: "interrupted", error: { message, next, actions: ["showLog"] } };
    case "contextOverflow":
      return failed(message, t("Remove attachments, drop the oldest turns, or start a new chat."), ["newChat"]);
    case "noModel":
      return failed(t("No model is loaded."), t("Choose a model file, then try again."), ["chooseModel"]);
    case "loadFailed":
      return failed(message, next, ["chooseModel", "showLog"]);
    case "otherModel":
      return failed(message, next, ["joinModel", "replaceModel"]);
    case "otherVersion":
      return failed(message, next, ["reloadWindow"]);
    case "unauthorized":
      return failed(message, next, ["setRemoteKey"]);
    case "unreachable":
    case "unknownModel":
    case "endpointFailed":
      return failed(message, next, ["connectRemote"]);
    case "rateLimited":
      return failed(message, next);
    case "notAllowed":
      return failed(message, next, ["useLocal"]);
    case "unreadable":
      return failed(message, t("Remove it from the question, or save it inside the workspace, and try again."));
    default:
      return failed(message, next, ["showLog"]);
  }
}

function failed(message: string, next?: string, actions: ReplyError["actions"] = []): Pick<Reply, "state" | "error"> {
  return { state: "failed", error: { message, next, actions } };
}
