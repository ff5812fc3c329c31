/** A file that a download appends to, and the hash of its content. */
import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";

export type Algorithm = "sha256" | "sha512";

export class GrowingFile {
  /** Bytes so far. */
  length = 0;
  /** A strong ETag of the content so far. */
  etag: string | undefined;
  protected readonly handle: FileHandle;
  private readonly algorithm: Algorithm;
  private hash: Hash;

  protected constructor(handle: FileHandle, algorithm: Algorithm, hash = createHash(algorithm)) {
    this.handle = handle;
    this.algorithm = algorithm;
    this.hash = hash;
  }

  /** Creates a file that only this user can read. Throws the file system's error, also if the file exists. */
  static async create(file: string, algorithm: Algorithm): Promise<GrowingFile> {
    return new GrowingFile(await open(file, "ax", 0o600), algorithm);
  }

  async setEtag(etag: string | undefined): Promise<void> {
    this.etag = etag;
  }

  async append(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length; ) at += (await this.handle.write(chunk, at)).bytesWritten;
    this.hash.update(chunk);
    this.length += chunk.length;
  }

  /** Discards the content. */
  async startOver(): Promise<void> {
    await this.handle.truncate(0);
    this.hash = createHash(this.algorithm);
    this.length = 0;
    await this.setEtag(undefined);
  }

  /** The hash of the content. */
  digest(encoding: "hex" | "base64"): string {
    return this.hash.copy().digest(encoding);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
