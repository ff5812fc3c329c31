/** What is in a folder that somebody is at work in. */
import { readdirSync } from "node:fs";
import path from "node:path";

/** The names of files and folders below it, relative. What vanishes meanwhile, or is not there, has nothing in it. */
export function namesBelow(folder: string): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const below = entry.isDirectory() ? namesBelow(path.join(folder, entry.name)) : [];
    return [entry.name, ...below.map((name) => path.join(entry.name, name))];
  });
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
