/** Shows all changes of an agent's turn beside each other. */
import { t } from "@vscode/l10n";
import { diffLines } from "diff";
import { commands, type Disposable, EventEmitter, type TextDocumentContentProvider, Uri, workspace } from "vscode";
import type { ChangedFile } from "../../media/agent.ts";
import type { FileChange, Journals } from "./journal.ts";

const SCHEME = "nemotron-agent";

export class AgentChanges implements TextDocumentContentProvider, Disposable {
  private readonly journals: Journals;
  private readonly changed = new EventEmitter<Uri>();
  private readonly registration: Disposable;
  readonly onDidChange = this.changed.event;

  constructor(journals: Journals) {
    this.journals = journals;
    this.registration = workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  /** A turn, which may have been taken back before, changes a file for the first time. */
  begun(turn: string, uri: string): void {
    this.changed.fire(this.before(turn, uri));
  }

  /** A file before the turn. */
  async provideTextDocumentContent({ query }: Uri): Promise<string> {
    const { turn, uri } = JSON.parse(query) as { turn: string; uri: string };
    return (await this.journals.changes(turn)).find((change) => change.uri === uri)?.before ?? "";
  }

  /** The files that a turn has changed, with the numbers of lines. */
  async summary(turn: string): Promise<ChangedFile[]> {
    return [...filesOf(await this.journals.changes(turn))].flatMap(([uri, { before, after, created }]) => {
      const parts = diffLines(before, after);
      const count = (kind: "added" | "removed") =>
        parts.reduce((sum, part) => sum + (part[kind] ? (part.count ?? 0) : 0), 0);
      const [added, removed] = [count("added"), count("removed")];
      if (added === 0 && removed === 0 && !created) return [];
      return [{ path: workspace.asRelativePath(Uri.parse(uri, true)), added, removed, created }];
    });
  }

  /** Shows all changes of the turn. */
  async open(turn: string): Promise<void> {
    const files = [...filesOf(await this.journals.changes(turn))].map(([uri, { created }]) => {
      const now = Uri.parse(uri, true);
      return [now, created ? undefined : this.before(turn, uri), now];
    });
    await commands.executeCommand("vscode.changes", t("Changes of the agent"), files);
  }

  /** Shows the changes of one file. @param name its path, as `summary` returns it. */
  async openFile(turn: string, name: string): Promise<void> {
    const found = [...filesOf(await this.journals.changes(turn)).keys()].find(
      (uri) => workspace.asRelativePath(Uri.parse(uri, true)) === name,
    );
    if (found === undefined) return;
    const title = t("{0} (agent's changes)", name);
    await commands.executeCommand("vscode.diff", this.before(turn, found), Uri.parse(found, true), title);
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }

  /** Has the document's own path, so that it is shown in its language, and not as renamed. */
  private before(turn: string, uri: string): Uri {
    return Uri.from({ scheme: SCHEME, path: Uri.parse(uri, true).path, query: JSON.stringify({ turn, uri }) });
  }
}

type Changed = Pick<FileChange, "before" | "after" | "created">;

/** From the first to the last text of each file, by its URI. */
function filesOf(changes: readonly FileChange[]): Map<string, Changed> {
  const files = new Map<string, Changed>();
  for (const { uri, before, after, created } of changes) {
    const known = files.get(uri);
    files.set(uri, known ? { ...known, after } : { before, after, created });
  }
  return files;
}
