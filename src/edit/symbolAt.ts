/** The name of the code that an edit at a cursor changes. */
import { commands, DocumentSymbol, type Position, SymbolKind, type TextDocument } from "vscode";
import { selectionLabel } from "../context/sources.ts";

/** The symbols that an edit changes as a whole if nothing is selected. */
const WHOLE = [
  ...[SymbolKind.Function, SymbolKind.Method, SymbolKind.Constructor, SymbolKind.Class],
  ...[SymbolKind.Interface, SymbolKind.Enum, SymbolKind.Struct],
];

/** For example `isEven · cart.ts:22-28`. Undefined if the cursor is in no such symbol. */
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
