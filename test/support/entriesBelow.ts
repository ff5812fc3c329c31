/** Lists a folder while other processes change it. */
import { type Dirent, readdirSync } from "node:fs";
import path from "node:path";

/** All files and folders below it. A folder that vanishes in the meantime counts as empty; other errors are thrown. */
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
