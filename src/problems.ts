/** What to say when something went wrong, and what the user can do about it with a click. Pure: no editor in here. */
import { t } from "@vscode/l10n";
import type { PageCommand } from "../media/messages.ts";
import { visible } from "../server/protocol.ts";
import type { ServerStatus } from "./server/status.ts";
import { ServerError } from "./serverError.ts";
import { isRefusal } from "./sharing/refusal.ts";

/** What may help: commands of ours, without their prefix, and one of the editor's. */
export type Remedy =
  | "chooseModel"
  | "getModel"
  | "loadModel"
  | "connectRemote"
  | "setRemoteKey"
  | "useLocal"
  | "setAccessToken"
  | "joinModel"
  | "replaceModel"
  | "reloadWindow"
  | "restartServer"
  | "showLog";
export const remedyTitles = (): Record<Remedy, string> => ({
  chooseModel: t("Choose Model…"),
  getModel: t("Get a Model…"),
  loadModel: t("Load Model"),
  connectRemote: t("Change Remote Engine…"),
  setRemoteKey: t("Set Key…"),
  useLocal: t("Use Local Engine"),
  restartServer: t("Restart Server"),
  setAccessToken: t("Set Access Token…"),
  joinModel: t("Use What Is Loaded"),
  replaceModel: t("Load Mine for All"),
  reloadWindow: t("Reload Window"),
  showLog: t("Show Log"),
});

export const commandId = (name: Remedy | PageCommand): string =>
  name === "reloadWindow" ? "workbench.action.reloadWindow" : `nemotron.${name}`;

/** `message` is made for a notification. `titles`: where remedies can say more than they do elsewhere. */
export type Problem = {
  message: string;
  remedies: Remedy[];
  titles?: Partial<Record<Remedy, string>>;
  severity?: "warning";
};

/** What a command failed with. Undefined for what the user brought about: nobody wants to be told of that. */
export function problemOf(error: unknown, modelChosen: boolean): Problem | undefined {
  if (!(error instanceof ServerError)) {
    return { message: plain(error instanceof Error ? error.message : String(error)), remedies: [] };
  }
  if (error.code === "cancelled") return undefined;
  if (error.code === "noModel" && modelChosen)
    return { message: t("The model is not loaded."), remedies: ["loadModel"] };
  const problem = { message: sentences(error.message, error.data.next), remedies: remediesFor(error) };
  return isRefusal(error) ? { ...problem, titles: titlesFor(error), severity: "warning" } : problem;
}

/** For a question, which has room for names. */
function titlesFor({ data: { loaded, wanted } }: ServerError): Problem["titles"] {
  if (loaded === undefined) return undefined;
  if (wanted === undefined) return { joinModel: t("Use It as It Is"), replaceModel: t("Load It Anew for All") };
  return { joinModel: t("Use {0} Here", loaded), replaceModel: t("Load {0} for All", wanted) };
}

/** What is wrong with the server or its engine, or undefined while nothing is. @param isRemote what is chosen. */
export function problemIn(status: ServerStatus, isRemote = false): Problem | undefined {
  if (status.type === "refused") return problemOf(status.error, true);
  if (status.type !== "failed" && status.type !== "down") return undefined;
  const remedies: Remedy[] =
    status.type === "down"
      ? ["restartServer", "showLog"]
      : isRemote
        ? ["loadModel", "connectRemote", "setRemoteKey", "useLocal"]
        : ["loadModel", "chooseModel", "showLog"];
  return { message: sentences(status.reason, status.next), remedies };
}

function remediesFor({ code, data }: ServerError): Remedy[] {
  // Of a remote engine that could not be connected to.
  switch (data.cause ?? code) {
    case "unauthorized":
      return ["setRemoteKey", "useLocal"];
    case "unreachable":
    case "unknownModel":
    case "endpointFailed":
      return ["connectRemote", "useLocal"];
    case "notAllowed":
      return ["loadModel", "useLocal"];
    case "noModel":
      return ["chooseModel", "getModel"];
    case "accessDenied":
      return ["setAccessToken", "chooseModel"];
    case "downloadFailed":
    case "diskFull":
    case "notVerified":
      return ["chooseModel"];
    case "otherModel":
      return ["joinModel", "replaceModel"];
    case "otherVersion":
      return ["reloadWindow"];
    case "loadFailed":
      return ["chooseModel", "showLog"];
    case "serverDied":
    case "notRunning":
      return ["restartServer", "showLog"];
    case "engineCrashed":
    case "internal":
      return ["showLog"];
    default:
      return [];
  }
}

/** Without saying twice what the one says and the other repeats. */
const sentences = (message: string, next?: string) =>
  plain(next && !message.includes(next) ? `${message} ${next}` : message);

/**
 * For notifications, which make links, also such that run commands, of `[text](target)`: paths and models' names come
 * from outside.
 */
export const plain = (text: string) => visible(text).replaceAll("](", "] (");
