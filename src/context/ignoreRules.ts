/** Which files are read only when the user names them: ignored ones, and those outside the workspace. */
import ignore, { type Ignore } from "ignore";
import { type Disposable, EventEmitter, RelativePattern, Uri, type WorkspaceFolder, workspace } from "vscode";

type Rules = { folder: string; rules: Ignore };

export class IgnoreRules implements Disposable {
  private readonly watcher = workspace.createFileSystemWatcher("**/.gitignore");
  private readonly known = new Map<string, Promise<Rules[]>>();
  private readonly changed = new EventEmitter<void>();
  private readonly listeners: Disposable[];
  readonly onDidChange = this.changed.event;

  constructor() {
    const forget = () => {
      this.known.clear();
      this.changed.fire();
    };
    this.listeners = [
      this.changed,
      this.watcher,
      this.watcher.onDidCreate(forget),
      this.watcher.onDidChange(forget),
      this.watcher.onDidDelete(forget),
      workspace.onDidChangeWorkspaceFolders(forget),
      workspace.onDidChangeConfiguration((event) => event.affectsConfiguration("files.exclude") && forget()),
    ];
  }

  /** True for files that may only be read if the user has named them. */
  async isPrivate(uri: Uri): Promise<boolean> {
    if (uri.scheme === "untitled") return false;
    const folder = workspace.getWorkspaceFolder(uri);
    if (!folder) return true;
    return this.isIgnored(folder, uri);
  }

  /** The folder's files that are not ignored. */
  async notIgnored(folder: WorkspaceFolder, uris: Uri[]): Promise<Uri[]> {
    const rules = await this.rulesOf(folder);
    return uris.filter((uri) => !matches(rules, uri.path));
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
  }

  private async isIgnored(folder: WorkspaceFolder, uri: Uri): Promise<boolean> {
    return matches(await this.rulesOf(folder), uri.path);
  }

  private rulesOf(folder: WorkspaceFolder): Promise<Rules[]> {
    const key = folder.uri.toString();
    const known = this.known.get(key) ?? readRules(folder);
    this.known.set(key, known);
    return known;
  }
}

/** Each .gitignore applies to the files below its folder. `.git` and `files.exclude` apply to all. */
function matches(rules: Rules[], path: string): boolean {
  return rules.some(({ folder, rules }) => {
    if (!path.startsWith(`${folder}/`)) return false;
    const relative = path.slice(folder.length + 1);
    return ignore.isPathValid(relative) && rules.ignores(relative);
  });
}

async function readRules(folder: WorkspaceFolder): Promise<Rules[]> {
  const excluded = Object.entries(workspace.getConfiguration("files", folder).get<object>("exclude") ?? {})
    .filter(([, on]) => on === true)
    .map(([glob]) => glob);
  const own: Rules = { folder: folder.uri.path, rules: ignore().add([".git", ...excluded]) };
  const files = await workspace.findFiles(new RelativePattern(folder, "**/.gitignore"), "**/node_modules/**");
  const read = await Promise.all(
    files.map(async (file): Promise<Rules> => {
      const text = new TextDecoder().decode(await workspace.fs.readFile(file));
      return { folder: Uri.joinPath(file, "..").path, rules: ignore().add(text) };
    }),
  );
  return [own, ...read];
}
