/** What agents have done to files, kept in the workspace's own storage, so that it can be taken back. */
import { rename } from "node:fs/promises";
import { Uri, workspace } from "vscode";

/** A change of a file. `step`: the row of the step that made it. Texts are indexes of `texts`. */
type Entry = { uri: string; step: string; before: number; after: number; created?: boolean; folders?: string[] };
/** `disk`: the bytes of each file that had no unsaved changes before the turn, in base64. */
type Journal = { version: 1; entries: Entry[]; texts: string[]; disk: Record<string, string> };

/** A change of a file, with its texts. `folders`: URIs of folders made for a created file, outermost first. */
export type FileChange = {
  uri: string;
  step: string;
  before: string;
  after: string;
  created: boolean;
  folders: string[];
};

export class Journals {
  private readonly folder: Uri;
  private readonly known = new Map<string, Promise<Journal>>();
  private writing: Promise<void> = Promise.resolve();

  constructor(folder: Uri) {
    this.folder = folder;
  }

  /**
   * Records a change before it is made. Rejects if it cannot be written: then the change must not be made.
   * @param disk the file's bytes, if it had no unsaved changes. Only the first ones of a turn are kept.
   */
  async record(turn: string, change: FileChange, disk?: Uint8Array): Promise<void> {
    const journal = await this.of(turn);
    const { uri, step, created, folders } = change;
    const isFirst = journal.entries.every((entry) => entry.uri !== uri);
    if (isFirst && disk) journal.disk[uri] = Buffer.from(disk).toString("base64");
    const index = (text: string) => {
      const at = journal.texts.indexOf(text);
      return at >= 0 ? at : journal.texts.push(text) - 1;
    };
    journal.entries.push({ uri, step, before: index(change.before), after: index(change.after), created, folders });
    await this.write(turn, journal);
  }

  /** The last recorded change was not made after all. */
  async dropLast(turn: string): Promise<void> {
    const journal = await this.of(turn);
    journal.entries.pop();
    await this.write(turn, journal);
  }

  /** All changes of a turn, oldest first. */
  async changes(turn: string): Promise<FileChange[]> {
    const { entries, texts } = await this.of(turn);
    return entries.map(({ uri, step, before, after, created = false, folders = [] }) => {
      return { uri, step, created, folders, before: texts[before] ?? "", after: texts[after] ?? "" };
    });
  }

  /** The bytes of a file before the turn; undefined if it had unsaved changes, or did not exist. */
  async disk(turn: string, uri: string): Promise<Uint8Array | undefined> {
    const bytes = (await this.of(turn)).disk[uri];
    return bytes === undefined ? undefined : Buffer.from(bytes, "base64");
  }

  /** Forgets changes, which were taken back. @param isLeft which ones stay; none by default. */
  async forget(
    turn: string,
    isLeft: (change: Pick<FileChange, "uri" | "step">) => boolean = () => false,
  ): Promise<void> {
    const journal = await this.of(turn);
    if (journal.entries.length === 0) return;
    journal.entries = journal.entries.filter(isLeft);
    await this.write(turn, journal);
  }

  /** Deletes the journal of a turn. */
  async delete(turn: string): Promise<void> {
    this.known.delete(turn);
    await workspace.fs.delete(this.file(turn)).then(undefined, () => {});
  }

  /** A file was renamed, or a folder with files in it. */
  async renamed(from: Uri, to: Uri): Promise<void> {
    const files = await workspace.fs.readDirectory(this.folder).then(undefined, () => []);
    for (const [name] of files) if (name.endsWith(".json")) await this.renamedIn(name.slice(0, -5), from, to);
  }

  private async renamedIn(turn: string, from: Uri, to: Uri): Promise<void> {
    const journal = await this.of(turn);
    let found = false;
    for (const entry of journal.entries) {
      const uri = Uri.parse(entry.uri, true);
      if (uri.path !== from.path && !uri.path.startsWith(`${from.path}/`)) continue;
      const renamed = uri.with({ path: to.path + uri.path.slice(from.path.length) }).toString();
      if (journal.disk[entry.uri] !== undefined) journal.disk[renamed] = journal.disk[entry.uri]!;
      entry.uri = renamed;
      found = true;
    }
    if (found) await this.write(turn, journal);
  }

  private of(turn: string): Promise<Journal> {
    const journal = this.known.get(turn) ?? this.read(turn);
    this.known.set(turn, journal);
    return journal;
  }

  private async read(turn: string): Promise<Journal> {
    try {
      const read = JSON.parse(new TextDecoder().decode(await workspace.fs.readFile(this.file(turn)))) as Journal;
      if (read.version === 1 && Array.isArray(read.entries) && Array.isArray(read.texts)) return read;
    } catch {
      // There is none yet.
    }
    return { version: 1, entries: [], texts: [], disk: {} };
  }

  /** Writes to a file beside it first, so that a crash does not destroy the last good state. */
  private write(turn: string, journal: Journal): Promise<void> {
    const text = JSON.stringify(journal);
    const written = this.writing.then(async () => {
      const file = this.file(turn);
      const part = file.with({ path: `${file.path}.part` });
      await workspace.fs.createDirectory(this.folder);
      await workspace.fs.writeFile(part, new TextEncoder().encode(text));
      await rename(part.fsPath, file.fsPath);
    });
    this.writing = written.catch(() => {});
    return written;
  }

  private file(turn: string): Uri {
    return Uri.joinPath(this.folder, `${turn}.json`);
  }
}
