/** Files to attach, found by a few letters of their path. */
import fuzzysort from "fuzzysort";
import {
  type Disposable,
  RelativePattern,
  TabInputText,
  type Uri,
  type WorkspaceFolder,
  window,
  workspace,
} from "vscode";
import type { FileMatch } from "../../media/messages.ts";
import { visible } from "../../server/protocol.ts";
import type { IgnoreRules } from "./ignoreRules.ts";

const MOST_FILES = 20_000;
const MOST_MATCHES = 12;
/** Never of interest, and large. */
const EXCLUDED = "**/{node_modules,.git}/**";
/** By name before path, and by any letters that follow one another in it, as the editor's own list of files does it. */
const MATCHING = { keys: ["name", "path"], limit: MOST_MATCHES, threshold: 0 };

type Entry = FileMatch & { path: string };

export class FileSearch implements Disposable {
  private readonly ignoreRules: IgnoreRules;
  private readonly watcher = workspace.createFileSystemWatcher("**/*", false, true, false);
  private readonly listeners: Disposable[];
  private entries: Promise<Entry[]> | undefined;

  constructor(ignoreRules: IgnoreRules) {
    this.ignoreRules = ignoreRules;
    const forget = () => {
      this.entries = undefined;
    };
    this.listeners = [
      this.watcher,
      this.watcher.onDidCreate(forget),
      this.watcher.onDidDelete(forget),
      workspace.onDidChangeWorkspaceFolders(forget),
    ];
  }

  /** The best first. Without a query, the files in open tabs and then any. */
  async search(query: string): Promise<FileMatch[]> {
    this.entries ??= this.list();
    const entries = await this.entries;
    const open = openFiles();
    const found =
      query.trim() === ""
        ? [...entries].sort((a, b) => Number(open.has(b.uri)) - Number(open.has(a.uri)))
        : fuzzysort.go(query.trim(), entries, MATCHING).map(({ obj }) => obj);
    return found.slice(0, MOST_MATCHES).map(({ uri, name, folder }) => ({ uri, name, folder }));
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
  }

  private async list(): Promise<Entry[]> {
    const folders = workspace.workspaceFolders ?? [];
    const lists = await Promise.all(
      folders.map(async (folder) => {
        const uris = await workspace.findFiles(new RelativePattern(folder, "**/*"), EXCLUDED, MOST_FILES);
        return (await this.ignoreRules.visible(folder, uris)).map((uri) => entryOf(uri, folder, folders.length > 1));
      }),
    );
    return lists.flat().sort((a, b) => (a.path < b.path ? -1 : 1));
  }
}

function entryOf(uri: Uri, folder: WorkspaceFolder, several: boolean): Entry {
  const path = `${several ? `${folder.name}/` : ""}${uri.path.slice(folder.uri.path.length + 1)}`;
  const slash = path.lastIndexOf("/");
  const shown = { name: visible(path.slice(slash + 1)), folder: visible(path.slice(0, Math.max(0, slash))) };
  return { uri: uri.toString(), path, ...shown };
}

function openFiles(): Set<string> {
  const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
  return new Set(tabs.flatMap(({ input }) => (input instanceof TabInputText ? [input.uri.toString()] : [])));
}
