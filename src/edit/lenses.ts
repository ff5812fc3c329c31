/** Lenses: Keep and Undo above each hunk, and the stage of a running edit. */
import { t } from "@vscode/l10n";
import { CodeLens, type CodeLensProvider, type Disposable, EventEmitter, Range, type TextDocument } from "vscode";
import { shortBudget } from "../text/budgets.ts";
import { refactorings } from "./actions.ts";
import type { EditRuns } from "./editRuns.ts";
import { stageName } from "./editRuns.ts";
import { hunkLines } from "./hunkLines.ts";
import type { Proposal } from "./review.ts";
import type { Reviews } from "./reviews.ts";

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
    return [...this.keepAndUndo(document), ...this.progress(document)];
  }

  dispose(): void {
    this.changed.dispose();
    for (const listener of this.listeners) listener.dispose();
  }

  private keepAndUndo(document: TextDocument): CodeLens[] {
    const { uri } = document;
    const hunks = this.reviews.hunks(uri);
    const seen = new Set<number>();
    return hunks.flatMap((hunk, i) => {
      const { line, removed } = hunkLines(document, hunk);
      const all = hunks.length > 1 && i === 0;
      const proposal = seen.has(hunk.proposal) ? undefined : this.reviews.proposal(uri, hunk.proposal);
      seen.add(hunk.proposal);
      return lensesAt(line, [
        [`$(check) ${t("Keep")}`, "keepHunk", [uri, hunk.id]],
        [`$(discard) ${t("Undo")}`, "undoHunk", [uri, hunk.id]],
        ...(removed > 0 ? [[`$(diff-removed) ${linesBefore(removed)}`, "peekHunk", [uri, hunk.id]] as const] : []),
        ...(all ? [[`$(check-all) ${t("Keep All {0}", hunks.length)}`, "keepAll", [uri]] as const] : []),
        ...(all ? [[`$(clear-all) ${t("Undo All")}`, "undoAll", [uri]] as const] : []),
        // Without an instruction there is nothing to retry.
        ...(proposal && proposal.instruction !== ""
          ? [[`$(refresh) ${t("Retry…")}`, "retryEdit", [uri, proposal.id], askedFor(proposal)] as const]
          : []),
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
          ...(run.stage === "Thinking" ? [[t("Answer Now"), "answerEditNow", [run.id]] as const] : []),
          [t("Stop"), "stopEdit", [run.id]] as const,
        ]),
      );
  }
}

type Action = readonly [title: string, command: string, args: readonly unknown[], tooltip?: string];

function lensesAt(line: number, actions: readonly Action[]): CodeLens[] {
  const range = new Range(line, 0, line, 0);
  return actions.map(
    ([title, command, args, tooltip]) =>
      new CodeLens(range, { title: spaced(title), tooltip, command: `nemotron.${command}`, arguments: [...args] }),
  );
}

/** VS Code does not draw a plain space after an icon, so this is a non-breaking one. */
const spaced = (title: string) => title.replace(") ", ")\u00a0");

const linesBefore = (count: number) => (count === 1 ? t("Show 1 Original Line") : t("Show {0} Original Lines", count));

/** The instruction, budget and thought of a proposal, for a tooltip. */
function askedFor({ instruction, budget, thought }: Proposal): string {
  const name =
    typeof instruction === "string" ? instruction : refactorings().find(({ id }) => id === instruction.id)?.title;
  const thinking = budget === "off" ? t("no thinking") : t("thinks up to {0} tokens", shortBudget(budget));
  return [name, thinking, thought.trim()].filter(Boolean).join("\n\n");
}
