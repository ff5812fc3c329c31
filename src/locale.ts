/** The language that the user is spoken to in: the editor's, where there are texts in it, else English. */
import { config } from "@vscode/l10n";

/** By the English text. */
export type Translations = Record<string, string>;

let language = "en";

/** Called once, before anything is said. @param translations of `wanted`; undefined where there are none. */
export function speak(wanted: string, translations: Translations | undefined): void {
  language = translations ? wanted : "en";
  config({ contents: translations ?? {} });
}

/** As `en` or `de`: for what formats numbers and times. */
export const spoken = (): string => language;

export const numberText = (value: number): string => value.toLocaleString(language);
