/** The folder that models are kept in, and what is there. A file that is not whole yet ends in `.part`. */
import { readdir, stat, statfs } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Memory } from "../protocol.ts";
import type { CatalogueEntry } from "./catalogue.ts";

/** Behind the name of a file that is being downloaded, or whose download was interrupted. */
export const PARTIAL = ".part";

/**
 * Where a platform keeps the data of a user's programs: %LOCALAPPDATA% (not roaming: gigabytes), Application Support, or
 * $XDG_DATA_HOME, which has to be absolute (XDG Base Directory Specification).
 */
export function defaultModelsFolder(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
  home: string = os.homedir(),
): string {
  const { join, isAbsolute } = platform === "win32" ? path.win32 : path.posix;
  const named = platform === "win32" ? env.LOCALAPPDATA : platform === "darwin" ? undefined : env.XDG_DATA_HOME;
  const usual = {
    win32: ["AppData", "Local"],
    darwin: ["Library", "Application Support"],
    other: [".local", "share"],
  }[platform === "win32" || platform === "darwin" ? platform : "other"];
  return join(named && isAbsolute(named) ? named : join(home, ...usual), "nemotron-local", "models");
}

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
