/** Errors for callers of the language model: what went wrong, and what to do. */
import { t } from "@vscode/l10n";
import { LanguageModelError } from "vscode";
import type { Usage } from "../../server/protocol.ts";
import { sentences } from "../errors/problems.ts";
import { ServerError } from "../errors/serverError.ts";
import { numberText } from "../text/locale.ts";

/** @param modelChosen the settings name a model. */
export function languageModelError(error: unknown, modelChosen: boolean): LanguageModelError {
  const result = named(error, modelChosen);
  // Copilot's chat shows the stack to the user, to whom it means nothing.
  result.stack = result.message;
  return result;
}

function named(error: unknown, modelChosen: boolean): LanguageModelError {
  if (error instanceof LanguageModelError) return error;
  if (!(error instanceof ServerError))
    return new LanguageModelError(error instanceof Error ? error.message : `${error}`);
  switch (error.code) {
    case "noModel":
      return LanguageModelError.NotFound(modelChosen ? notLoaded() : notChosen());
    case "loadFailed":
    case "otherModel":
    case "otherVersion":
      return LanguageModelError.NotFound(inSentences(error));
    case "contextOverflow":
      return new LanguageModelError(overflow(error));
    default:
      return new LanguageModelError(inSentences(error));
  }
}

/** The error of a reply that filled the context. Without it, callers would take the reply for complete. */
export const cutOffError = ({ promptTokens, thoughtTokens, answerTokens }: Usage) =>
  new LanguageModelError(
    t(
      "The reply was cut off: with {0} tokens of prompt and {1} of reply the context is full. Send less, or load a larger context (setting nemotron.contextTokens).",
      numberText(promptTokens),
      numberText(thoughtTokens + answerTokens),
    ),
  );

function overflow({ message, data: { promptTokens, contextTokens } }: ServerError): string {
  if (promptTokens === undefined || contextTokens === undefined) return message;
  return t(
    "The prompt has {0} tokens, and the loaded context holds {1}. Nothing was sent. Send less (fewer files, tools or earlier turns), or load a larger context (setting nemotron.contextTokens).",
    numberText(promptTokens),
    numberText(contextTokens),
  );
}

const inSentences = ({ message, data }: ServerError) => sentences(message, data.next);

const notChosen = () =>
  t("No model has been chosen for Nemotron Local. Run the command Nemotron: Choose Model… and try again.");
const notLoaded = () =>
  t("The model of Nemotron Local is not loaded. Run the command Nemotron: Load Model and try again.");
