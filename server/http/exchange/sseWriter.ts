/**
 * Writes server-sent events to one client. The client may lag behind the model, so that the model need not wait for the
 * network. If it lags too far, `push` waits. If it reads nothing for too long, it is given up.
 */
export type SseWriterOptions = {
  /** Resolves when the client's connection has room for more. */
  write: (text: string) => Promise<unknown>;
  /** How long the client may read nothing of the waiting data, ms. */
  stallMs: number;
  /** How many characters may wait before `push` waits. */
  backlogChars: number;
  /** Called at most once, when nothing has been read for too long. */
  onStall: () => void;
};

export class SseWriter {
  private readonly options: SseWriterOptions;
  private last: Promise<void> = Promise.resolve();
  private backlog = 0;
  private timer: NodeJS.Timeout | undefined;
  private stalled = false;

  constructor(options: SseWriterOptions) {
    this.options = options;
  }

  /** Resolves at once while the client keeps up. */
  async push(text: string): Promise<void> {
    if (this.stalled) return;
    this.backlog += text.length;
    this.timer ??= this.watch();
    this.last = this.last.then(() => this.write(text));
    if (this.backlog > this.options.backlogChars) await this.last;
  }

  /** Resolves when everything has been sent, or the client has been given up. */
  async flushed(): Promise<void> {
    await this.last;
  }

  private async write(text: string): Promise<void> {
    if (!this.stalled) await this.options.write(text);
    this.backlog -= text.length;
    clearTimeout(this.timer);
    this.timer = this.backlog > 0 && !this.stalled ? this.watch() : undefined;
  }

  private watch(): NodeJS.Timeout {
    return setTimeout(() => {
      this.stalled = true;
      this.options.onStall();
    }, this.options.stallMs);
  }
}
