/** Finds the files that an answer names. */
import path from "node:path/posix";
import { FileType, type Uri, workspace } from "vscode";
import { type Place, placeOf, placesIn } from "./places.ts";

/** At most this many names are searched for in the whole workspace. */
const MOST_SEARCHES = 20;
const EXCLUDED = "**/{node_modules,.git}/**";

/** The texts in an answer that name a file of the workspace. */
export async function knownPlaces(answer: string): Promise<string[]> {
  const searches = { left: MOST_SEARCHES };
  const found = await Promise.all(placesIn(answer).map(async (place) => ({ place, uri: await find(place, searches) })));
  return found.flatMap(({ place, uri }) => (uri ? [place.text] : []));
}

/** The file and line that a text names. `line` is 1-based, or 0 for the whole file. Undefined if the file is gone. */
export async function findPlace(text: string): Promise<{ uri: Uri; line: number } | undefined> {
  const place = placeOf(text);
  const uri = place && (await find(place, { left: 1 }));
  return uri && { uri, line: place.line };
}

async function find({ path: named }: Place, searches: { left: number }): Promise<Uri | undefined> {
  for (const folder of workspace.workspaceFolders ?? []) {
    const uri = within(folder.uri, named);
    const stat = uri && (await workspace.fs.stat(uri).then(undefined, () => undefined));
    if (stat && stat.type & FileType.File) return uri;
  }
  // A bare name counts only if exactly one file has it.
  if (named.includes("/") || searches.left-- <= 0 || /[{}[\]!,]/.test(named)) return undefined;
  const files = await workspace.findFiles(`**/${named}`, EXCLUDED, 2);
  return files.length === 1 ? files[0] : undefined;
}

/** Undefined for a path outside the folder. */
function within(folder: Uri, named: string): Uri | undefined {
  const full = named.startsWith(`${folder.path}/`) ? path.normalize(named) : path.join(folder.path, named);
  return full.startsWith(`${folder.path}/`) ? folder.with({ path: full }) : undefined;
}
