/** The language of messages to the user. The client sends its translations, and each process gets them. */
import { config, t } from "@vscode/l10n";

/** Translated messages by their English text. */
export type Translations = Record<string, string>;

let translations: Translations = {};

/** Call this before any message to the user. Without it, messages are in English. */
export function setTranslations(texts: Translations): void {
  translations = texts;
  config({ contents: texts });
}

/** A number as readers of the messages write it, for example `32,768`: the translations name their language. */
export const numberText = (value: number): string => value.toLocaleString(t("en"));

export const getTranslations = (): Translations => translations;
