/** An answer while it is being written: what the server streams, as VS Code's chat shows it. */
import { t } from "@vscode/l10n";
import type { ChatResponseStream } from "vscode";
import type { ReplyProgress } from "../../server/protocol.ts";
import { sanitizeDisplayText } from "../../server/shared/displayText.ts";
import { numberText } from "../text/locale.ts";
import type { TurnData } from "./history.ts";
import type { PromptSources } from "./promptSources.ts";

/** Reading less than that is over before anybody has read of it, tokens. */
const WORTH_TELLING = 1000;
/** The thought's length is told each time that it has grown by so much, tokens. */
const THOUGHT_STEP = 128;

export class Answer {
  private readonly response: ChatResponseStream;
  private readonly data: TurnData;
  private reading = false;
  private toldThought = -1;

  constructor(response: ChatResponseStream, data: TurnData) {
    this.response = response;
    this.data = data;
  }

  /** Says what goes along with the question, and what does not. */
  show({ places, leftOut: left }: PromptSources): void {
    for (const place of places) this.response.reference(place);
    if (left.length === 0) return;
    const names = left.map((name) => `\`${sanitizeDisplayText(name).replaceAll("`", "'")}\``).join(", ");
    this.response.markdown(
      `*${t("Not read because it is ignored, outside the workspace, or not text:")}* ${names}\n\n`,
    );
  }

  add(progress: ReplyProgress): void {
    switch (progress.type) {
      case "prompt":
        this.data.userContent = progress.userContent;
        return;
      case "reading":
        if (this.reading || progress.total - progress.read < WORTH_TELLING) return;
        this.reading = true;
        this.response.progress(t("Reading {0} tokens", numberText(progress.total)));
        return;
      case "thought":
        this.think(progress.tokens);
        return;
      case "answer":
        this.data.answer += progress.text;
        if (progress.text !== "") this.response.markdown(progress.text);
        return;
      case "revised":
        // What VS Code has shown stays; what is said of it later is right.
        this.data.answer = progress.answer;
        return;
      case "toolCall":
        // The participant offers no tools.
        return;
      default:
        progress satisfies never;
    }
  }

  /** Behind the answer, and no part of what the model said. */
  remark(text: string): void {
    this.response.markdown(`\n\n*${text}*`);
  }

  /** VS Code keeps thoughts themselves to its own participants. */
  private think(tokens: number): void {
    const step = Math.floor(tokens / THOUGHT_STEP);
    if (step === this.toldThought) return;
    this.toldThought = step;
    this.response.progress(step === 0 ? t("Thinking") : t("Thinking: {0} tokens", numberText(step * THOUGHT_STEP)));
  }
}
