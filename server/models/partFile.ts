/** The unfinished file, and beside it what it is going to be: enough to go on after a restart of everything. */
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { RemoteFile } from "./hub.ts";

export const partPath = (file: string) => `${file}.part`;
const notePath = (file: string) => `${file}.part.json`;

const Note = z.object({ url: z.string(), bytes: z.number(), sha256: z.string(), etag: z.string().optional() });
/** `etag`: of what has come so far, a strong one. */
type Note = z.infer<typeof Note>;

/** So much of an unfinished download is here, bytes. */
export async function partialBytes(file: string): Promise<number> {
  return stat(partPath(file)).then(
    ({ size }) => size,
    () => 0,
  );
}

export async function removePart(file: string): Promise<void> {
  await rm(partPath(file), { force: true });
  await rm(notePath(file), { force: true });
}

export class PartFile {
  private readonly file: string;
  private readonly handle: FileHandle;
  private note: Note;
  private hash: Hash;
  /** Bytes that are there. */
  length: number;

  private constructor(file: string, handle: FileHandle, note: Note, hash: Hash, length: number) {
    this.file = file;
    this.handle = handle;
    this.note = note;
    this.hash = hash;
    this.length = length;
  }

  /**
   * Goes on with what is there, if it was going to be the same file, wherever it came from.
   * @param onChecked is told how much of it has been read again, bytes.
   */
  static async open(
    file: string,
    remote: RemoteFile,
    signal: AbortSignal,
    onChecked: (bytes: number) => void,
  ): Promise<PartFile> {
    const note = await readNote(file);
    const same = note?.sha256 === remote.sha256 && note.bytes === remote.bytes;
    const length = same ? await partialBytes(file) : 0;
    const goesOn = length > 0 && length <= remote.bytes;
    if (!goesOn) await removePart(file);
    const hash = createHash("sha256");
    if (goesOn) await hashFile(partPath(file), hash, signal, onChecked);
    const handle = await open(partPath(file), "a", 0o644);
    const etag = goesOn && note?.url === remote.url ? note.etag : undefined;
    const part = new PartFile(file, handle, { ...remote, etag }, hash, goesOn ? length : 0);
    await part.writeNote();
    return part;
  }

  get etag(): string | undefined {
    return this.note.etag;
  }

  async setEtag(etag: string | undefined): Promise<void> {
    if (etag === this.note.etag) return;
    this.note = { ...this.note, etag };
    await this.writeNote();
  }

  async append(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length; ) at += (await this.handle.write(chunk, at)).bytesWritten;
    this.hash.update(chunk);
    this.length += chunk.length;
  }

  /** Nothing that is there is of use. */
  async startOver(): Promise<void> {
    await this.handle.truncate(0);
    this.hash = createHash("sha256");
    this.length = 0;
    await this.setEtag(undefined);
  }

  /** Of all that is there, in hexadecimal. */
  digest(): string {
    return this.hash.copy().digest("hex");
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  /** On disk to stay, under its name: only whole and verified files ever have it. */
  async finish(): Promise<void> {
    await this.handle.sync();
    await this.handle.close();
    await rename(partPath(this.file), this.file);
    await rm(notePath(this.file), { force: true });
    await syncFolder(path.dirname(this.file));
  }

  private async writeNote(): Promise<void> {
    const draft = `${notePath(this.file)}.new`;
    await writeFile(draft, JSON.stringify(this.note));
    await rename(draft, notePath(this.file));
  }
}

/** Feeds a file to a hash. Throws the signal's reason. */
export async function hashFile(
  file: string,
  hash: Hash,
  signal: AbortSignal,
  onRead: (bytes: number) => void,
): Promise<void> {
  let bytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 ** 2 })) {
    signal.throwIfAborted();
    hash.update(chunk);
    bytes += chunk.length;
    onRead(bytes);
  }
}

async function readNote(file: string): Promise<Note | undefined> {
  try {
    return Note.parse(JSON.parse(await readFile(notePath(file), "utf8")));
  } catch {
    return undefined;
  }
}

/** The new name, too. Windows has no such thing, and needs none. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
