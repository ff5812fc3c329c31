/**
 * Finds backends that were installed later. node-llama-cpp imports its binaries as packages, by name. Packages that do
 * not ship with the extension are installed into `FOLDER/VERSION/BACKEND/PACKAGE`. VERSION is node-llama-cpp's own
 * version: binaries of another version do not work. The engine process looks there before it looks in node_modules.
 */
import { readdirSync, readFileSync } from "node:fs";
import * as nodeModule from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const SCOPE = "@node-llama-cpp";

/** The version of node-llama-cpp. Throws if the package cannot be found. */
export function libraryVersion(): string {
  const library = import.meta.resolve("node-llama-cpp");
  return JSON.parse(readFileSync(new URL("../package.json", library), "utf8")).version;
}

/** The folder of a backend's packages. */
export const backendFolder = (folder: string, version: string, backend: string) => path.join(folder, version, backend);

/** Makes the packages in the folder importable by name. Call it once, before node-llama-cpp looks for binaries. */
export function useStoredPackages(folder: string): void {
  const entries = storedPackages(folder, libraryVersion());
  if (Object.keys(entries).length === 0) return;
  // Newer versions of Node run hooks in the same thread, Node 20 only in a separate thread.
  const { registerHooks } = nodeModule as { registerHooks?: (hooks: { resolve: Resolve }) => void };
  if (registerHooks) registerHooks({ resolve: (name, context, next) => resolveFrom(entries, name, context, next) });
  else nodeModule.register(THREAD, { data: entries });
}

/** URLs of the packages' entry files, by package name. */
function storedPackages(folder: string, version: string): Record<string, string> {
  const entries: Record<string, string> = {};
  for (const backend of list(path.join(folder, version)))
    for (const name of list(backendFolder(folder, version, backend))) {
      const entry = path.join(backendFolder(folder, version, backend), name, "dist", "index.js");
      entries[`${SCOPE}/${name}`] = pathToFileURL(entry).href;
    }
  return entries;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

type Resolved = { url: string; shortCircuit?: boolean };
type Next = (name: string, context: object) => Resolved;
type Resolve = (name: string, context: object, next: Next) => Resolved;

function resolveFrom(entries: Record<string, string>, name: string, context: object, next: Next): Resolved {
  const url = Object.hasOwn(entries, name) ? entries[name] : undefined;
  return url === undefined ? next(name, context) : { url, shortCircuit: true };
}

/** `resolveFrom` as a module, for the separate thread. */
const THREAD = `data:text/javascript,${encodeURIComponent(`
  let entries = {};
  export const initialize = (data) => { entries = data; };
  export const resolve = (name, context, next) =>
    Object.hasOwn(entries, name) ? { url: entries[name], shortCircuit: true } : next(name, context);
`)}`;
