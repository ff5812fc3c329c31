/** Searches files to attach. They are listed once, and kept up to date by VS Code's file events. */
import {
  type Disposable,
  FileType,
  RelativePattern,
  TabInputText,
  Uri,
  type WorkspaceFolder,
  window,
  workspace,
} from "vscode";
import type { FileMatch } from "../../media/messages.ts";
import { sanitizeDisplayText } from "../../server/shared/displayText.ts";
import { type FileEntry, FileIndex } from "./fileIndex.ts";
import type { IgnoreRules } from "./ignoreRules.ts";

/** Never of interest, and large. */
const EXCLUDED = "**/{node_modules,.git}/**";
const EXCLUDED_PATH = /\/(node_modules|\.git)(\/|$)/;

export class FileSearch implements Disposable {
  private readonly ignoreRules: IgnoreRules;
  private readonly index = new FileIndex();
  private readonly watcher = workspace.createFileSystemWatcher("**/*", false, true, false);
  private readonly listeners: Disposable[];
  /** Resolves when all files are indexed; undefined before the first search and after the rules change. */
  private listed: Promise<void> | undefined;
  /** Events since the last update, in their order: true for a file that was created, false for a deleted one. */
  private changes = new Map<string, boolean>();

  constructor(ignoreRules: IgnoreRules) {
    this.ignoreRules = ignoreRules;
    const again = () => {
      this.listed = undefined;
    };
    this.listeners = [
      this.watcher,
      this.watcher.onDidCreate((uri) => this.note(uri, true)),
      this.watcher.onDidDelete((uri) => this.note(uri, false)),
      workspace.onDidChangeWorkspaceFolders(again),
      ignoreRules.onDidChange(again),
    ];
  }

  /** Best match first. Without a query, the files in open tabs and then any. */
  async search(query: string): Promise<FileMatch[]> {
    this.listed ??= this.list();
    await this.listed;
    if (this.changes.size > 0) {
      this.listed = this.update();
      await this.listed;
    }
    return this.index.search(query, openFiles());
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
  }

  /** Before the first search there is nothing to keep up to date. */
  private note(uri: Uri, there: boolean): void {
    if (!this.listed || EXCLUDED_PATH.test(uri.path)) return;
    const key = uri.toString();
    // Deleted first, so that it goes behind earlier events.
    this.changes.delete(key);
    this.changes.set(key, there);
  }

  private async list(): Promise<void> {
    this.changes.clear();
    const found = await Promise.all(
      (workspace.workspaceFolders ?? []).map((folder) => this.filesIn(folder, folder.uri)),
    );
    this.index.clear();
    this.index.add(found.flat());
  }

  private async update(): Promise<void> {
    const changes = [...this.changes];
    this.changes.clear();
    this.index.remove(changes.map(([uri]) => uri));
    const there = changes.flatMap(([uri, there]) => (there ? [Uri.parse(uri, true)] : []));
    this.index.add((await Promise.all(there.map((uri) => this.entriesAt(uri)))).flat());
  }

  /** The file itself, or the files in a folder that was created as a whole. */
  private async entriesAt(uri: Uri): Promise<FileEntry[]> {
    const folder = workspace.getWorkspaceFolder(uri);
    const stat = folder && (await workspace.fs.stat(uri).then(undefined, () => undefined));
    if (!stat) return [];
    return stat.type & FileType.Directory ? this.filesIn(folder, uri) : this.entries(folder, [uri]);
  }

  private async filesIn(folder: WorkspaceFolder, below: Uri): Promise<FileEntry[]> {
    return this.entries(folder, await workspace.findFiles(new RelativePattern(below, "**/*"), EXCLUDED));
  }

  private async entries(folder: WorkspaceFolder, uris: Uri[]): Promise<FileEntry[]> {
    const several = (workspace.workspaceFolders?.length ?? 0) > 1;
    return (await this.ignoreRules.notIgnored(folder, uris)).map((uri) => entryOf(uri, folder, several));
  }
}

function entryOf(uri: Uri, folder: WorkspaceFolder, several: boolean): FileEntry {
  const path = `${several ? `${folder.name}/` : ""}${uri.path.slice(folder.uri.path.length + 1)}`;
  const slash = path.lastIndexOf("/");
  const shown = {
    name: sanitizeDisplayText(path.slice(slash + 1)),
    folder: sanitizeDisplayText(path.slice(0, Math.max(0, slash))),
  };
  return { uri: uri.toString(), path, ...shown };
}

function openFiles(): Set<string> {
  const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
  return new Set(tabs.flatMap(({ input }) => (input instanceof TabInputText ? [input.uri.toString()] : [])));
}
