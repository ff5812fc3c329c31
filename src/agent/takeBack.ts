/** Takes back what agents have done to files: the changes of a turn, or all since a step. */
import { type TextDocument, Uri, workspace } from "vscode";
import { type Reviews, writeChanges } from "../edit/reviews.ts";
import { backTo } from "./backTo.ts";
import { removeCreated } from "./createdFile.ts";
import type { FileChange, Journals } from "./journal.ts";

/** A change, and the turn that made it. */
export type TurnChange = FileChange & { turn: string };

export class TakeBack {
  private readonly reviews: Reviews;
  private readonly journals: Journals;

  constructor(reviews: Reviews, journals: Journals) {
    this.reviews = reviews;
    this.journals = journals;
  }

  /** Undoes the changes of a turn that the user has not kept. Returns the paths of files in which something stays. */
  async undoTurn(turn: string): Promise<string[]> {
    const staying: string[] = [];
    for (const own of byFile(await this.changesOf(turn))) {
      const [{ uri, before, created, folders }] = own;
      const document = await this.document(own);
      if (!document) continue;
      const wasSaved = !document.isDirty;
      await this.reviews.rejectTurn(document, turn);
      if (document.getText() !== before) staying.push(workspace.asRelativePath(document.uri));
      else if (created) await removeCreated(document, folders);
      else await this.saveAsBefore(document, await this.journals.disk(turn, uri), wasSaved);
    }
    await this.journals.forget(turn);
    return staying;
  }

  /**
   * Undoes these changes, which are all since some step, whether the user has kept them or not. Returns the paths of
   * files in which something stays, because the user has changed the same lines.
   */
  async restore(changes: readonly TurnChange[]): Promise<string[]> {
    const staying: string[] = [];
    for (const own of byFile(changes)) {
      const [{ turn, step, uri, before, created, folders }] = own;
      const document = await this.document(own);
      if (!document) continue;
      const { isDirty } = document;
      const [back, isWhole] = backTo(before, own.at(-1)!.after, document.getText());
      const isBack = back.length === 0 || (await writeChanges(document, back));
      if (!isBack || !isWhole) staying.push(workspace.asRelativePath(document.uri));
      else if (created && document.getText() === "") await removeCreated(document, folders);
      else {
        const [first] = (await this.journals.changes(turn)).filter((change) => change.uri === uri);
        const disk = first?.step === step && first.before === before ? await this.journals.disk(turn, uri) : undefined;
        if (document.getText() === before) await this.saveAsBefore(document, disk, !isDirty);
      }
    }
    return staying;
  }

  /** All changes of a turn, oldest first. */
  async changesOf(turn: string): Promise<TurnChange[]> {
    return (await this.journals.changes(turn)).map((change) => ({ ...change, turn }));
  }

  /** Undefined if the file is gone, and cannot be brought back. */
  private async document([{ turn, uri, created }]: FirstOf<TurnChange>): Promise<TextDocument | undefined> {
    const at = Uri.parse(uri, true);
    const open = () =>
      workspace.openTextDocument(at).then(
        (document) => document,
        () => undefined,
      );
    const document = await open();
    const disk = document || created ? undefined : await this.journals.disk(turn, uri);
    if (!disk) return document;
    await workspace.fs.writeFile(at, disk);
    return open();
  }

  /**
   * The document has the text again that it had before. Then its file gets the bytes that it had, whatever other
   * extensions do when a document is saved.
   * @param disk these bytes, if the document was saved then. @param wasSaved whether it was saved until now.
   */
  private async saveAsBefore(document: TextDocument, disk: Uint8Array | undefined, wasSaved: boolean): Promise<void> {
    if (document.isDirty && (disk || wasSaved)) await document.save();
    if (!disk || document.isDirty) return;
    const now = await workspace.fs.readFile(document.uri);
    if (Buffer.compare(now, disk) !== 0) await workspace.fs.writeFile(document.uri, disk);
  }
}

type FirstOf<T> = readonly [T, ...T[]];

/** Groups of changes of the same file, each in the order in which they were made. */
function byFile(changes: readonly TurnChange[]): FirstOf<TurnChange>[] {
  const files = new Map<string, [TurnChange, ...TurnChange[]]>();
  for (const change of changes) {
    const known = files.get(change.uri);
    if (known) known.push(change);
    else files.set(change.uri, [change]);
  }
  return [...files.values()];
}
