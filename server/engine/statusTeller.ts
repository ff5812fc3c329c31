import type { Status } from "../protocol.ts";

/** What every engine has: its present status, and those who are told of the next one. */
export class StatusTeller {
  status: Status = { type: "noModel" };
  private readonly listeners: ((status: Status) => void)[] = [];

  onStatus(listener: (status: Status) => void): void {
    this.listeners.push(listener);
  }

  protected setStatus(status: Status): void {
    this.status = status;
    for (const listener of this.listeners) listener(status);
  }
}
