/** What can be attached to a question, and how it reaches the server. */
import { createHash } from "node:crypto";
import path from "node:path/posix";
import { t } from "@vscode/l10n";
import { type Diagnostic, type Range, type TextDocument, Uri, workspace } from "vscode";
import type { Reference } from "../../media/messages.ts";
import type { ContextItem } from "../../server/protocol.ts";
import { sanitizeDisplayText } from "../../server/shared/displayText.ts";
import { lspDiagnostic, lspRange } from "../editor/lsp.ts";

/** Something attached to a question. `item` names what is read when the question is asked. */
export type Source = {
  reference: Reference;
  item: ContextItem;
  /** Of the text when the source was made: an unchanged file need not be sent a second time. */
  hash?: string;
};

/** A whole file. Only an open one has a `hash`. */
export function fileSource(uri: Uri): Source {
  const document = openDocument(uri);
  return {
    reference: { kind: "file", label: nameOf(uri), detail: placeOf(uri) },
    item: { type: "file", uri: uri.toString() },
    hash: document && hashOf(document.getText()),
  };
}

const nameOf = (uri: Uri) => sanitizeDisplayText(path.basename(uri.path));
const placeOf = (uri: Uri) => sanitizeDisplayText(workspace.asRelativePath(uri));

/** The name of a part of a document in chips and titles, for example `cart.ts:3-9`. Lines are 1-based. */
export const selectionLabel = ({ uri }: TextDocument, range: Range) => `${nameOf(uri)}:${linesOf(range)}`;

/** A part of an open document. */
export function selectionSource(document: TextDocument, range: Range): Source {
  return {
    reference: {
      kind: "selection",
      label: selectionLabel(document, range),
      detail: placeOf(document.uri),
    },
    item: { type: "range", uri: document.uri.toString(), range: lspRange(range) },
    hash: hashOf(`${linesOf(range)}\n${document.getText(range)}`),
  };
}

/** Undefined if there are none. */
export function problemsSource(uri: Uri, diagnostics: readonly Diagnostic[]): Source | undefined {
  if (diagnostics.length === 0) return undefined;
  const name = nameOf(uri);
  return {
    reference: {
      kind: "problems",
      label: diagnostics.length === 1 ? t("{0}: 1 problem", name) : t("{0}: {1} problems", name, diagnostics.length),
      detail: placeOf(uri),
    },
    item: { type: "diagnostics", uri: uri.toString(), diagnostics: diagnostics.map(lspDiagnostic) },
  };
}

/** Selected output of a terminal. */
export function terminalSource(text: string): Source {
  const lines = text.trim().split("\n").length;
  return {
    reference: { kind: "terminal", label: t("Terminal"), detail: lines === 1 ? t("1 line") : t("{0} lines", lines) },
    item: { type: "text", title: "Terminal", text },
  };
}

/**
 * The items as the server can read them. It reads open documents and files in the workspace's folders itself. Other
 * files are sent with their text. Rejects if a file cannot be read.
 */
export function itemsOf(sources: readonly Source[]): Promise<ContextItem[]> {
  return Promise.all(sources.map(({ reference, item }) => withText(item, reference.label)));
}

async function withText(item: ContextItem, title: string): Promise<ContextItem> {
  if (item.type !== "file" && item.type !== "range") return item;
  const uri = Uri.parse(item.uri, true);
  if (openDocument(uri) || (uri.scheme === "file" && workspace.getWorkspaceFolder(uri))) return item;
  const document = await workspace.openTextDocument(uri);
  if (item.type === "file") return { ...item, text: document.getText() };
  const { start, end } = item.range;
  const lines = Array.from({ length: Math.min(end.line, document.lineCount - 1) - start.line + 1 }, (_, i) => i);
  return { type: "text", title, text: lines.map((line) => document.lineAt(start.line + line).text).join("\n") };
}

/** Undefined if the document is not open. */
export const openDocument = (uri: Uri) =>
  workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());

const hashOf = (text: string) => createHash("sha256").update(text).digest("base64url").slice(0, 22);

/** 1-based, for example `3-9`. A selection that ends before a line's first character does not include that line. */
function linesOf({ start, end }: Range): string {
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  return start.line === last ? `${start.line + 1}` : `${start.line + 1}-${last + 1}`;
}
