/** The models folder and its content. An incomplete file ends in `.part`. */
import { readdir, stat, statfs } from "node:fs/promises";
import path from "node:path";
import { userFolder } from "../files/userFolder.ts";
import type { Memory } from "../protocol.ts";
import type { CatalogueEntry } from "./catalogue.ts";

/** The suffix of a file whose download is running or was interrupted. */
const PARTIAL = ".part";

/** Among the user's data, not in a cache: models take gigabytes, and must not be removed like a cache. */
export const defaultModelsFolder = (platform?: NodeJS.Platform, env?: NodeJS.ProcessEnv, home?: string): string =>
  userFolder("data", "models", { platform, env, home });

/** The content of the models folder. */
export type Installed = {
  /** Size of all files in the folder, bytes. */
  usedBytes: number;
  /** The path of an entry's complete file. A file whose size is not the exact one of the catalogue does not count. */
  path(entry: CatalogueEntry): string | undefined;
  /** Size of an entry's unfinished download, bytes. */
  partialBytes(entry: CatalogueEntry): number | undefined;
};

/** A folder that does not exist counts as empty. Throws the file system's error if the folder cannot be read. */
export async function readModelsFolder(folder: string): Promise<Installed> {
  const names = await readdir(folder).catch(emptyIfMissing);
  const sizes = new Map<string, number>();
  for (const name of names) {
    const file = await stat(path.join(folder, name)).catch(() => undefined);
    if (file?.isFile()) sizes.set(name, file.size);
  }
  return {
    usedBytes: [...sizes.values()].reduce((sum, size) => sum + size, 0),
    path: ({ file, bytes, exact }) => {
      const size = sizes.get(file);
      return size !== undefined && (!exact || size === bytes) ? path.join(folder, file) : undefined;
    },
    partialBytes: ({ file }) => sizes.get(file + PARTIAL),
  };
}

function emptyIfMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}

/** The disk that the folder is on, or will be on, bytes. Does not create the folder. Throws the file system's error. */
export async function diskSpace(folder: string): Promise<Memory> {
  try {
    const { bsize, blocks, bavail } = await statfs(folder);
    return { total: blocks * bsize, free: bavail * bsize };
  } catch (error) {
    const parent = path.dirname(folder);
    if (parent === folder) throw error;
    return diskSpace(parent);
  }
}
