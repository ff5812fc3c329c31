/** The folder that models are kept in, and what is there. A file that is not whole yet ends in `.part`. */
import { readdir, stat, statfs } from "node:fs/promises";
import path from "node:path";
import { userFolder } from "../files/userFolder.ts";
import type { Memory } from "../protocol.ts";
import type { CatalogueEntry } from "./catalogue.ts";

/** Behind the name of a file that is being downloaded, or whose download was interrupted. */
const PARTIAL = ".part";

/** Of the user's data: models are gigabytes, and nothing that could be done without. */
export const defaultModelsFolder = (platform?: NodeJS.Platform, env?: NodeJS.ProcessEnv, home?: string): string =>
  userFolder("data", "models", { platform, env, home });

export type Installed = {
  /** What all files in the folder take, bytes. */
  usedBytes: number;
  /** Where an entry's whole file is. One of another size than the catalogue knows is another file. */
  path(entry: CatalogueEntry): string | undefined;
  /** How much of an entry's unfinished download is there, bytes. */
  partialBytes(entry: CatalogueEntry): number | undefined;
};

/** A folder that does not exist yet is empty. Throws what the file system says of one that cannot be read. */
export async function readModelsFolder(folder: string): Promise<Installed> {
  const names = await readdir(folder).catch(nothingThere);
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

function nothingThere(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}

/** Of the disk that the folder is on, or will be. Nothing is made for the question. */
export async function disk(folder: string): Promise<Memory> {
  try {
    const { bsize, blocks, bavail } = await statfs(folder);
    return { total: blocks * bsize, free: bavail * bsize };
  } catch (error) {
    const parent = path.dirname(folder);
    if (parent === folder) throw error;
    return disk(parent);
  }
}
