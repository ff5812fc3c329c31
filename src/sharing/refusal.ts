/** What a window is told when it and the engine that all windows share do not go together. Pure: no editor in here. */
import { t } from "@vscode/l10n";
import type { LoadParams } from "../../server/protocol.ts";
import { modelName } from "../models/texts.ts";
import type { ServerStatus } from "../server/status.ts";
import { ServerError } from "../serverError.ts";
import { usedBy } from "./words.ts";

export const isRefusal = ({ code }: ServerError): boolean => code === "otherModel" || code === "otherVersion";

/** The same in words for the user. @param params what was to be loaded. */
export function refusal(error: ServerError, params: LoadParams): ServerError {
  const { code, data } = error;
  if (code === "otherVersion") {
    const next = t("Reload this window to go on.");
    return new ServerError(code, t("Nemotron Local was updated in another window."), { ...data, next });
  }
  if (code !== "otherModel" || params.remote || data.loaded === undefined) return error;
  const who = usedBy(data.others);
  if (data.path === params.model) {
    const text = t("{0} is loaded otherwise than the settings of this window say, and used by {1}.", data.loaded, who);
    return new ServerError(code, text, { ...data, next: t("Use it as it is, or load it anew for all.") });
  }
  const wanted = modelName(params.model);
  const text = t("{0} is loaded, and used by {1}. The settings of this window name {2}.", data.loaded, who, wanted);
  const next = t("Use what is loaded, or load the other one for all.");
  return new ServerError(code, text, { ...data, wanted, next });
}

/** Whether what the server tells is no news to a window that was refused. @param params what was to be loaded. */
export function stillRefused({ code }: ServerError, params: LoadParams | undefined, status: ServerStatus): boolean {
  if (code === "otherVersion") return status.type === "noModel" || status.type === "failed";
  switch (status.type) {
    case "loading":
      return status.path !== params?.model;
    case "ready":
    case "busy":
      return status.model.path !== params?.model;
    case "noModel":
      // With a reason, the other model is gone.
      return status.reason === undefined;
    default:
      return false;
  }
}
