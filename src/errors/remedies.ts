/** What may help against each problem: commands that the user can start with a click. Pure: no VS Code API. */
import { t } from "@vscode/l10n";
import type { PageCommand } from "../../media/messages.ts";
import type { ServerError, ServerErrorCode } from "./serverError.ts";

/** Commands of this extension without `nemotron.`; `reloadWindow` is VS Code's. */
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

/** The buttons' titles, in the display language. */
export const remedyTitles = (): Record<Remedy, string> => ({
  chooseModel: t("Choose Model…"),
  getModel: t("Get a Model…"),
  loadModel: t("Load Model"),
  connectRemote: t("Change Remote Engine…"),
  setRemoteKey: t("Set Key…"),
  useLocal: t("Use Local Engine"),
  restartServer: t("Restart Server"),
  setAccessToken: t("Set Access Token…"),
  joinModel: t("Use the Loaded Model"),
  replaceModel: t("Load Mine for All Windows"),
  reloadWindow: t("Reload Window"),
  showLog: t("Show Log"),
});

/** The full id of a remedy's or the page's command. */
export const commandId = (name: Remedy | PageCommand): string =>
  name === "reloadWindow" ? "workbench.action.reloadWindow" : `nemotron.${name}`;

/** Every place that shows a problem takes its buttons from here. */
const REMEDIES: Record<ServerErrorCode, readonly Remedy[]> = {
  noModel: ["chooseModel", "getModel"],
  loadFailed: ["chooseModel", "showLog"],
  engineCrashed: ["showLog"],
  endsEngine: ["showLog"],
  backendFailed: ["showLog"],
  internal: ["showLog"],
  serverDied: ["restartServer", "showLog"],
  notRunning: ["restartServer", "showLog"],
  // Of a remote engine.
  unauthorized: ["setRemoteKey", "useLocal"],
  unreachable: ["connectRemote", "useLocal"],
  unknownModel: ["connectRemote", "useLocal"],
  endpointFailed: ["connectRemote", "useLocal"],
  notAllowed: ["loadModel", "useLocal"],
  // Of model files.
  downloadFailed: ["getModel", "chooseModel"],
  diskFull: ["chooseModel"],
  notVerified: ["chooseModel"],
  accessDenied: ["setAccessToken", "chooseModel"],
  // Of the engine that all programs share.
  otherModel: ["joinModel", "replaceModel"],
  otherVersion: ["reloadWindow"],
  // No command helps: the user asks again, or asks something else.
  cancelled: [],
  connectionLost: [],
  noReply: [],
  rateLimited: [],
  contextOverflow: [],
  notCode: [],
  truncated: [],
  notThinking: [],
  unreadable: [],
  badSchema: [],
  notPlaced: [],
  badCall: [],
  licenseNotAccepted: [],
};

/** If a remote engine could not be loaded, the cause decides: it says more than the error. */
export function remediesFor({ code, data: { cause } }: ServerError): readonly Remedy[] {
  return cause !== undefined && isCode(cause) ? REMEDIES[cause] : REMEDIES[code];
}

const isCode = (name: string): name is ServerErrorCode => Object.hasOwn(REMEDIES, name);
