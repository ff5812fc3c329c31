/** The states of one kind (key.ts) on disk, as one engine process sees them. */
import type { Stats } from "node:fs";
import { chmod, lstat, mkdir, open, readdir, rename, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { removeEntry, shrink, sweep } from "./disk.ts";
import {
  conversationIn,
  digest,
  type Entry,
  entryName,
  indexFile,
  readEntry,
  type StateMeta,
  stateFile,
  temporaryName,
  writeIndex,
} from "./entry.ts";

export type StoreOptions = {
  /** Of all states, whatever their key. */
  root: string;
  key: string;
  /** What all states may take, bytes; 0 keeps none. */
  capBytes: number;
  /** What a state of so many tokens takes, about, bytes. */
  estimate: (tokens: number) => number;
  /** How many tokens the model knows: an index with others is no index of its. */
  vocabulary: number;
  onProblem: (message: string) => void;
};

/** `whole`: whether it has got its name; until then it may still fail. */
export type SavedState = StateMeta & { whole: Promise<Entry | undefined> };

export class StateStore {
  /** Told of states that are no longer there. */
  onRemoved: (gone: (folder: string) => boolean) => void = () => {};
  private readonly options: StoreOptions;
  private readonly folder: string;
  private readonly pending = new Set<Promise<unknown>>();
  /** The files that were found to be whole, as they were then. */
  private readonly verified = new Map<string, string>();

  constructor(options: StoreOptions) {
    this.options = options;
    this.folder = path.join(options.root, options.key);
  }

  /** The states that are there, least recently used first; what cannot be one is removed. A folder that cannot be had is told, and empty. */
  async open(): Promise<SavedState[]> {
    const { root, capBytes, vocabulary } = this.options;
    try {
      await sweep(root);
      await shrink(root, capBytes);
      if (capBytes === 0) return [];
      await this.makePrivate();
      const entries: { entry: Entry; used: number }[] = [];
      for (const name of await readdir(this.folder)) {
        if (conversationIn(name) === undefined) continue;
        const entry = await readEntry(path.join(this.folder, name));
        if (entry && [entry.tokens, ...entry.said].every((tokens) => tokens.every((token) => token < vocabulary)))
          entries.push({ entry, used: (await stat(indexFile(entry.folder))).mtimeMs });
        else await removeEntry(path.join(this.folder, name));
      }
      return entries
        .toSorted((a, b) => a.used - b.used)
        .map(({ entry }) => ({ ...entry, whole: Promise.resolve(entry) }));
    } catch (error) {
      this.tell(error);
      return [];
    }
  }

  /**
   * Saves a state. Resolves when it has been written by `write`, which returns its length; it is verified and named
   * behind that, while the model goes on. Not being able to (a full disk) costs a later reading, never a reply: it is
   * told, and undefined.
   */
  async save(meta: StateMeta, write: (file: string) => Promise<number>): Promise<SavedState | undefined> {
    const { root, capBytes, estimate } = this.options;
    const need = estimate(meta.tokens.length);
    if (need > capBytes || capBytes === 0) return undefined;
    const temporary = path.join(this.folder, temporaryName());
    try {
      await this.forgetRemoved(await shrink(root, capBytes - need));
      await this.makePrivate();
      await mkdir(temporary, { recursive: true, mode: 0o700 });
      // llama.cpp opens files with whatever mode the user's mask gives; one that is there keeps its own.
      await (await open(stateFile(temporary), "wx", 0o600)).close();
      const bytes = await write(stateFile(temporary));
      const whole = this.name(meta, temporary, bytes);
      this.pending.add(whole);
      void whole.finally(() => this.pending.delete(whole));
      return { ...meta, whole };
    } catch (error) {
      await removeEntry(temporary);
      this.tell(error);
      return undefined;
    }
  }

  /** Resolves when all that was saved has its name, or has failed. */
  async settled(): Promise<void> {
    await Promise.all(this.pending);
  }

  /**
   * The file of a state that is whole, as it was when it was saved. Nothing else may be loaded: llama.cpp may end the
   * process over a broken one. Throws the signal's reason.
   */
  async verify(state: SavedState, signal?: AbortSignal): Promise<string | undefined> {
    const entry = await state.whole;
    if (!entry) return undefined;
    const file = stateFile(entry.folder);
    try {
      const found = await lstat(file);
      if (!found.isFile() || found.size !== entry.bytes) return undefined;
      if (this.verified.get(file) !== sight(found)) {
        if ((await digest(file, signal)) !== entry.sha256) return undefined;
        this.verified.set(file, sight(found));
      }
      return file;
    } catch {
      signal?.throwIfAborted();
      return undefined;
    }
  }

  /** It has been of use: others are thrown out before it. */
  async touch(state: SavedState): Promise<void> {
    const entry = await state.whole;
    if (entry) await utimes(indexFile(entry.folder), new Date(), new Date()).catch(() => {});
  }

  async remove(state: SavedState): Promise<void> {
    const entry = await state.whole;
    if (entry) await removeEntry(entry.folder);
  }

  /** Checks what has been written, and gives it its name. The disk is not waited for: what a power cut spoils is told by its hash. */
  private async name(meta: StateMeta, temporary: string, bytes: number): Promise<Entry | undefined> {
    try {
      const file = stateFile(temporary);
      const written = await lstat(file);
      // What llama.cpp has in its buffer when it closes a file is lost without a word where the disk is full.
      if (written.size !== bytes) throw new Error(`only ${written.size} of ${bytes} bytes could be written`);
      const sha256 = await digest(file);
      const folder = path.join(this.folder, entryName(meta));
      const entry: Entry = { ...meta, folder, bytes, sha256 };
      await writeIndex(temporary, entry);
      await rename(temporary, folder);
      this.verified.set(stateFile(folder), sight(written));
      await this.forgetRemoved(await shrink(this.options.root, this.options.capBytes));
      return entry;
    } catch (error) {
      await removeEntry(temporary);
      this.tell(error);
      return undefined;
    }
  }

  private forgetRemoved(folders: string[]): void {
    if (folders.length > 0) this.onRemoved((folder) => folders.includes(folder));
  }

  /** Nobody else may read it, or put something there. */
  private async makePrivate(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const found = await lstat(this.folder);
    const { mode, uid } = found;
    if (!found.isDirectory()) throw new Error(`${this.folder} is not a folder`);
    if (process.getuid && uid !== process.getuid()) throw new Error(`${this.folder} belongs to another user`);
    if (process.getuid && (mode & 0o077) !== 0) await chmod(this.folder, 0o700);
  }

  private tell(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.options.onProblem(`States of conversations are not kept on disk, and will have to be read again: ${why}`);
  }
}

/** Changes whenever a file does. */
const sight = ({ ino, size, mtimeMs, ctimeMs }: Stats) => [ino, size, mtimeMs, ctimeMs].join();
