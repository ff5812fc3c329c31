/** The verdict on each hunk, one click above it; and what an edit that is being written is at. */
import { t } from "@vscode/l10n";
import { CodeLens, type CodeLensProvider, type Disposable, EventEmitter, Range, type TextDocument } from "vscode";
import type { EditRuns } from "./editRuns.ts";
import { hunkLines } from "./hunkLines.ts";
import type { Reviews } from "./reviews.ts";
import { stageName } from "./stages.ts";

export class EditLenses implements CodeLensProvider, Disposable {
  private readonly reviews: Reviews;
  private readonly runs: EditRuns;
  private readonly changed = new EventEmitter<void>();
  private readonly listeners: Disposable[];
  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(reviews: Reviews, runs: EditRuns) {
    this.reviews = reviews;
    this.runs = runs;
    this.listeners = [reviews.onDidChange(() => this.changed.fire()), runs.onDidChange(() => this.changed.fire())];
  }

  provideCodeLenses(document: TextDocument): CodeLens[] {
    return [...this.verdicts(document), ...this.progress(document)];
  }

  dispose(): void {
    this.changed.dispose();
    for (const listener of this.listeners) listener.dispose();
  }

  private verdicts(document: TextDocument): CodeLens[] {
    const { uri } = document;
    const hunks = this.reviews.hunks(uri);
    return hunks.flatMap((hunk, i) => {
      const { line, listed, removed } = hunkLines(document, hunk);
      const all = hunks.length > 1 && i === 0;
      return lensesAt(line, [
        [`$(check) ${t("Keep")}`, "keepHunk", [uri, hunk.id]],
        [`$(discard) ${t("Undo")}`, "rejectHunk", [uri, hunk.id]],
        ...(removed > 0 ? [[`$(diff-removed) ${linesBefore(removed)}`, "peekHunk", [uri, listed]] as const] : []),
        ...(all ? [[`$(check-all) ${t("Keep all {0}", hunks.length)}`, "keepAll", [uri]] as const] : []),
        ...(all ? [[`$(clear-all) ${t("Undo all")}`, "rejectAll", [uri]] as const] : []),
        ...(i === 0 ? [[`$(refresh) ${t("Retry…")}`, "retryEdit", [uri]] as const] : []),
        ...(i === 0 ? [[`$(diff) ${t("Diff")}`, "diffEdit", [uri]] as const] : []),
      ]);
    });
  }

  private progress(document: TextDocument): CodeLens[] {
    return this.runs
      .in(document.uri)
      .flatMap((run) =>
        lensesAt(document.positionAt(run.start).line, [
          [`$(loading~spin) ${stageName(run.stage)}`, "stopEdit", [run.id]],
          ...(run.stage === "Thinking" ? [[t("Answer now"), "answerEditNow", [run.id]] as const] : []),
          [t("Stop"), "stopEdit", [run.id]] as const,
        ]),
      );
  }
}

type Action = readonly [title: string, command: string, args: readonly unknown[]];

function lensesAt(line: number, actions: readonly Action[]): CodeLens[] {
  const range = new Range(line, 0, line, 0);
  return actions.map(
    ([title, command, args]) => new CodeLens(range, { title, command: `nemotron.${command}`, arguments: [...args] }),
  );
}

const linesBefore = (count: number) => (count === 1 ? t("1 line before") : t("{0} lines before", count));
