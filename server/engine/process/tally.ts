/** Counts the tokens of a reply, and reports the count so far with each part of it. */
import type { ReplyPart } from "../../nemotron/reader.ts";
import type { ReplyEvent } from "../engine.ts";
import { badCallError } from "../errors.ts";

/** The events that generation reports. */
export type GeneratedProgress = Extract<ReplyEvent, { type: ReplyPart["type"] }>;

export class Tally {
  /** Tokens of the thought, with its closing tag. */
  thought = 0;
  /** Tokens of the answer and of tool calls. */
  answer = 0;
  /** The last reported count of each; 0: none. */
  private readonly reported = { thought: 0, answer: 0 };
  private readonly report: (progress: GeneratedProgress) => void;

  constructor(report: (progress: GeneratedProgress) => void) {
    this.report = report;
  }

  /** Throws EngineError badCall for a call that cannot be read. A call that was cut off is left out. */
  add(parts: ReplyPart[]): void {
    for (const part of parts) {
      if (part.type !== "thought") this.close("thought");
      if (part.type === "brokenCall") {
        if (!part.isCut) throw badCallError();
      } else if (part.type === "toolCall" || part.type === "callPart") {
        this.close("answer");
        this.report(part);
      } else {
        this.reported[part.type] = this[part.type];
        this.report({ ...part, tokens: this[part.type] });
      }
    }
  }

  /** The reply is over: reports the final counts. */
  end(): void {
    this.close("thought");
    this.close("answer");
  }

  /** Reports tokens without text (a closing tag, white space) if that part has been reported at all. Ends the part. */
  private close(type: "thought" | "answer"): void {
    const tokens = this[type];
    if (this.reported[type] > 0 && this.reported[type] < tokens) this.report({ type, text: "", tokens });
    this.reported[type] = 0;
  }
}
