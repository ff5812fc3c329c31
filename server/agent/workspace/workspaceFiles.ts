/** Resolves, lists and reads the files in the workspace folders, for both kinds of workspace. */
import { lstat, readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { URI } from "vscode-uri";
import { EngineError } from "../../engine/engine.ts";
import { type Documents, readDocument } from "../../features/context/documents.ts";
import { IgnoreRules, MAX_FILES } from "./ignoring.ts";
import { isForbidden, protectionByName } from "./protection.ts";
import { filesWithMatch, findRipgrep, type Pattern } from "./ripgrep.ts";
import { type Place, WorkspaceError } from "./workspace.ts";

/**
 * A workspace folder. `root`: its real path. `given`: its path in the client, which can lead through links. `name`: used
 * in paths if there are several folders.
 */
type Folder = { root: string; given: string; name: string };

export class WorkspaceFiles {
  protected readonly documents: Documents;
  private readonly ignoring = new IgnoreRules();
  private readonly ripgrep: Promise<string | undefined>;
  /** The paths of open documents by their URI: a search asks for them once for each of its files. */
  private readonly openPaths = new Map<string, string | undefined>();

  /** @param ripgrep the path of the client's ripgrep, if it has one. */
  constructor(documents: Documents, ripgrep?: string) {
    this.documents = documents;
    this.ripgrep = findRipgrep(ripgrep);
  }

  folders(): string[] {
    return this.documents.folders();
  }

  /** The workspace folders on the disk that exist, in the client's order. */
  async roots(): Promise<Folder[]> {
    const folders = this.folders().flatMap((uri) => fileOf(uri) ?? []);
    const roots = await Promise.all(folders.map((given) => realpath(given).catch(() => undefined)));
    return roots.flatMap((root, i) =>
      root === undefined ? [] : [{ root, given: folders[i]!, name: path.basename(root) }],
    );
  }

  /** See Workspace.resolve. */
  async resolve(name: string): Promise<Place> {
    const folders = await this.roots();
    if (folders.length === 0) throw new WorkspaceError("No folder is open.");
    const clean = cleanName(name);
    let first: Place | undefined;
    for (const [folder, rest] of candidates(clean, folders)) {
      const place = await this.placeIn(folder, rest, folders);
      if (place.kind !== "nothing") return place;
      first ??= place;
    }
    if (first) return first;
    throw new WorkspaceError(`${clean} is outside the workspace.`);
  }

  private async placeIn(folder: Folder, rest: string, folders: readonly Folder[]): Promise<Place> {
    const named = path.join(folder.root, rest);
    const file = await realPath(named);
    const home = folders.filter(({ root }) => isBelow(root, file)).sort((a, b) => b.root.length - a.root.length)[0];
    if (!home || !isBelow(folder.root, named)) throw new WorkspaceError(`${rest} is outside the workspace.`);
    const [inFolder, real] = [slashed(folder.root, named), slashed(home.root, file)];
    if (isForbidden(inFolder) || isForbidden(real)) throw new WorkspaceError(`${rest} is not open to tools.`);
    const stats = await stat(file).catch(() => undefined);
    const kind = stats?.isDirectory() ? "folder" : stats ? "file" : "nothing";
    const ignored = real !== "" && (await this.ignoring.ignores(home.root, kind === "folder" ? `${file}/` : file));
    return {
      uri: this.uriOf(path.join(folder.given, inFolder), file),
      path: folders.length > 1 ? path.posix.join(folder.name, inFolder) : inFolder || ".",
      file,
      kind,
      protection: protectionByName(inFolder) ?? protectionByName(real) ?? (ignored ? "ignored" : undefined),
    };
  }

  /** The client's own URI of an open document: clients encode paths differently, and open files through links. */
  private uriOf(named: string, file: string): string {
    const open = this.openFiles().find(([opened]) => opened === named || opened === file);
    return open?.[1] ?? URI.file(named).toString();
  }

  private openFiles(): [file: string, uri: string][] {
    return (this.documents.uris?.() ?? []).flatMap((uri): [string, string][] => {
      if (!this.openPaths.has(uri)) this.openPaths.set(uri, fileOf(uri));
      const file = this.openPaths.get(uri);
      return file === undefined ? [] : [[file, uri]];
    });
  }

  /** See Workspace.list. */
  async list({ file }: Place): Promise<string[]> {
    const root = (await this.roots()).find((folder) => isBelow(folder.root, file))?.root ?? file;
    const entries = await readdir(file, { withFileTypes: true });
    const named = entries
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .filter((name) => !CONTROL.test(name));
    const ignored = await Promise.all(named.map((name) => this.ignoring.ignores(root, path.join(file, name))));
    return named.filter((_, i) => !ignored[i]).sort();
  }

  /** See Workspace.files. */
  async files(under: Place | undefined, signal: AbortSignal): Promise<string[]> {
    const folders = await this.roots();
    const home = under && folders.find(({ root }) => isBelow(root, under.file));
    const searched =
      under && home ? [{ ...home, at: under.file }] : folders.map((folder) => ({ ...folder, at: folder.root }));
    const names = await Promise.all(
      searched.map(async ({ root, name, at }) => {
        const inside = slashed(root, at);
        const files = (await this.ignoring.files(root, at, signal)).map((file) => path.posix.join(inside, file));
        const open = files.filter((file) => protectionByName(file) !== "secret" && !CONTROL.test(file));
        return folders.length > 1 ? open.map((file) => path.posix.join(name, file)) : open;
      }),
    );
    return names.flat();
  }

  /** See Workspace.filesWith. Includes open documents, because they may differ from the disk. */
  async filesWith(pattern: Pattern, under: Place | undefined, signal: AbortSignal): Promise<string[] | undefined> {
    const program = await this.ripgrep;
    const folders = await this.roots();
    // With several folders, names begin with the folder's name, which is not supported here: all files are read.
    if (program === undefined || folders.length !== 1) return undefined;
    const [{ root, given }] = folders as [Folder];
    const at = under?.file ?? root;
    const found = await filesWithMatch(program, at, pattern, await this.ignoring.isIgnoredAround(root), signal);
    if (!found) return undefined;
    const inside = slashed(root, at);
    const names = found.map((file) => path.posix.join(inside, file));
    const open = this.openFiles()
      .map(([file]) => slashed(isBelow(given, file) ? given : root, file))
      .filter((name) => isBelow(at, path.join(root, name)));
    const all = [...new Set([...open, ...names])].slice(0, MAX_FILES);
    const places = await Promise.all(all.map((name) => this.resolve(name).catch(() => undefined)));
    const isSearched = ({ kind, protection }: Place) =>
      kind === "file" && protection !== "secret" && protection !== "ignored";
    return all.filter((_, i) => places[i] && isSearched(places[i]));
  }

  /** See Workspace.read. */
  async read({ uri, path: name, kind }: Place): Promise<TextDocument> {
    if (kind === "folder") throw new WorkspaceError(`${name} is a folder.`);
    if (kind === "nothing" && !this.documents.get(uri)) throw new WorkspaceError(`There is no file ${name}.`);
    try {
      return await readDocument(this.documents, uri);
    } catch (error) {
      if (error instanceof EngineError) throw new WorkspaceError(`${name} cannot be read: it is no text file.`);
      throw error;
    }
  }
}

/** Names with control characters are left out: a line of a result must be one name. */
const CONTROL = /\p{Cc}/u;

/** The path of a URI; undefined if it is not of a file. */
function fileOf(uri: string): string | undefined {
  const parsed = URI.parse(uri);
  return parsed.scheme === "file" ? parsed.fsPath : undefined;
}

/** Throws WorkspaceError for a name that no file may have. */
function cleanName(name: string): string {
  const clean = name
    .trim()
    .replace(/^file:\/\//, "")
    .replaceAll("\\", "/")
    .replace(/^(?:\.\/)+/, "");
  if (CONTROL.test(clean) || clean.length > 4096) throw new WorkspaceError("This is not the name of a file.");
  return clean === "" ? "." : clean;
}

/** The places that a name can mean, likeliest first. */
function candidates(name: string, folders: readonly Folder[]): [folder: Folder, rest: string][] {
  if (path.isAbsolute(name)) {
    const absolute = path.normalize(name);
    return folders.flatMap((folder) =>
      [...new Set([folder.root, folder.given])]
        .filter((at) => isBelow(at, absolute))
        .map((at): [Folder, string] => [folder, path.relative(at, absolute)]),
    );
  }
  const [head = "", ...rest] = name.split("/");
  const named = folders.length > 1 ? folders.filter((folder) => folder.name === head) : [];
  return [
    ...named.map((folder): [Folder, string] => [folder, rest.join("/")]),
    ...folders.map((folder): [Folder, string] => [folder, name]),
  ];
}

/** The path with links resolved, as far as it exists. Throws WorkspaceError for a link that leads nowhere. */
async function realPath(file: string): Promise<string> {
  const missing: string[] = [];
  for (let at = file; ; at = path.dirname(at)) {
    const real = await realpath(at).catch(() => undefined);
    if (real !== undefined) return path.join(real, ...missing);
    // Writing through a link that leads nowhere would create a file elsewhere.
    const isLink = await lstat(at).then(
      (stats) => stats.isSymbolicLink(),
      () => false,
    );
    if (isLink) throw new WorkspaceError(`${path.basename(at)} is a link that leads nowhere.`);
    if (path.dirname(at) === at) return file;
    missing.unshift(path.basename(at));
  }
}

function isBelow(root: string, file: string): boolean {
  const relative = path.relative(root, file);
  return relative !== ".." && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

const slashed = (root: string, file: string) => path.relative(root, file).split(path.sep).join("/");
