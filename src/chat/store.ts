/** Conversations on disk, one file each, in the workspace's own storage. */
import { rename } from "node:fs/promises";
import { type Disposable, FileSystemError, FileType, Uri, workspace } from "vscode";
import { interruptLostReplies, isConversation, type StoredConversation } from "./conversation.ts";

/** How often running replies are saved, ms. */
const SAVE_MS = 1000;

export class ConversationStore implements Disposable {
  private readonly folder: Uri;
  private readonly onFailure: (reason: string) => void;
  private readonly waiting = new Map<string, StoredConversation>();
  private timer: NodeJS.Timeout | undefined;
  private failing = false;
  /** Writes follow one another: a later state never loses against an earlier one. */
  private writing: Promise<void> = Promise.resolve();

  /** @param onFailure called once when saving begins to fail. The conversations stay in memory and are tried again. */
  constructor(folder: Uri, onFailure: (reason: string) => void) {
    this.folder = folder;
    this.onFailure = onFailure;
  }

  /** Newest first. Other files are ignored. */
  async list(): Promise<StoredConversation[]> {
    await this.flush();
    const entries = await workspace.fs.readDirectory(this.folder).then(undefined, () => []);
    const files = entries.filter(([name, type]) => type === FileType.File && name.endsWith(".json"));
    const read = await Promise.all(files.map(([name]) => this.read(name.slice(0, -".json".length))));
    return read.filter((conversation) => conversation !== undefined).sort((a, b) => b.updated - a.updated);
  }

  /** Undefined if the file is missing or invalid. Replies that cannot be resumed are marked as interrupted. */
  async read(id: string): Promise<StoredConversation | undefined> {
    try {
      const bytes = await workspace.fs.readFile(this.file(id));
      const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
      return isConversation(value) && value.id === id ? interruptLostReplies(value) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Saves the conversation within a second, with all changes until then. */
  save(conversation: StoredConversation): void {
    this.waiting.set(conversation.id, conversation);
    this.timer ??= setTimeout(() => void this.flush(), SAVE_MS);
  }

  /** A missing file is not an error. */
  async delete(id: string): Promise<void> {
    this.waiting.delete(id);
    const deleted = this.writing.then(async () => {
      try {
        await workspace.fs.delete(this.file(id));
      } catch (error) {
        if (!(error instanceof FileSystemError && error.code === "FileNotFound")) throw error;
      }
    });
    // What is saved later does not fail with it.
    this.writing = deleted.catch(() => {});
    await deleted;
  }

  /** Resolves when all pending writes are on disk, or their failure has been reported. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const conversations = [...this.waiting.values()];
    this.waiting.clear();
    this.writing = this.writing.then(async () => {
      for (const conversation of conversations) await this.write(conversation);
    });
    return this.writing;
  }

  dispose(): void {
    void this.flush();
  }

  /** Writes to a file beside it first, so that a full disk or a crash does not destroy the last good state. */
  private async write(conversation: StoredConversation): Promise<void> {
    const file = this.file(conversation.id);
    const part = file.with({ path: `${file.path}.part` });
    try {
      await workspace.fs.createDirectory(this.folder);
      await workspace.fs.writeFile(part, new TextEncoder().encode(JSON.stringify(conversation)));
      // Not by `workspace.fs`, which deletes the target first: for a moment there would be no file.
      await rename(part.fsPath, file.fsPath);
      this.failing = false;
    } catch (error) {
      if (!this.waiting.has(conversation.id)) this.waiting.set(conversation.id, conversation);
      if (!this.failing) this.onFailure(error instanceof Error ? error.message : String(error));
      this.failing = true;
    }
  }

  private file(id: string): Uri {
    return Uri.joinPath(this.folder, `${id}.json`);
  }
}
