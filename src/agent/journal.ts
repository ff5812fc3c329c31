/** What agents have done to files, kept in the workspace's own storage, so that it can be taken back. */
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { makeFolder } from "../../server/files/makeFolder.ts";

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
  private readonly folder: string;
  private readonly onFirst: (turn: string, uri: string) => void;
  /** The journal that was used last. Others are read again: they hold the whole texts of files. */
  private last: { turn: string; journal: Journal } | undefined;
  /** Uses follow one another, so that none overwrites what another has changed. */
  private doing: Promise<unknown> = Promise.resolve();

  /** @param onFirst called when the first change of a file in a turn is recorded. */
  constructor(folder: string, onFirst: (turn: string, uri: string) => void) {
    this.folder = folder;
    this.onFirst = onFirst;
  }

  /**
   * Records a change before it is made. Rejects if it cannot be written: then the change must not be made.
   * @param disk the file's bytes, if it had no unsaved changes. Only the first ones of a turn are kept.
   */
  async record(turn: string, change: FileChange, disk?: Uint8Array): Promise<void> {
    const { uri, step, created, folders } = change;
    const isFirst = await this.use(turn, async (journal) => {
      const isFirst = journal.entries.every((entry) => entry.uri !== uri);
      // Bytes from before changes that were taken back say nothing about this one.
      if (isFirst) delete journal.disk[uri];
      if (isFirst && disk) journal.disk[uri] = Buffer.from(disk).toString("base64");
      const index = (text: string) => {
        const at = journal.texts.indexOf(text);
        return at >= 0 ? at : journal.texts.push(text) - 1;
      };
      journal.entries.push({ uri, step, before: index(change.before), after: index(change.after), created, folders });
      try {
        await this.write(turn, journal);
      } catch (error) {
        journal.entries.pop();
        throw error;
      }
      return isFirst;
    });
    if (isFirst) this.onFirst(turn, uri);
  }

  /** The last recorded change was not made after all. */
  dropLast(turn: string): Promise<void> {
    return this.use(turn, (journal) => {
      journal.entries.pop();
      return this.write(turn, journal);
    });
  }

  /** All changes of a turn, oldest first. */
  changes(turn: string): Promise<FileChange[]> {
    return this.use(turn, ({ entries, texts }) =>
      entries.map(({ uri, step, before, after, created = false, folders = [] }) => {
        return { uri, step, created, folders, before: texts[before] ?? "", after: texts[after] ?? "" };
      }),
    );
  }

  /** The bytes of a file before the turn; undefined if it had unsaved changes, or did not exist. */
  async disk(turn: string, uri: string): Promise<Uint8Array | undefined> {
    const bytes = await this.use(turn, ({ disk }) => disk[uri]);
    return bytes === undefined ? undefined : Buffer.from(bytes, "base64");
  }

  /** Forgets changes, which were taken back. @param isLeft which ones stay; none by default. */
  forget(turn: string, isLeft: (change: Pick<FileChange, "uri" | "step">) => boolean = () => false): Promise<void> {
    return this.use(turn, async (journal) => {
      if (journal.entries.length === 0) return;
      journal.entries = journal.entries.filter(isLeft);
      await this.write(turn, journal);
    });
  }

  /** Deletes the journal of a turn. */
  delete(turn: string): Promise<void> {
    return this.use(turn, () => {
      this.last = undefined;
      return rm(this.file(turn), { force: true }).catch(() => {});
    });
  }

  /** Files were renamed. @param renamed the new URI of a file; undefined if it has kept its own. */
  async renamed(renamed: (uri: string) => string | undefined): Promise<void> {
    const names = await readdir(this.folder).catch(() => []);
    for (const name of names) if (name.endsWith(".json")) await this.renamedIn(name.slice(0, -5), renamed);
  }

  private renamedIn(turn: string, renamed: (uri: string) => string | undefined): Promise<void> {
    return this.use(turn, async (journal) => {
      let found = false;
      for (const entry of journal.entries) {
        const uri = renamed(entry.uri);
        if (uri === undefined) continue;
        if (journal.disk[entry.uri] !== undefined) journal.disk[uri] = journal.disk[entry.uri]!;
        entry.uri = uri;
        found = true;
      }
      if (found) await this.write(turn, journal);
    });
  }

  private use<R>(turn: string, work: (journal: Journal) => R | Promise<R>): Promise<R> {
    const done = this.doing.then(async () => {
      if (this.last?.turn !== turn) this.last = { turn, journal: await this.read(turn) };
      return work(this.last.journal);
    });
    this.doing = done.catch(() => {});
    return done;
  }

  private async read(turn: string): Promise<Journal> {
    try {
      const read = JSON.parse(await readFile(this.file(turn), "utf8")) as Journal;
      if (read.version === 1 && Array.isArray(read.entries) && Array.isArray(read.texts)) return read;
    } catch {
      // There is none yet.
    }
    return { version: 1, entries: [], texts: [], disk: {} };
  }

  /** Writes to a file beside it first, so that a crash does not destroy the last good state. */
  private async write(turn: string, journal: Journal): Promise<void> {
    const file = this.file(turn);
    await makeFolder(this.folder);
    await writeFile(`${file}.part`, JSON.stringify(journal));
    await rename(`${file}.part`, file);
  }

  private file(turn: string): string {
    return path.join(this.folder, `${turn}.json`);
  }
}
