/** Applies .gitignore and .ignore files, and lists the files that are not ignored. */
import type { Dirent } from "node:fs";
import { lstat, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import ignore, { type Ignore } from "ignore";
import { exists } from "../../files/exists.ts";

const IGNORE_FILES = [".gitignore", ".ignore"];
/** Folders that are always ignored, because they are never worth searching. */
const ALWAYS = [".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv"];
/** Maximum number of files to list. */
export const MAX_FILES = 20_000;
/** Larger ignore files are not read, bytes. */
const MAX_RULES_BYTES = 1024 * 1024;

/** The rules of one folder, for everything below it. */
type Rules = { folder: string; rules: Ignore };
/** The folder whose ignore files count; see isIgnoredAround. */
type Top = { top: string; isIgnoredAround: boolean };

/** Reads each ignore file once, so make a new object for each run. */
export class IgnoreRules {
  private readonly read = new Map<string, Promise<Rules>>();
  private readonly tops = new Map<string, Promise<Top>>();
  private readonly maxFiles: number;

  constructor(maxFiles = MAX_FILES) {
    this.maxFiles = maxFiles;
  }

  /** Whether a path inside the workspace folder `root` is ignored. @param file ends with a slash if it is a folder. */
  async ignores(root: string, file: string): Promise<boolean> {
    return this.ignoresBelow((await this.top(root)).top, file);
  }

  private async ignoresBelow(top: string, file: string): Promise<boolean> {
    const parts = partsOf(top, file);
    // A file below an ignored folder is ignored, whatever its own rules say.
    for (let i = 1; i <= parts.length; i++) {
      const isFolder = i < parts.length || file.endsWith("/");
      if (await this.ignoresOne(top, parts.slice(0, i), isFolder)) return true;
    }
    return false;
  }

  /** The innermost ignore file with a matching rule decides. */
  private async ignoresOne(top: string, parts: readonly string[], isFolder: boolean): Promise<boolean> {
    if (ALWAYS.includes(parts.at(-1)!)) return true;
    let ignored = false;
    for (let depth = 0; depth < parts.length; depth++) {
      const { rules } = await this.rules(path.join(top, ...parts.slice(0, depth)));
      const name = parts.slice(depth).join("/") + (isFolder ? "/" : "");
      if (!ignore.isPathValid(name)) continue;
      // Rules that ignore the folder of the file were overruled further in, and must not decide for the file again.
      const around = parts.slice(depth, -1).join("/");
      if (around !== "" && rules.test(`${around}/`).ignored) continue;
      const { ignored: yes, unignored: no } = rules.test(name);
      if (yes) ignored = true;
      else if (no) ignored = false;
    }
    return ignored;
  }

  private rules(folder: string): Promise<Rules> {
    const known = this.read.get(folder) ?? readRules(folder);
    this.read.set(folder, known);
    return known;
  }

  /** Whether the repository around a workspace folder ignores the whole folder, so that its rules do not count here. */
  async isIgnoredAround(root: string): Promise<boolean> {
    return (await this.top(root)).isIgnoredAround;
  }

  /** The folder whose ignore files, and those below it, count in a workspace folder. */
  private top(root: string): Promise<Top> {
    const known = this.tops.get(root) ?? this.findTop(root);
    this.tops.set(root, known);
    return known;
  }

  /** The repository around the workspace folder, unless it ignores the whole folder: then it says nothing about it. */
  private async findTop(root: string): Promise<Top> {
    const around = await repositoryAround(root);
    const isIgnoredAround = around !== root && (await this.ignoresBelow(around, `${root}/`));
    return { top: isIgnoredAround ? root : around, isIgnoredAround };
  }

  /**
   * The files below a folder that are not ignored, as paths relative to it, sorted by folder. Links are not followed.
   * Stops after `maxFiles`. Throws the signal's reason.
   */
  async files(root: string, folder: string, signal: AbortSignal): Promise<string[]> {
    const found: string[] = [];
    const { top } = await this.top(root);
    const open = (await this.ignoresBelow(top, `${folder}/`)) ? [] : [folder];
    for (let at = open.shift(); at !== undefined && found.length < this.maxFiles; at = open.shift()) {
      signal.throwIfAborted();
      const entries = await readdir(at, { withFileTypes: true }).catch((): Dirent[] => []);
      const above = partsOf(top, at);
      for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
        if (found.length === this.maxFiles) break;
        const isFolder = entry.isDirectory();
        if (!isFolder && !entry.isFile()) continue;
        // The folders above are not ignored.
        if (await this.ignoresOne(top, [...above, entry.name], isFolder)) continue;
        const file = path.join(at, entry.name);
        if (isFolder) open.push(file);
        else found.push(path.relative(folder, file));
      }
    }
    return found.map((file) => file.split(path.sep).join("/"));
  }
}

async function readRules(folder: string): Promise<Rules> {
  const files = [...IGNORE_FILES, path.join(".git", "info", "exclude")];
  const texts = await Promise.all(files.map((file) => textOf(path.join(folder, file)).catch(() => "")));
  return { folder, rules: ignore().add(texts.join("\n")) };
}

/** Like git, follows no link: it could lead to a device that never ends. */
async function textOf(file: string): Promise<string> {
  const stats = await lstat(file);
  return stats.isFile() && stats.size <= MAX_RULES_BYTES ? readFile(file, "utf8") : "";
}

const partsOf = (top: string, file: string) =>
  path
    .relative(top, file)
    .split(path.sep)
    .filter((part) => part !== "");

async function repositoryAround(root: string): Promise<string> {
  for (let at = root; ; at = path.dirname(at)) {
    if (await exists(path.join(at, ".git"))) return at;
    if (path.dirname(at) === at) return root;
  }
}
