/** A reply as VS Code's API has it, part by part while it comes. */
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import type { ReplyProgress } from "../../server/protocol.ts";

/** It is there at run time in VS Code 1.139, before the types know of it; older ones do not have it. */
type ThinkingPart = new (value: string, id?: string) => vscode.LanguageModelResponsePart;
const { LanguageModelThinkingPart: Thinking } = vscode as typeof vscode & { LanguageModelThinkingPart?: ThinkingPart };

export class ReplyParts {
  private readonly progress: vscode.Progress<vscode.LanguageModelResponsePart>;
  /** The parts of one thought belong together. */
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
