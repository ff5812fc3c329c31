/** Loads the text of context items. */
import { t } from "@vscode/l10n";
import { ErrorCodes, ResponseError } from "vscode-languageserver";
import type { ContextItem } from "../../protocol.ts";
import { fenceTag, languageOf } from "../code/languages.ts";
import { linesOf, unixLines } from "../text/lines.ts";
import { fileBlock, linesBlock, problemsBlock, textBlock } from "../text/prompts.ts";
import { touchedLines } from "../text/ranges.ts";
import type { Keep } from "./cut.ts";
import { type Documents, displayPath, displayPaths, readDocument, unreadable } from "./documents.ts";
import { problemLines } from "./problems.ts";

/** `body`: the text, which can be cut. `wrap`: makes the block from the body. */
export type Source = { body: string; keep: Keep; wrap: (body: string) => string };

/**
 * Loads an item. Undefined if there is nothing to show. Throws EngineError unreadable, and ResponseError InvalidParams
 * for an unknown item.
 */
export async function sourceOf(item: ContextItem, documents: Documents): Promise<Source | undefined> {
  switch (item.type) {
    case "file": {
      const path = displayPath(documents, item.uri);
      const { text, tag } = await fileOf(item, documents);
      return { body: unixLines(text), keep: "ends", wrap: (body) => fileBlock(path, tag, body) };
    }
    case "range": {
      const path = displayPath(documents, item.uri);
      const { text, tag } = await fileOf(item, documents);
      const lines = linesOf(text);
      const touched = touchedLines(item.range);
      const last = Math.min(touched.last, lines.length - 1);
      const first = Math.min(touched.first, last);
      const body = lines.slice(first, last + 1).join("\n");
      return { body, keep: "ends", wrap: (body) => linesBlock(path, tag, first + 1, last + 1, body) };
    }
    case "diagnostics": {
      const path = displayPath(documents, item.uri);
      const body = problemLines(item.diagnostics, displayPaths(documents)).join("\n");
      return body === "" ? undefined : { body, keep: "start", wrap: (body) => problemsBlock(path, body.split("\n")) };
    }
    case "text":
      return { body: unixLines(item.text), keep: "start", wrap: (body) => textBlock(item.title.trim(), body) };
    default:
      throw new ResponseError(ErrorCodes.InvalidParams, "Invalid params: a context item has an unknown type.");
  }
}

async function fileOf(
  item: { uri: string; text?: string },
  documents: Documents,
): Promise<{ text: string; tag: string }> {
  const document = item.text === undefined ? await readDocument(documents, item.uri) : documents.get(item.uri);
  const text = item.text ?? document?.getText() ?? "";
  // Editors show binary data, and text in a wrong encoding, with zero characters.
  if (text.includes("\0")) throw unreadable(item.uri, t("it is binary"));
  return { text, tag: fenceTag(document?.languageId ?? languageOf(item.uri)) };
}
