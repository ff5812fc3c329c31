/** Finds the workspace's files by a few letters of their path. No VS Code API. */
import fuzzysort from "fuzzysort";
import type { FileMatch } from "../../media/messages.ts";

const MOST_MATCHES = 12;
/** Matches letters in their order, in the name before the path, as VS Code's own file picker does. */
const MATCHING = { keys: ["words.name", "words.path"], limit: MOST_MATCHES, threshold: 0 };

/** `path`: in the workspace. `name` and `folder` are its two parts as they are shown. */
export type FileEntry = FileMatch & { path: string };

type Words = ReturnType<typeof fuzzysort.prepare>;

/** With the texts as fuzzysort searches them. */
type Indexed = FileEntry & { words: { name: Words; path: Words } };

export class FileIndex {
  private readonly entries = new Map<string, Indexed>();
  /** Sorted by path; undefined after a change. */
  private sorted: Indexed[] | undefined;

  add(entries: readonly FileEntry[]): void {
    for (const entry of entries) {
      const words = { name: fuzzysort.prepare(entry.name), path: fuzzysort.prepare(entry.path) };
      this.entries.set(entry.uri, { ...entry, words });
    }
    this.sorted = undefined;
  }

  /** Removes these files, and everything below those that are folders. */
  remove(uris: readonly string[]): void {
    const gone = new Set(uris);
    for (const uri of this.entries.keys()) if (isAmongOrBelow(uri, gone)) this.entries.delete(uri);
    this.sorted = undefined;
  }

  clear(): void {
    this.entries.clear();
    this.sorted = undefined;
  }

  /** Best match first, at most 12. Without a query, the open files and then any. */
  search(query: string, open: ReadonlySet<string>): FileMatch[] {
    this.sorted ??= [...this.entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    const all = this.sorted;
    const words = query.trim();
    const found =
      words === ""
        ? [...all.filter(({ uri }) => open.has(uri)), ...all.filter(({ uri }) => !open.has(uri)).slice(0, MOST_MATCHES)]
        : fuzzysort.go(words, all, MATCHING).map(({ obj }) => obj);
    return found.slice(0, MOST_MATCHES).map(({ uri, name, folder }) => ({ uri, name, folder }));
  }
}

function isAmongOrBelow(uri: string, uris: ReadonlySet<string>): boolean {
  for (let end = uri.length; end > 0; end = uri.lastIndexOf("/", end - 1)) if (uris.has(uri.slice(0, end))) return true;
  return false;
}
