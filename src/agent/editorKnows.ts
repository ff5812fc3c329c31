/** What the editor knows about code: problems and symbols, for the agent. */
import { type CancellationToken, commands, languages, type SymbolInformation, Uri, workspace } from "vscode";
import type { ProblemsParams, ProblemsResult, SymbolsParams, SymbolsResult } from "../../server/protocol.ts";
import { problemsIn } from "../editor/lsp.ts";

/** The problems of files count as settled after this time without a change of them, ms. */
const SETTLED_MS = 700;
/** How long to wait for that, ms. */
const LONGEST_MS = 5000;

/** The problems in these files, once they no longer change. */
export async function problems({ uris }: ProblemsParams, token: CancellationToken): Promise<ProblemsResult> {
  for (const uri of uris) await workspace.openTextDocument(Uri.parse(uri, true)).then(undefined, () => {});
  await settled(new Set(uris), token);
  return { files: uris.map((uri) => ({ uri, diagnostics: problemsIn(Uri.parse(uri, true)) })) };
}

function settled(uris: ReadonlySet<string>, token: CancellationToken): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(quiet);
      clearTimeout(longest);
      listener.dispose();
      stop.dispose();
      resolve();
    };
    let quiet = setTimeout(done, SETTLED_MS);
    const longest = setTimeout(done, LONGEST_MS);
    const listener = languages.onDidChangeDiagnostics((event) => {
      if (!event.uris.some((uri) => uris.has(uri.toString()))) return;
      clearTimeout(quiet);
      quiet = setTimeout(done, SETTLED_MS);
    });
    const stop = token.onCancellationRequested(done);
  });
}

/** How many places are returned. */
const MOST_PLACES = 20;

/** The places where a name is declared, as far as the language extensions know. */
export async function symbols({ name }: SymbolsParams): Promise<SymbolsResult> {
  const found = await commands.executeCommand<SymbolInformation[] | undefined>(
    "vscode.executeWorkspaceSymbolProvider",
    name,
  );
  const places = (found ?? [])
    .filter((symbol) => symbol.name === name && workspace.getWorkspaceFolder(symbol.location.uri))
    .map(({ location: { uri, range } }) => ({ uri: uri.toString(), line: range.start.line }));
  return { places: places.slice(0, MOST_PLACES) };
}
