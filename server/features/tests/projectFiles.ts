/** Lists the files of a workspace folder. */
import { readdir } from "node:fs/promises";
import path from "node:path";

const SKIPPED = new Set(
  "node_modules bower_components vendor dist out build target bin obj coverage venv env __pycache__ site-packages".split(
    " ",
  ),
);
/** Maximum depth of folders. */
const MAX_DEPTH = 8;
/** Limits for larger projects; files near the top come first. */
const MAX_FILES = 5000;
const MAX_FOLDERS = 1000;

/** Paths relative to the folder, with forward slashes. Does not follow links or hidden folders. */
export async function projectFiles(root: string): Promise<string[]> {
  const files: string[] = [];
  const open = [{ folder: "", depth: 0 }];
  for (let read = 0; open.length > 0 && files.length < MAX_FILES && read < MAX_FOLDERS; read++) {
    const { folder, depth } = open.shift()!;
    const entries = await readdir(path.join(root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isFile()) files.push(name);
      else if (entry.isDirectory() && depth < MAX_DEPTH && !SKIPPED.has(entry.name) && !entry.name.startsWith("."))
        open.push({ folder: name, depth: depth + 1 });
    }
  }
  return files;
}
