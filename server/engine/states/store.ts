/** The states with one key (key.ts) on disk, as one engine process sees them. */
import type { Stats } from "node:fs";
import { chmod, lstat, mkdir, open, readdir, rename, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { t } from "@vscode/l10n";
import { makeFolder } from "../../files/makeFolder.ts";
import { removeEntry, shrinkFolder, sweep } from "./disk.ts";
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
  /** The folder of all states, whatever their key. */
  root: string;
  key: string;
  /** Limit for all states, bytes; 0 saves none. */
  capBytes: number;
  /** Approximate size of a state with this many tokens, bytes. */
  estimate: (tokens: number) => number;
  /** Number of tokens in the model's vocabulary. An index with other tokens is not from this model. */
  vocabulary: number;
  onProblem: (message: string) => void;
};

/** `entry`: resolves when the state has its final name; undefined if that failed. */
export type SavedState = StateMeta & { entry: Promise<Entry | undefined> };

/** Saves, lists and verifies states. llama.cpp itself writes and loads the state files. */
export class StateStore {
  /** Called when states have been removed. */
  onRemoved: (isRemoved: (folder: string) => boolean) => void = () => {};
  private readonly options: StoreOptions;
  private readonly folder: string;
  /** The states that are being checked, and how to end that. */
  private readonly pending = new Map<SavedState["entry"], AbortController>();
  /** Files that passed verification, with their fingerprint at that time. */
  private readonly verified = new Map<string, string>();

  constructor(options: StoreOptions) {
    this.options = options;
    this.folder = path.join(options.root, options.key);
  }

  /**
   * The existing states, least recently used first. Removes invalid ones. If the folder is not usable, reports that and
   * returns none.
   */
  async open(): Promise<SavedState[]> {
    const { root, capBytes, vocabulary } = this.options;
    try {
      await sweep(root);
      await shrinkFolder(root, capBytes);
      if (capBytes === 0) return [];
      await this.makePrivate();
      const entries: { entry: Entry; used: number }[] = [];
      for (const name of await readdir(this.folder)) {
        if (conversationIn(name) === undefined) continue;
        const entry = await readEntry(path.join(this.folder, name));
        if (entry && [entry.tokens, ...entry.replies].every((tokens) => tokens.every((token) => token < vocabulary)))
          entries.push({ entry, used: (await stat(indexFile(entry.folder))).mtimeMs });
        else await removeEntry(path.join(this.folder, name));
      }
      return entries
        .toSorted((a, b) => a.used - b.used)
        .map(({ entry }) => ({ ...entry, entry: Promise.resolve(entry) }));
    } catch (error) {
      this.report(error);
      return [];
    }
  }

  /**
   * Saves a state. Resolves when `write` has written it; `write` returns the length in bytes. The state is checked and
   * named in the background. A failure, such as a full disk, is reported and gives undefined: it only costs a re-read.
   */
  async save(meta: StateMeta, write: (file: string) => Promise<number>): Promise<SavedState | undefined> {
    const { root, capBytes, estimate } = this.options;
    const need = estimate(meta.tokens.length);
    if (need > capBytes || capBytes === 0) return undefined;
    const temporary = path.join(this.folder, temporaryName());
    try {
      await this.forgetRemoved(await shrinkFolder(root, capBytes - need));
      await this.makePrivate();
      await mkdir(temporary, { mode: 0o700 });
      // llama.cpp opens files with the mode that the user's umask gives. An existing file keeps its mode.
      await (await open(stateFile(temporary), "wx", 0o600)).close();
      const bytes = await write(stateFile(temporary));
      const abort = new AbortController();
      const entry = this.finish(meta, temporary, bytes, abort.signal);
      this.pending.set(entry, abort);
      void entry.finally(() => this.pending.delete(entry));
      return { ...meta, entry };
    } catch (error) {
      await removeEntry(temporary);
      this.report(error);
      return undefined;
    }
  }

  /** Resolves when all saved states have their final name, or have failed. */
  async flushed(): Promise<void> {
    await Promise.all(this.pending.keys());
  }

  /**
   * The file of a state; undefined if it has changed since it was saved. Load no other file: llama.cpp can end the
   * process on a broken one. Throws the signal's reason.
   */
  async verify(state: SavedState, signal?: AbortSignal): Promise<string | undefined> {
    const entry = await state.entry;
    if (!entry) return undefined;
    const file = stateFile(entry.folder);
    try {
      const found = await lstat(file);
      if (!found.isFile() || found.size !== entry.bytes) return undefined;
      if (this.verified.get(file) !== fileFingerprint(found)) {
        if ((await digest(file, signal)) !== entry.sha256) return undefined;
        this.verified.set(file, fileFingerprint(found));
      }
      return file;
    } catch {
      signal?.throwIfAborted();
      return undefined;
    }
  }

  /** Marks the state as used, so that states not used since are removed first. */
  async touch(state: SavedState): Promise<void> {
    const entry = await state.entry;
    if (entry) await utimes(indexFile(entry.folder), new Date(), new Date()).catch(() => {});
  }

  /** Does not wait until the state has been checked. */
  async remove(state: SavedState): Promise<void> {
    this.pending.get(state.entry)?.abort();
    const entry = await state.entry;
    if (entry) await removeEntry(entry.folder);
  }

  /**
   * Checks the written state and gives it its final name. Does not sync the file: the hash reveals damage by a power
   * cut.
   */
  private async finish(
    meta: StateMeta,
    temporary: string,
    bytes: number,
    removed: AbortSignal,
  ): Promise<Entry | undefined> {
    try {
      const file = stateFile(temporary);
      const written = await lstat(file);
      // When the disk is full, llama.cpp silently loses its buffered data on closing a file.
      if (written.size !== bytes) throw new Error(`only ${written.size} of ${bytes} bytes could be written`);
      const sha256 = await digest(file, removed);
      const folder = path.join(this.folder, entryName(meta));
      const entry: Entry = { ...meta, folder, bytes, sha256 };
      await writeIndex(temporary, entry);
      await rename(temporary, folder);
      this.verified.set(stateFile(folder), fileFingerprint(written));
      await this.forgetRemoved(await shrinkFolder(this.options.root, this.options.capBytes));
      return entry;
    } catch (error) {
      await removeEntry(temporary);
      if (!removed.aborted) this.report(error);
      return undefined;
    }
  }

  private forgetRemoved(folders: string[]): void {
    if (folders.length > 0) this.onRemoved((folder) => folders.includes(folder));
  }

  /** No other user may read the folder or write into it. */
  private async makePrivate(): Promise<void> {
    await makeFolder(this.folder, 0o700);
    const found = await lstat(this.folder);
    const { mode, uid } = found;
    if (!found.isDirectory()) throw new Error(`${this.folder} is not a folder`);
    if (process.getuid && uid !== process.getuid()) throw new Error(`${this.folder} belongs to another user`);
    if (process.getuid && (mode & 0o077) !== 0) await chmod(this.folder, 0o700);
  }

  private report(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.options.onProblem(t("Conversations are not kept on disk, so later they have to be read again: {0}", why));
  }
}

/** A text that changes whenever the file changes. */
const fileFingerprint = ({ ino, size, mtimeMs, ctimeMs }: Stats) => [ino, size, mtimeMs, ctimeMs].join();
