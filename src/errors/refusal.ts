/** Explains why a window cannot use the shared engine as it is. Pure. */
import { t } from "@vscode/l10n";
import type { Refusal } from "../../server/protocol.ts";
import { modelName } from "../text/models.ts";
import { usedBy } from "../text/others.ts";

/** Whether the user has to decide, because others use another model or another version. */
export const isRefusal = ({ code }: { code: string }): boolean => code === "otherModel" || code === "otherVersion";

/** Explains a refusal to the user; undefined for other errors, or without details. @param code an error's name. */
export function refusalText(code: string, refusal: Refusal): { message: string; next: string } | undefined {
  if (code === "otherVersion")
    return {
      message: t("Nemotron Local was updated in another window."),
      next: t("Reload this window to continue."),
    };
  const { loaded, path, wanted, others } = refusal;
  if (code !== "otherModel" || loaded === undefined || wanted === undefined) return undefined;
  const who = usedBy(others);
  if (path === wanted)
    return {
      message: t("{0} is loaded with different settings and is used by {1}.", loaded, who),
      next: t("Use it as is, or reload it for all windows."),
    };
  const name = modelName(wanted);
  return {
    message: t("{0} is loaded and is used by {1}. This window is set to use {2}.", loaded, who, name),
    next: t("Use the loaded model, or load the other one for all windows."),
  };
}
