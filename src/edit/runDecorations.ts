/** Shows the stage of a running edit after the code that it changes. */
import { t } from "@vscode/l10n";
import { type Disposable, Position, Range, ThemeColor, window } from "vscode";
import { numberText } from "../text/locale.ts";
import type { EditRun, EditRuns } from "./editRuns.ts";
import { stageName } from "./editRuns.ts";

/** How often it is redrawn, ms. */
const REFRESH_MS = 200;

export class RunDecorations implements Disposable {
  private readonly runs: EditRuns;
  private readonly progress = window.createTextEditorDecorationType({
    after: { color: new ThemeColor("editorCodeLens.foreground"), margin: "0 0 0 3em", fontStyle: "italic" },
  });
  private readonly listeners: Disposable[];
  private timer: NodeJS.Timeout | undefined;

  constructor(runs: EditRuns) {
    this.runs = runs;
    this.listeners = [runs.onDidChange(() => this.draw()), window.onDidChangeVisibleTextEditors(() => this.draw())];
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.progress.dispose();
    for (const listener of this.listeners) listener.dispose();
  }

  private draw(): void {
    clearTimeout(this.timer);
    let running = false;
    for (const editor of window.visibleTextEditors) {
      const runs = this.runs.in(editor.document.uri);
      running ||= runs.length > 0;
      editor.setDecorations(
        this.progress,
        runs.map((run) => {
          const { line } = editor.document.positionAt(run.start);
          const end = new Position(line, Number.MAX_SAFE_INTEGER);
          return { range: new Range(end, end), renderOptions: { after: { contentText: textOf(run) } } };
        }),
      );
    }
    if (running) this.timer = setTimeout(() => this.draw(), REFRESH_MS);
  }
}

function textOf({ stage, tokens, tail }: EditRun): string {
  const count = tokens > 0 ? ` · ${t("{0} tokens", numberText(tokens))}` : "";
  return `${stageName(stage)}${count}${tail === "" ? "" : ` · …${tail}`}`;
}
