/** The display language: VS Code's if there are translations, otherwise English. */
import { config } from "@vscode/l10n";

/** Translations by the English text. */
export type Translations = Record<string, string>;

let language = "en";

/** Called once, before any text is shown. @param translations of `wanted`; undefined if there are none. */
export function setLanguage(wanted: string, translations: Translations | undefined): void {
  language = translations ? wanted : "en";
  config({ contents: translations ?? {} });
}

/** For example `en` or `de`. For formatting numbers and times. */
export const displayLanguage = (): string => language;

/** A number in the format of the display language. */
export const numberText = (value: number): string => value.toLocaleString(language);
