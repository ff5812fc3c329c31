/** What clients learn about the model before they use it. Pure. */
import path from "node:path";
import { t } from "@vscode/l10n";
import type { LoadParams, ModelInfo } from "../../server/protocol.ts";
import type { ServerStatus } from "../errors/serverError.ts";
import { numberText } from "../text/locale.ts";
import { whereItRuns } from "../text/models.ts";

/** As in the manifest. */
export const VENDOR = "nemotron";
/** The same for every file, so that the model that the user has chosen in a picker stays chosen. */
const MODEL_ID = "local";
/** Tokens of the context kept for thought and answer, but at most half of it. Copilot's own providers keep as many. */
const REPLY_TOKENS = 4096;

/** VS Code's LanguageModelChatInformation. */
export type Information = {
  id: string;
  name: string;
  family: string;
  version: string;
  detail: string;
  tooltip: string;
  maxInputTokens: number;
  maxOutputTokens: number;
  capabilities: { toolCalling: true; imageInput: false };
};

/**
 * @param wanted what the settings ask for; undefined while they name no model.
 * @param wantedContext the context that the settings ask for, tokens: reported until a model is loaded.
 */
export function information(status: ServerStatus, wanted: LoadParams | undefined, wantedContext: number): Information {
  const model = status.type === "ready" || status.type === "busy" ? status.model : undefined;
  const contextTokens = model?.contextTokens ?? wantedContext;
  const maxOutputTokens = Math.min(REPLY_TOKENS, Math.floor(contextTokens / 2));
  return {
    id: MODEL_ID,
    name: model?.name ?? nameOf(wanted),
    family: "nemotron",
    version: wanted?.model ? path.basename(wanted.model) : "",
    ...texts(model, wanted, wantedContext),
    // Prompt and reply share the context: together these are what is loaded.
    maxInputTokens: contextTokens - maxOutputTokens,
    maxOutputTokens,
    capabilities: { toolCalling: true, imageInput: false },
  };
}

function nameOf(wanted: LoadParams | undefined): string {
  const name = wanted?.remote ? wanted.remote.model : wanted && path.parse(wanted.model).name;
  return name ?? "Nemotron Local";
}

function texts(model: ModelInfo | undefined, wanted: LoadParams | undefined, wantedContext: number) {
  if (model) {
    const tokens = numberText(model.contextTokens);
    const loaded = t("{0} is loaded {1} with {2} tokens of context.", model.name, whereItRuns(model), tokens);
    const toy = model.toy ? ` ${t("This is the toy model of the tests: its answers mean nothing.")}` : "";
    return { detail: model.remote ? whereItRuns(model) : t("on this machine"), tooltip: `${loaded}${toy}` };
  }
  if (!wanted) {
    const next = t("Run the command Nemotron: Choose Model…");
    return { detail: t("no model chosen"), tooltip: `${t("No model is chosen.")} ${next}` };
  }
  const asked = t(
    "The settings ask for {0} tokens of context. Fewer are loaded if that many do not fit in memory.",
    numberText(wantedContext),
  );
  return { detail: t("not loaded yet"), tooltip: `${t("The first request loads the model.")} ${asked}` };
}
