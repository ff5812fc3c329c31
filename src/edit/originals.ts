/** What was there before: shown by the editor's own quick diff, in the gutter and its peek, and as a diff of its own. */
import { t } from "@vscode/l10n";
import {
  commands,
  type Disposable,
  EventEmitter,
  type QuickDiffProvider,
  type SourceControl,
  scm,
  type TextDocumentContentProvider,
  Uri,
  workspace,
} from "vscode";
import type { Reviews } from "./reviews.ts";

const SCHEME = "nemotron-original";

export class Originals implements TextDocumentContentProvider, QuickDiffProvider, Disposable {
  private readonly reviews: Reviews;
  private readonly changed = new EventEmitter<Uri>();
  private readonly listeners: Disposable[];
  /** Only while there is something to compare: it has a place in the editor's list of source controls. */
  private control: SourceControl | undefined;
  readonly onDidChange = this.changed.event;

  constructor(reviews: Reviews) {
    this.reviews = reviews;
    this.listeners = [
      workspace.registerTextDocumentContentProvider(SCHEME, this),
      reviews.onDidChange((uri) => {
        this.changed.fire(originalOf(uri));
        this.show(reviews.open.length > 0);
      }),
    ];
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.reviews.original(Uri.parse(uri.query)) ?? "";
  }

  provideOriginalResource(uri: Uri): Uri | undefined {
    return this.reviews.hunks(uri).length > 0 ? originalOf(uri) : undefined;
  }

  async openDiff(uri: Uri): Promise<void> {
    const title = t("{0} (proposed edit)", workspace.asRelativePath(uri));
    await commands.executeCommand("vscode.diff", originalOf(uri), uri, title);
  }

  dispose(): void {
    this.show(false);
    this.changed.dispose();
    for (const listener of this.listeners) listener.dispose();
  }

  private show(wanted: boolean): void {
    if (wanted && !this.control) {
      this.control = scm.createSourceControl("nemotron", t("Nemotron: proposed edits"));
      this.control.inputBox.visible = false;
      this.control.quickDiffProvider = this;
    } else if (!wanted) {
      this.control?.dispose();
      this.control = undefined;
    }
  }
}

/** With the document's own path, so that it is shown in its language. */
const originalOf = (uri: Uri) => Uri.from({ scheme: SCHEME, path: uri.path, query: uri.toString() });
