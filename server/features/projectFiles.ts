/** What files a workspace folder has. */
import { readdir } from "node:fs/promises";
import path from "node:path";

const SKIPPED = new Set(
  "node_modules bower_components vendor dist out build target bin obj coverage venv env __pycache__ site-packages".split(
    " ",
  ),
);
const DEEPEST = 8;
/** Larger projects are looked at in part: what is near the top comes first. */
const MOST_FILES = 5000;
const MOST_FOLDERS = 1000;

/** Paths relative to the folder, with forward slashes. Links and hidden folders are not followed. */
export async function projectFiles(root: string): Promise<string[]> {
  const files: string[] = [];
  const open = [{ folder: "", depth: 0 }];
  for (let read = 0; open.length > 0 && files.length < MOST_FILES && read < MOST_FOLDERS; read++) {
    const { folder, depth } = open.shift()!;
    const entries = await readdir(path.join(root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isFile()) files.push(name);
      else if (entry.isDirectory() && depth < DEEPEST && !SKIPPED.has(entry.name) && !entry.name.startsWith("."))
        open.push({ folder: name, depth: depth + 1 });
    }
  }
  return files;
}
