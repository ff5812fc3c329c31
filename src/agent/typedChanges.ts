/** What is typed into documents while an agent works: its edits name the text of an earlier version. */
import { type Disposable, type TextDocument, workspace } from "vscode";
import { Snapshot, snapshotOf } from "../edit/snapshot.ts";
import { toChange } from "../editor/changes.ts";
import { applyChanges, type Change } from "../editor/hunks.ts";

/** How many versions of a document are remembered. */
const MOST = 1000;

/** A document as an edit names it. `typed`: the changes since; undefined once they are no longer remembered. */
export type Followed = { text: Snapshot; typed: () => Change[] | undefined };

/** `versions`: the changes that led to each version after `base`. */
type Known = { base: Snapshot; versions: { version: number; changes: Change[] }[] };

export class TypedChanges implements Disposable {
  private readonly known = new Map<TextDocument, Known>();
  private readonly listeners: Disposable[];

  /** Follows the open documents from now on. */
  constructor() {
    for (const document of workspace.textDocuments) this.follow(document);
    this.listeners = [
      workspace.onDidOpenTextDocument((document) => this.follow(document)),
      workspace.onDidCloseTextDocument((document) => this.known.delete(document)),
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        const versions = this.known.get(document)?.versions;
        versions?.push({ version: document.version, changes: contentChanges.map(toChange) });
        if (versions && versions.length > MOST) this.follow(document);
      }),
    ];
  }

  /**
   * The document at a version, with the changes since. Undefined if that version is not remembered.
   * Changes of one event are listed from the end of the document, so none moves the next.
   */
  since(document: TextDocument, version: number): Followed | undefined {
    const known = this.reaching(document, version);
    if (!known || version > document.version) return undefined;
    const earlier = known.versions.filter((each) => each.version <= version);
    const before = earlier.reduce((text, { changes }) => applyChanges(text, changes).text, known.base.getText());
    const { uri, languageId } = known.base;
    return {
      text: Snapshot.create(uri, languageId, version, before),
      typed: () =>
        this.reaching(document, version)
          ?.versions.filter((each) => each.version > version)
          .flatMap(({ changes }) => changes),
    };
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
  }

  /** Undefined if the document is closed, or the version is not remembered. */
  private reaching(document: TextDocument, version: number): Known | undefined {
    const known = this.known.get(document);
    return known && known.base.version <= version ? known : undefined;
  }

  private follow(document: TextDocument): void {
    this.known.set(document, { base: snapshotOf(document), versions: [] });
  }
}
