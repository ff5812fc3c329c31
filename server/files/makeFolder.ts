import { mkdir, stat } from "node:fs/promises";
import path from "node:path";

/**
 * Creates a folder and its parents; an existing folder stays unchanged. Throws the system's error. Node's own option
 * `recursive` never returns for a place where nobody can create a folder (/proc).
 * @param mode permissions of new folders.
 */
export async function makeFolder(folder: string, mode?: number): Promise<void> {
  const missing: string[] = [];
  for (let at = path.resolve(folder); !(await isFolder(at)); at = path.dirname(at)) missing.unshift(at);
  for (const at of missing) {
    try {
      await mkdir(at, { mode });
    } catch (error) {
      // Another process has created it in the meantime.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !(await isFolder(at))) throw error;
    }
  }
}

/** False if nothing is there. Throws if something else is there, or if it cannot be examined. */
async function isFolder(file: string): Promise<boolean> {
  try {
    if ((await stat(file)).isDirectory()) return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" && path.dirname(file) !== file) return false;
    throw error;
  }
  throw Object.assign(new Error(`ENOTDIR: ${file} is not a folder`), { code: "ENOTDIR", path: file });
}
