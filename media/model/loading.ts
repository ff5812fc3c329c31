/** How far the loading of a model is, in words. Pure. */
import { t } from "@vscode/l10n";
import type { ModelState } from "../messages.ts";
import { percent } from "../page/format.ts";

export function loadingText(model: ModelState & { type: "starting" | "loading" }): string {
  if (model.type === "starting") return t("Starting…");
  return `${percent(model.progress)}${model.backend ? ` · ${model.backend}` : ""}`;
}
