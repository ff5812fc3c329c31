import type { Status } from "../../protocol.ts";

/** The common part of all engines: the current status, and the listeners for changes. */
export class StatusNotifier {
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
