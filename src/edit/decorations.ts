/** Draws proposals: added lines on green, and a line where some were removed. */
import { type Disposable, OverviewRulerLane, Range, type TextEditor, ThemeColor, type Uri, window } from "vscode";
import { hunkLines } from "./hunkLines.ts";
import type { Reviews } from "./reviews.ts";

export class ReviewDecorations implements Disposable {
  private readonly reviews: Reviews;
  private readonly added = window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new ThemeColor("diffEditor.insertedLineBackground"),
    overviewRulerColor: new ThemeColor("minimapGutter.addedBackground"),
    overviewRulerLane: OverviewRulerLane.Full,
    // High contrast themes have no backgrounds.
    borderColor: new ThemeColor("diffEditor.insertedTextBorder"),
    borderStyle: "solid",
    borderWidth: "0 0 0 3px",
  });
  private readonly removed = window.createTextEditorDecorationType({
    isWholeLine: true,
    borderColor: new ThemeColor("editorGutter.deletedBackground"),
    borderStyle: "solid",
    borderWidth: "1px 0 0 0",
    overviewRulerColor: new ThemeColor("minimapGutter.deletedBackground"),
    overviewRulerLane: OverviewRulerLane.Full,
  });
  private readonly listeners: Disposable[];

  constructor(reviews: Reviews) {
    this.reviews = reviews;
    this.listeners = [
      reviews.onDidChange((uri) => this.drawAll(uri)),
      window.onDidChangeVisibleTextEditors(() => this.drawAll()),
    ];
  }

  dispose(): void {
    this.added.dispose();
    this.removed.dispose();
    for (const listener of this.listeners) listener.dispose();
  }

  private drawAll(uri?: Uri): void {
    for (const editor of window.visibleTextEditors)
      if (!uri || editor.document.uri.toString() === uri.toString()) this.draw(editor);
  }

  private draw(editor: TextEditor): void {
    const { document } = editor;
    const lines = this.reviews.hunks(document.uri).map((hunk) => hunkLines(document, hunk));
    editor.setDecorations(
      this.added,
      lines.flatMap(({ added }) => (added ? [new Range(added.first, 0, added.last, 0)] : [])),
    );
    editor.setDecorations(
      this.removed,
      lines.flatMap(({ line, added }) => (added ? [] : [new Range(line, 0, line, 0)])),
    );
  }
}
