/** The attachments of the next question: what the user attached, and what the editor shows. */
import { randomUUID } from "node:crypto";
import { type Disposable, EventEmitter, type TextEditor, Uri, window } from "vscode";
import { editorRange } from "../editor/lsp.ts";
import { SYNCED_SCHEMES } from "../editor/schemes.ts";
import type { IgnoreRules } from "./ignoreRules.ts";
import type { Source } from "./sources.ts";
import { fileSource, openDocument, selectionSource } from "./sources.ts";

/** `implicit`: attached automatically, because the editor shows it. */
export type Attached = { id: string; implicit: boolean; source: Source };

/** Time without a cursor move before the selection counts, ms. */
const REST_MS = 150;

export class Attachments implements Disposable {
  private readonly ignoreRules: IgnoreRules;
  private readonly changed = new EventEmitter<void>();
  private readonly listeners: Disposable[];
  private explicit: Attached[] = [];
  private implicit: Attached[] = [];
  /** Automatic attachments that the user removed: they stay out until the next conversation. */
  private readonly dismissed = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  readonly onDidChange = this.changed.event;

  constructor(ignoreRules: IgnoreRules) {
    this.ignoreRules = ignoreRules;
    this.listeners = [
      window.onDidChangeActiveTextEditor(() => this.followSoon()),
      window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor === window.activeTextEditor) this.followSoon();
      }),
    ];
    this.followSoon();
  }

  /** @param wasSent whether the conversation contains a source: then it is not attached automatically again. */
  list(wasSent: (source: Source) => boolean): Attached[] {
    const attached = new Set(this.explicit.map(({ source }) => keyOf(source)));
    const implicit = this.implicit.filter(
      ({ source }) =>
        !attached.has(keyOf(source)) &&
        !this.explicit.some(({ source: explicit }) => overlap(explicit, source)) &&
        !this.dismissed.has(keyOf(source)) &&
        !wasSent(source),
    );
    return [...this.explicit, ...implicit];
  }

  /** Attaches each source once. A range that overlaps an attached one is merged into it. */
  add(sources: readonly Source[]): void {
    const known = new Set(this.explicit.map(({ source }) => keyOf(source)));
    for (const source of sources) {
      if (known.has(keyOf(source))) continue;
      const other = this.explicit.find(({ source: attached }) => overlap(attached, source));
      if (other) other.source = joined(other.source, source);
      else this.explicit.push({ id: randomUUID(), implicit: false, source });
    }
    this.changed.fire();
  }

  remove(id: string): void {
    const implicit = this.implicit.find((attached) => attached.id === id);
    if (implicit) this.dismissed.add(keyOf(implicit.source));
    this.explicit = this.explicit.filter((attached) => attached.id !== id);
    this.changed.fire();
  }

  /** Called when the question is sent. */
  clear(): void {
    this.explicit = [];
    this.changed.fire();
  }

  /** Called for another conversation: automatic attachments that the user removed may come back. */
  forgetRemoved(): void {
    this.dismissed.clear();
    this.changed.fire();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.changed.dispose();
    for (const listener of this.listeners) listener.dispose();
  }

  private followSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.follow(window.activeTextEditor), REST_MS);
  }

  private async follow(editor: TextEditor | undefined): Promise<void> {
    const sources = editor ? await this.sourcesOf(editor) : [];
    if (editor !== window.activeTextEditor) return;
    this.implicit = sources.map((source) => ({ id: keyOf(source), implicit: true, source }));
    this.changed.fire();
  }

  private async sourcesOf({ document, selection }: TextEditor): Promise<Source[]> {
    if (!SYNCED_SCHEMES.includes(document.uri.scheme) || (await this.ignoreRules.isPrivate(document.uri))) return [];
    const file = fileSource(document.uri);
    // A selection of one character only marks the cursor. A question is not about it.
    const isMeant = document.getText(selection).trim().length > 1;
    return isMeant ? [selectionSource(document, selection), file] : [file];
  }
}

/** Whether two are parts of one document with lines in common. */
function overlap({ item: a }: Source, { item: b }: Source): boolean {
  if (a.type !== "range" || b.type !== "range" || a.uri !== b.uri) return false;
  return a.range.start.line <= b.range.end.line && b.range.start.line <= a.range.end.line;
}

/** Merges both into one part; the later one if the document is no longer open. */
function joined({ item: a }: Source, later: Source): Source {
  const { item: b } = later;
  const document = a.type === "range" ? openDocument(Uri.parse(a.uri, true)) : undefined;
  if (!document || a.type !== "range" || b.type !== "range") return later;
  return selectionSource(document, editorRange(a.range).union(editorRange(b.range)));
}

/** What makes two sources the same thing. */
function keyOf({ reference, item }: Source): string {
  return `${reference.kind} ${reference.label} ${"uri" in item ? item.uri : item.text}`;
}
