/** An unfinished file and a note about its final content: enough to continue the download after a restart. */
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { GrowingFile } from "../files/downloads/growingFile.ts";
import type { RemoteFile } from "./hub.ts";

const partPath = (file: string) => `${file}.part`;
const notePath = (file: string) => `${file}.part.json`;

const Note = z.object({ url: z.string(), bytes: z.number(), sha256: z.string(), etag: z.string().optional() });
/** `etag`: the strong ETag of the content so far. */
type Note = z.infer<typeof Note>;

/** Size of an unfinished download, bytes; 0 if there is none. */
export async function partialBytes(file: string): Promise<number> {
  return stat(partPath(file)).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Removes an unfinished download with its note, if there is one. */
export async function removePart(file: string): Promise<void> {
  await rm(partPath(file), { force: true });
  await rm(notePath(file), { force: true });
}

/** An unfinished download. Its note is kept up to date. */
export class PartFile extends GrowingFile {
  private readonly file: string;
  private readonly remote: RemoteFile;

  private constructor(file: string, handle: FileHandle, remote: RemoteFile, hash: Hash) {
    super(handle, "sha256", hash);
    this.file = file;
    this.remote = remote;
  }

  /**
   * Continues with an existing part if it belongs to the same file, from any source.
   * @param onChecked called with how much of the part has been read again, bytes.
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
    const continues = length > 0 && length <= remote.bytes;
    if (!continues) await removePart(file);
    const hash = createHash("sha256");
    if (continues) await hashFile(partPath(file), hash, signal, onChecked);
    const handle = await open(partPath(file), "a", 0o644);
    const part = new PartFile(file, handle, remote, hash);
    part.length = continues ? length : 0;
    if (continues && note?.url === remote.url) part.etag = note.etag;
    await part.writeNote();
    return part;
  }

  override async setEtag(etag: string | undefined): Promise<void> {
    if (etag === this.etag) return;
    this.etag = etag;
    await this.writeNote();
  }

  /** Makes the file durable under its final name, which only complete and verified files have. */
  async finish(): Promise<void> {
    await this.handle.sync();
    await this.handle.close();
    await rename(partPath(this.file), this.file);
    await rm(notePath(this.file), { force: true });
    await syncFolder(path.dirname(this.file));
  }

  private async writeNote(): Promise<void> {
    const draft = `${notePath(this.file)}.new`;
    const { url, bytes, sha256 } = this.remote;
    await writeFile(draft, JSON.stringify({ url, bytes, sha256, etag: this.etag } satisfies Note));
    await rename(draft, notePath(this.file));
  }
}

/** Adds a file to a hash. Throws the signal's reason. */
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

/** Makes the new name durable. Windows does not need this. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
