/** A workbench in another language, for what extensions say: VS Code's own texts stay English without a pack of them. */
import { writeFileSync } from "node:fs";
import path from "node:path";

/** @param data the server's data folder. A language counts when there is a pack of it; an empty one will do. */
export function addLanguage(data: string, language: string): void {
  const pack = path.join(data, `${language}.i18n.json`);
  writeFileSync(pack, JSON.stringify({ contents: {} }));
  const extensions = [{ extensionIdentifier: { id: `test.language-pack-${language}` }, version: "1.0.0" }];
  const packs = { [language]: { hash: "empty", extensions, translations: { vscode: pack }, label: language } };
  writeFileSync(path.join(data, "languagepacks.json"), JSON.stringify(packs));
}
