/** VS Code's own extensions in the workbench under test. */
import { mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";

/** Extensions for the tests' files and the workbench's look. Each further one would slow down every start. */
const IN_USE = [
  ...["configuration-editing", "css", "diff", "git", "git-base", "html", "ipynb", "javascript", "json"],
  ...["json-language-features", "log", "markdown-basics", "markdown-language-features", "merge-conflict"],
  ...["notebook-renderers", "python", "search-result", "shellscript", "typescript-basics"],
  ...["typescript-language-features", "xml", "yaml", "theme-defaults", "theme-modern-icons", "theme-seti"],
  // Shared by all of them.
  ...["node_modules", "package.json"],
];

/** Makes a folder with links to the extensions in use. @param all the folder of all of VS Code's extensions. */
export function linkBuiltIns(folder: string, all: string): void {
  mkdirSync(folder);
  for (const name of IN_USE) symlinkSync(path.join(all, name), path.join(folder, name));
}
