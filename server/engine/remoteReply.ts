import { t } from "@vscode/l10n";
import type { EngineRequest, EngineRequests } from "./child.ts";
import { EngineError, type Reply, type ReplyEvent } from "./engine.ts";
import { EventQueue } from "./eventQueue.ts";

type Steering = Extract<EngineRequest, { type: "answerNow" | "addBudget" }>;

/** A reply that is generated in another process. `Begin`: what it is asked for with. */
export class RemoteReply<Begin> implements Reply {
  private readonly events = new EventQueue<ReplyEvent>();
  private engine: EngineRequests<Begin | Steering> | undefined;
  private id: number | undefined;

  constructor(
    engine: () => Promise<EngineRequests<Begin | Steering>>,
    begin: Begin,
    signal: AbortSignal,
    onRunning: (more: 1 | -1) => void = () => {},
  ) {
    void this.run(engine, begin, signal, onRunning);
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
    if (!this.engine || this.id === undefined) throw new EngineError("notThinking", t("The reply has not begun."));
    return this.engine.request<number | "unlimited">({ ...request, reply: this.id });
  }

  private async run(
    engine: () => Promise<EngineRequests<Begin | Steering>>,
    begin: Begin,
    signal: AbortSignal,
    onRunning: (more: 1 | -1) => void,
  ): Promise<void> {
    let running = false;
    try {
      this.engine = await engine();
      running = true;
      onRunning(1);
      await this.engine.request(begin, {
        signal,
        onEvents: (events) => this.events.push(...events),
        onId: (id) => (this.id = id),
      });
      this.events.end();
    } catch (error) {
      this.events.fail(error);
    } finally {
      if (running) onRunning(-1);
    }
  }
}
