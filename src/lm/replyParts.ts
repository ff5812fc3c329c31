/** Passes a reply to VS Code's language model API, part by part. */
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import type { ReplyProgress } from "../../server/protocol.ts";

/** VS Code 1.139 has it at run time, but not in the types yet. Older versions do not have it. */
type ThinkingPart = new (value: string, id?: string) => vscode.LanguageModelResponsePart;
const { LanguageModelThinkingPart: Thinking } = vscode as typeof vscode & { LanguageModelThinkingPart?: ThinkingPart };

export class ReplyParts {
  private readonly progress: vscode.Progress<vscode.LanguageModelResponsePart>;
  /** The id that joins the parts of one thought. */
  private readonly thought = randomUUID();

  constructor(progress: vscode.Progress<vscode.LanguageModelResponsePart>) {
    this.progress = progress;
  }

  add(progress: ReplyProgress): void {
    switch (progress.type) {
      case "thought":
        if (Thinking && progress.text !== "") this.progress.report(new Thinking(progress.text, this.thought));
        return;
      case "answer":
        if (progress.text !== "") this.progress.report(new vscode.LanguageModelTextPart(progress.text));
        return;
      case "toolCall": {
        const { name, arguments: input } = progress.toolCall;
        this.progress.report(new vscode.LanguageModelToolCallPart(randomUUID(), name, input));
        return;
      }
      case "prompt":
      case "reading":
      // What was reported cannot be taken back.
      case "revised":
        return;
      default:
        progress satisfies never;
    }
  }
}
