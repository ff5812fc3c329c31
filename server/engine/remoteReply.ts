import { t } from "@vscode/l10n";
import type { Child } from "./child.ts";
import { EngineError, type Reply, type ReplyEvent, type RespondRequest } from "./engine.ts";

/** A reply that is generated in the engine process. Events that nobody has asked for yet wait here. */
export class RemoteReply implements Reply {
  private readonly events: ReplyEvent[] = [];
  private wake: (() => void) | undefined;
  private over = false;
  private failure: unknown;
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

  async *[Symbol.asyncIterator](): AsyncGenerator<ReplyEvent> {
    for (;;) {
      yield* this.events.splice(0);
      if (this.events.length > 0) continue;
      if (this.failure !== undefined) throw this.failure;
      if (this.over) return;
      await new Promise<void>((wake) => {
        this.wake = wake;
      });
    }
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
        { signal, onEvents: (events) => this.add(events), onId: (id) => (this.id = id) },
      );
    } catch (error) {
      this.failure = error;
    } finally {
      this.over = true;
      if (running) onRunning(-1);
      this.wake?.();
    }
  }

  private add(events: ReplyEvent[]): void {
    this.events.push(...events);
    this.wake?.();
  }
}
