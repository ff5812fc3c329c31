import { t } from "@vscode/l10n";
import { EngineError, type Reply, type ReplyEvent } from "../engine.ts";
import type { EngineRequest, EngineRequests } from "./child.ts";
import { EventQueue } from "./eventQueue.ts";

type SteerRequest = Extract<EngineRequest, { type: "answerNow" | "addBudget" }>;
/** What to change about a running reply. */
export type Steering = { type: "answerNow" } | { type: "addBudget"; tokens: number };
/** Resolves to the engine that generates a reply, when it is ready. `Begin`: the type of the request for the reply. */
type Source<Begin> = () => Promise<EngineRequests<Begin | SteerRequest>>;

/** A request for a reply that another process generates, and the requests that steer that reply. */
export class ReplyRequest<Begin> {
  private engine: EngineRequests<Begin | SteerRequest> | undefined;
  private id: number | undefined;

  /** Resolves at the end of the reply. Throws EngineError, or the signal's reason. */
  async run(
    source: Source<Begin>,
    begin: Begin,
    options: { signal: AbortSignal; onEvents: (events: ReplyEvent[]) => void },
  ): Promise<void> {
    this.engine = await source();
    await this.engine.request(begin, { ...options, onId: (id) => (this.id = id) });
  }

  /** Resolves to the new budget in tokens for `addBudget`, to null for `answerNow`. Throws EngineError notThinking. */
  async steer(request: Steering) {
    if (!this.engine || this.id === undefined) throw new EngineError("notThinking", t("The reply has not begun."));
    return this.engine.request<number | "unlimited">({ ...request, reply: this.id });
  }
}

/** A reply that another process generates, as an iterable of its events. */
export class IpcReply<Begin> implements Reply {
  private readonly events = new EventQueue<ReplyEvent>();
  private readonly request = new ReplyRequest<Begin>();

  constructor(source: Source<Begin>, begin: Begin, signal: AbortSignal) {
    const onEvents = (events: ReplyEvent[]) => this.events.push(...events);
    this.request.run(source, begin, { signal, onEvents }).then(
      () => this.events.end(),
      (error) => this.events.fail(error),
    );
  }

  [Symbol.asyncIterator](): AsyncIterator<ReplyEvent> {
    return this.events[Symbol.asyncIterator]();
  }

  async answerNow(): Promise<void> {
    await this.request.steer({ type: "answerNow" });
  }

  addBudget(tokens: number): Promise<number | "unlimited"> {
    return this.request.steer({ type: "addBudget", tokens });
  }
}
