/** Shows what the server streams in VS Code's chat. */
import { t } from "@vscode/l10n";
import type { ChatResponseStream } from "vscode";
import type { ReplyProgress } from "../../server/protocol.ts";
import { sanitizeDisplayText } from "../../server/shared/displayText.ts";
import { numberText } from "../text/locale.ts";
import type { TurnData } from "./history.ts";
import type { PromptSources } from "./promptSources.ts";

/** Fewer tokens are read before the user could notice a progress message. */
const WORTH_TELLING = 1000;
/** How much a thought grows between two reports of its length, tokens. */
const THOUGHT_STEP = 128;

export class Answer {
  private readonly response: ChatResponseStream;
  private readonly data: TurnData;
  private reading = false;
  private reportedStep = -1;

  constructor(response: ChatResponseStream, data: TurnData) {
    this.response = response;
    this.data = data;
  }

  /** Shows what is sent with the question, and what is not. */
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
        // VS Code keeps showing the first version, but later turns get the revised one.
        this.data.answer = progress.answer;
        return;
      case "toolCall":
        // The participant offers no tools.
        return;
      default:
        progress satisfies never;
    }
  }

  /** Adds a note behind the answer, which is not part of it. */
  remark(text: string): void {
    this.response.markdown(`\n\n*${text}*`);
  }

  /** Shows the thought's length: only VS Code's own participants can show thoughts. */
  private think(tokens: number): void {
    const step = Math.floor(tokens / THOUGHT_STEP);
    if (step === this.reportedStep) return;
    this.reportedStep = step;
    this.response.progress(step === 0 ? t("Thinking") : t("Thinking: {0} tokens", numberText(step * THOUGHT_STEP)));
  }
}
