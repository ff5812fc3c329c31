/** The language in which users are spoken to: the client hands over its texts, and each process has to be told of them. */
import { config } from "@vscode/l10n";

/** By the English text. */
export type Translations = Record<string, string>;

let translations: Translations = {};

/** Called before anything is said; without it, all is said in English. */
export function speak(texts: Translations): void {
  translations = texts;
  config({ contents: texts });
}

export const spoken = (): Translations => translations;
