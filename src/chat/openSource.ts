/** Opens the code that a chat refers to. */
import { t } from "@vscode/l10n";
import { env, Position, Range, type TextDocument, Uri, window, workspace } from "vscode";
import type { Source } from "../context/sources.ts";
import { editorRange } from "../editor/lsp.ts";
import type { StoredTurn } from "./conversation.ts";
import { findPlace } from "./findPlaces.ts";
import { lastName, lineIn, linkTarget } from "./links.ts";

/** Opens a chip's source. Throws an Error in words for the user if it is gone. */
export async function openSource({ item }: Source): Promise<void> {
  if (item.type === "text") {
    const document = await workspace.openTextDocument({ content: item.text });
    await window.showTextDocument(document);
    return;
  }
  const document = await openDocument(item.uri);
  if (item.type === "range") return reveal(document, editorRange(item.range));
  if (item.type === "diagnostics" && item.diagnostics[0])
    return reveal(document, editorRange(item.diagnostics[0].range));
  await window.showTextDocument(document);
}

/**
 * Opens what a text in an answer names: a line of an attached file or of one in the workspace, or a name in the
 * attached files. Throws an Error in words for the user if it is gone.
 */
export async function openName({ sources }: StoredTurn, name: string): Promise<void> {
  for (const { reference, item } of sources) {
    if (!("uri" in item)) continue;
    const line = lineIn(name, reference);
    if (line === undefined) continue;
    const at = new Position(Math.max(0, line - 1), 0);
    return reveal(await openDocument(item.uri), new Range(at, at));
  }
  const place = await findPlace(name);
  if (place) {
    const at = new Position(Math.max(0, place.line - 1), 0);
    return reveal(await openDocument(place.uri.toString()), new Range(at, at));
  }
  for (const { item } of sources) {
    if (!("uri" in item)) continue;
    const document = await openDocument(item.uri);
    const found = find(document, lastName(name), item.type === "range" ? editorRange(item.range) : undefined);
    if (found) return reveal(document, found);
  }
  throw new Error(t("{0} is no longer in the files that this answer refers to.", name));
}

/** Opens a web or mail link after the user has confirmed it. Ignores other links. */
export async function openLink(href: string): Promise<void> {
  const target = linkTarget(href);
  if (target === undefined) return;
  const detail = `${t("A model wrote this link. It opens:")}\n\n${target}`;
  const open = t("Open");
  if ((await window.showWarningMessage(t("Open the link?"), { modal: true, detail }, open)) === open)
    await env.openExternal(Uri.parse(target, true));
}

async function openDocument(uri: string): Promise<TextDocument> {
  try {
    return await workspace.openTextDocument(Uri.parse(uri, true));
  } catch {
    const name = workspace.asRelativePath(Uri.parse(uri));
    throw new Error(t("{0} cannot be opened. It may have been moved or deleted.", name));
  }
}

async function reveal(document: TextDocument, range: Range): Promise<void> {
  await window.showTextDocument(document, { selection: document.validateRange(range) });
}

/** The name as a whole word: in the range first, then anywhere. */
function find(document: TextDocument, name: string, range: Range | undefined): Range | undefined {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const word = new RegExp(`(?<![\\p{L}\\p{N}_$])${escaped}(?![\\p{L}\\p{N}_$])`, "u");
  for (const part of range ? [document.validateRange(range), undefined] : [undefined]) {
    const at = document.getText(part).search(word);
    if (at < 0) continue;
    const start = document.positionAt((part ? document.offsetAt(part.start) : 0) + at);
    return new Range(start, start.translate(0, name.length));
  }
  return undefined;
}
