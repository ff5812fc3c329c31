/** What an edit at a cursor is about, by name. */
import { commands, DocumentSymbol, type Position, SymbolKind, type TextDocument } from "vscode";
import { selectionLabel } from "../context/sources.ts";

/** What an edit takes as a whole, where nothing is selected. */
const WHOLE = [
  ...[SymbolKind.Function, SymbolKind.Method, SymbolKind.Constructor, SymbolKind.Class],
  ...[SymbolKind.Interface, SymbolKind.Enum, SymbolKind.Struct],
];

/** As `isEven · cart.ts:22-28`; undefined where the cursor is in nothing that has a name. */
export async function symbolAt(document: TextDocument, position: Position): Promise<string | undefined> {
  const found = await commands.executeCommand<unknown[]>("vscode.executeDocumentSymbolProvider", document.uri);
  let [symbols, inner]: [unknown[], DocumentSymbol | undefined] = [found ?? [], undefined];
  for (;;) {
    const around = symbols.find(
      (symbol): symbol is DocumentSymbol => symbol instanceof DocumentSymbol && symbol.range.contains(position),
    );
    if (!around) return inner && `${inner.name} · ${selectionLabel(document, inner.range)}`;
    if (WHOLE.includes(around.kind)) inner = around;
    symbols = around.children;
  }
}
