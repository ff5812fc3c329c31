import { t } from "@vscode/l10n";
import type { Child } from "./child.ts";
import { EngineError, type Reply, type ReplyEvent, type RespondRequest } from "./engine.ts";
import { EventQueue } from "./eventQueue.ts";

/** A reply that is generated in the engine process. */
export class RemoteReply implements Reply {
  private readonly events = new EventQueue<ReplyEvent>();
  private child: Child | undefined;
  private id: number | undefined;

  constructor(
    engine: () => Promise<Child>,
    request: RespondRequest,
    signal: AbortSignal,
    onRunning: (more: 1 | -1) => void,
  ) {
    void this.run(engine, request, signal, onRunning);
  }

  [Symbol.asyncIterator](): AsyncIterator<ReplyEvent> {
    return this.events[Symbol.asyncIterator]();
  }

  async answerNow(): Promise<void> {
    await this.steer({ type: "answerNow" });
  }

  addBudget(tokens: number): Promise<number | "unlimited"> {
    return this.steer({ type: "addBudget", tokens });
  }

  private async steer(request: { type: "answerNow" } | { type: "addBudget"; tokens: number }) {
    if (!this.child || this.id === undefined) throw new EngineError("notThinking", t("The reply has not begun."));
    return this.child.request<number | "unlimited">({ ...request, reply: this.id });
  }

  private async run(
    engine: () => Promise<Child>,
    request: RespondRequest,
    signal: AbortSignal,
    onRunning: (more: 1 | -1) => void,
  ): Promise<void> {
    let running = false;
    try {
      this.child = await engine();
      running = true;
      onRunning(1);
      await this.child.request(
        { type: "respond", request },
        { signal, onEvents: (events) => this.events.push(...events), onId: (id) => (this.id = id) },
      );
      this.events.end();
    } catch (error) {
      this.events.fail(error);
    } finally {
      if (running) onRunning(-1);
    }
  }
}
