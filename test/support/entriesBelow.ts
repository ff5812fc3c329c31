/** What is in a folder that somebody is at work in. */
import { type Dirent, readdirSync } from "node:fs";
import path from "node:path";

/** Files and folders below it. A folder among them that vanishes meanwhile has nothing in it; all else throws. */
export function entriesBelow(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry, ...ifThere(pathOf(entry))] : [entry],
  );
}

export const pathOf = ({ parentPath, name }: Dirent) => path.join(parentPath, name);

function ifThere(folder: string): Dirent[] {
  try {
    return entriesBelow(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
