/** What the items of a context stand for. */
import { ErrorCodes, ResponseError } from "vscode-languageserver";
import type { ContextItem } from "../protocol.ts";
import type { Keep } from "./cut.ts";
import { type Documents, displayPath, namesIn, readDocument } from "./documents.ts";
import { fenceTag, languageOf } from "./languages.ts";
import { linesOf, unixLines } from "./lines.ts";
import { problemLines } from "./problems.ts";
import { fileBlock, linesBlock, problemsBlock, textBlock } from "./prompts.ts";
import { touchedLines } from "./ranges.ts";

/** What of an item can be cut, and the block that the rest of it makes. */
export type Source = { body: string; keep: Keep; wrap: (body: string) => string };

/** Undefined where there is nothing to show. Throws EngineError unreadable, and ResponseError for an unknown item. */
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
      const body = problemLines(item.diagnostics, namesIn(documents)).join("\n");
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
  if (item.text !== undefined) {
    const languageId = documents.get(item.uri)?.languageId ?? languageOf(item.uri);
    return { text: item.text, tag: fenceTag(languageId) };
  }
  const document = await readDocument(documents, item.uri);
  return { text: document.getText(), tag: fenceTag(document.languageId) };
}
