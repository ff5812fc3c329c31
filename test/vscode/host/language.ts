/** Another language for the extensions of a workbench. VS Code's own texts stay English without their language pack. */
import { writeFileSync } from "node:fs";
import path from "node:path";

/** VS Code uses a language if there is a pack for it, even an empty one. @param data the server's data folder. */
export function addLanguage(data: string, language: string): void {
  const pack = path.join(data, `${language}.i18n.json`);
  writeFileSync(pack, JSON.stringify({ contents: {} }));
  const extensions = [{ extensionIdentifier: { id: `test.language-pack-${language}` }, version: "1.0.0" }];
  const packs = { [language]: { hash: "empty", extensions, translations: { vscode: pack }, label: language } };
  writeFileSync(path.join(data, "languagepacks.json"), JSON.stringify(packs));
}
