/** Counts what the endpoint does, for `GET /metrics` in Prometheus' text format. */
import type { ReplyEvent } from "../../engine/engine.ts";
import type { ModelInfo } from "../../protocol.ts";

type Kind = "counter" | "gauge";
/** What is measured elsewhere. */
type Now = { running: number; waiting: number; model: ModelInfo | undefined };

export class Metrics {
  private requests = 0;
  private finished = 0;
  private read = 0;
  private reused = 0;
  private generated = 0;
  private seconds = 0;

  /** Passes a reply on and counts it, from now on until its end. */
  async *observe(events: AsyncIterable<ReplyEvent>): AsyncGenerator<ReplyEvent> {
    this.requests++;
    const begun = performance.now();
    try {
      for await (const event of events) {
        if (event.type === "usage") this.add(event);
        yield event;
      }
    } finally {
      this.seconds += (performance.now() - begun) / 1000;
    }
  }

  /** The metrics as Prometheus reads them. */
  text({ running, waiting, model }: Now): string {
    const lines: [name: string, kind: Kind, help: string, value: number][] = [
      ["requests_total", "counter", "Replies that were begun.", this.requests],
      ["replies_total", "counter", "Replies that ended by themselves.", this.finished],
      ["prompt_tokens_read_total", "counter", "Prompt tokens that were read.", this.read],
      ["prompt_tokens_reused_total", "counter", "Prompt tokens that needed no reading.", this.reused],
      ["generated_tokens_total", "counter", "Tokens of thoughts and answers.", this.generated],
      ["reply_seconds_total", "counter", "Time that replies took.", this.seconds],
      ["requests_running", "gauge", "Requests that are being answered.", running],
      ["requests_waiting", "gauge", "Requests that wait for their turn.", waiting],
      ["context_tokens", "gauge", "The context of the loaded model.", model?.contextTokens ?? 0],
      ["memory_bytes", "gauge", "The memory that the loaded model needs.", bytesOf(model)],
    ];
    return lines
      .map(([name, kind, help, value]) => {
        const full = `nemotron_${name}`;
        return `# HELP ${full} ${help}\n# TYPE ${full} ${kind}\n${full} ${value}\n`;
      })
      .join("");
  }

  private add({ usage }: Extract<ReplyEvent, { type: "usage" }>): void {
    this.finished++;
    this.read += usage.readTokens;
    this.reused += usage.reusedTokens;
    this.generated += usage.thoughtTokens + usage.answerTokens;
  }
}

function bytesOf(model: ModelInfo | undefined): number {
  if (!model) return 0;
  const { weights, state, kv, compute, checkpoints } = model.memory;
  return weights + state + kv + compute + checkpoints;
}
