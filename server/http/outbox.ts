/**
 * What is on its way to one client. It may lag behind the model, so that the model need not wait for the network; too
 * far, or without taking anything for too long, and it is given up.
 */
export type OutboxOptions = {
  /** Resolves when the client's connection has room for more. */
  write: (text: string) => Promise<unknown>;
  stallMs: number;
  /** So many characters may wait before `push` does. */
  backlogChars: number;
  /** Called at most once: nothing has been taken for too long. */
  onStall: () => void;
};

export class Outbox {
  private readonly options: OutboxOptions;
  private last: Promise<void> = Promise.resolve();
  private backlog = 0;
  private timer: NodeJS.Timeout | undefined;
  private stalled = false;

  constructor(options: OutboxOptions) {
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

  /** Everything has been taken, or the client has been given up. */
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
