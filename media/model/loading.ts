/** The progress of loading a model, in words. Pure. */
import { t } from "@vscode/l10n";
import type { ModelState } from "../messages.ts";
import { percent } from "../page/format.ts";

/** The current step, in one line. */
export function connectingText({ name, remote }: ModelState & { type: "starting" | "loading" }): string {
  return remote ? t("Connecting to {0}", remote.host) : t("Loading {0}", name);
}

/** The share in percent, and the backend if it is known. */
export function loadingText(model: ModelState & { type: "starting" | "loading" }): string {
  if (model.type === "starting") return t("Starting…");
  return `${percent(model.progress)}${model.backend ? ` · ${model.backend}` : ""}`;
}
