/** VS Code's own extensions in the workbench under test. */
import { mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";

/** Those that tests have files for, and what makes the workbench look as it does; each other one costs at every opening. */
const IN_USE = [
  ...["configuration-editing", "css", "diff", "git", "git-base", "html", "ipynb", "javascript", "json"],
  ...["json-language-features", "log", "markdown-basics", "markdown-language-features", "merge-conflict"],
  ...["notebook-renderers", "python", "search-result", "shellscript", "typescript-basics"],
  ...["typescript-language-features", "xml", "yaml", "theme-defaults", "theme-modern-icons", "theme-seti"],
  // What they need in common.
  ...["node_modules", "package.json"],
];

/** Makes a folder with those of them that are in use. @param all where they come with VS Code. */
export function linkBuiltIns(folder: string, all: string): void {
  mkdirSync(folder);
  for (const name of IN_USE) symlinkSync(path.join(all, name), path.join(folder, name));
}
