/** Counts the tokens of a reply, and tells with each part of it how many there are so far. */
import type { ReplyPart } from "../nemotron/reader.ts";
import type { ReplyProgress } from "../protocol.ts";

/** What generating tells. */
export type GeneratedProgress = Extract<ReplyProgress, { type: ReplyPart["type"] }>;

export class Tally {
  /** Tokens of the thought, its closing tag included. */
  thought = 0;
  /** Tokens of the answer and of tool calls. */
  answer = 0;
  /** What was told last of each; 0: nothing. */
  private readonly told = { thought: 0, answer: 0 };
  private readonly report: (progress: GeneratedProgress) => void;

  constructor(report: (progress: GeneratedProgress) => void) {
    this.report = report;
  }

  tell(parts: ReplyPart[]): void {
    for (const part of parts) {
      if (part.type !== "thought") this.close("thought");
      if (part.type === "toolCall") {
        this.close("answer");
        this.report(part);
      } else {
        this.told[part.type] = this[part.type];
        this.report({ ...part, tokens: this[part.type] });
      }
    }
  }

  /** The reply is over: its last counts are the final ones. */
  end(): void {
    this.close("thought");
    this.close("answer");
  }

  /** Tells of tokens that gave no text, a closing tag or white space, of what was told of at all; from then on it is not. */
  private close(type: "thought" | "answer"): void {
    const tokens = this[type];
    if (this.told[type] > 0 && this.told[type] < tokens) this.report({ type, text: "", tokens });
    this.told[type] = 0;
  }
}
