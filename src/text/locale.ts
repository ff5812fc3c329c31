/** The display language: the editor's if there are texts in it, otherwise English. */
import { config } from "@vscode/l10n";

/** By the English text. */
export type Translations = Record<string, string>;

let language = "en";

/** Called once, before any text is shown. @param translations of `wanted`; undefined if there are none. */
export function setLanguage(wanted: string, translations: Translations | undefined): void {
  language = translations ? wanted : "en";
  config({ contents: translations ?? {} });
}

/** As `en` or `de`: for what formats numbers and times. */
export const displayLanguage = (): string => language;

export const numberText = (value: number): string => value.toLocaleString(language);
