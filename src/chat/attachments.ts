/** What goes along with the next question: what the user attached, and what the editor shows. */
import { randomUUID } from "node:crypto";
import { type Disposable, EventEmitter, type TextEditor, window } from "vscode";
import { SYNCED_SCHEMES } from "../schemes.ts";
import type { Source } from "./conversation.ts";
import type { IgnoreRules } from "./ignoreRules.ts";
import { fileSource, selectionSource } from "./sources.ts";

export type Attached = { id: string; implicit: boolean; source: Source };

/** Cursor moves follow one another; so long the editor has to rest before its selection counts, ms. */
const REST_MS = 150;

export class Attachments implements Disposable {
  private readonly ignoreRules: IgnoreRules;
  private readonly changed = new EventEmitter<void>();
  private readonly listeners: Disposable[];
  private explicit: Attached[] = [];
  private implicit: Attached[] = [];
  /** Implicit ones that the user has removed: they stay away until the next conversation. */
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

  /** @param wasSent what the conversation holds already need not come by itself again. */
  list(wasSent: (source: Source) => boolean): Attached[] {
    const attached = new Set(this.explicit.map(({ source }) => keyOf(source)));
    const implicit = this.implicit.filter(
      ({ source }) => !attached.has(keyOf(source)) && !this.dismissed.has(keyOf(source)) && !wasSent(source),
    );
    return [...this.explicit, ...implicit];
  }

  /** Each once; what was attached earlier stays in its place. */
  add(sources: readonly Source[]): void {
    const known = new Set(this.explicit.map(({ source }) => keyOf(source)));
    for (const source of sources)
      if (!known.has(keyOf(source))) this.explicit.push({ id: randomUUID(), implicit: false, source });
    this.changed.fire();
  }

  remove(id: string): void {
    const implicit = this.implicit.find((attached) => attached.id === id);
    if (implicit) this.dismissed.add(keyOf(implicit.source));
    this.explicit = this.explicit.filter((attached) => attached.id !== id);
    this.changed.fire();
  }

  /** The question is asked. */
  clear(): void {
    this.explicit = [];
    this.changed.fire();
  }

  /** Another conversation begins: what was not wanted in the last one may come by itself again. */
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
    return selection.isEmpty ? [file] : [selectionSource(document, selection), file];
  }
}

/** What makes two sources the same thing. */
function keyOf({ reference, item }: Source): string {
  return `${reference.kind} ${reference.label} ${"uri" in item ? item.uri : item.text}`;
}
