/** The prompt of an edit: the same for reading ahead and for the reply. */
import { ErrorCodes, ResponseError } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { PrepareRequest, RespondRequest } from "../../engine/engine.ts";
import type { EditParams, EditResult, PrepareEditParams } from "../../protocol.ts";
import { codeContext } from "../context/codeContext.ts";
import { displayPath, displayPaths, snapshot } from "../context/documents.ts";
import { restOfFile } from "../context/restOfFile.ts";
import type { FeatureDeps } from "../deps.ts";
import { type Markers, markersFor } from "../text/blocks.ts";
import { isBlank, linesOf } from "../text/lines.ts";
import {
  EDIT_REQUEST,
  editBlocksRequest,
  editInstruction,
  INSTRUCTIONS,
  layOut,
  SYSTEM_PROMPT,
} from "../text/prompts.ts";
import type { Selection } from "../text/selection.ts";
import { DEFAULT_THINKING } from "../thinking.ts";

/** Longer selections are edited by blocks: rewriting them would take long, and risk lines that need no change. */
const MAX_REWRITE = { lines: 60, tokens: 600 };

/** Maximum length of the answer, tokens: a selection can grow, but a reply many times as long has gone wrong. */
const ANSWER_TOKENS: Record<EditResult["form"], (selectionTokens: number) => number> = {
  rewrite: (selectionTokens) => 512 + 3 * selectionTokens,
  blocks: (selectionTokens) => 1024 + selectionTokens,
};

/** The request of an edit, and what reading its reply needs. */
export type EditPrompt = {
  /** The document when the request came: the open one changes while the model writes. */
  document: TextDocument;
  path: string;
  /** The user's instruction. */
  instruction: string;
  selection: Selection;
  form: EditResult["form"];
  /** The markers of blocks. */
  markers: Markers;
  request: Pick<RespondRequest, "messages" | "stableChars" | "maxTokens" | "priority" | "kind">;
};

/**
 * Builds the prompt of an edit. Throws ResponseError ContentModified if the document is not open in that version,
 * InvalidParams for an unknown instruction, and EngineError without a model to count tokens with.
 */
export async function editPrompt(
  params: PrepareEditParams,
  { documents, engine, grammars }: Pick<FeatureDeps, "documents" | "engine" | "grammars">,
  signal: AbortSignal,
): Promise<EditPrompt> {
  const instruction = instructionText(params.instruction);
  const document = snapshot(documents, params.textDocument);
  const path = displayPath(documents, document.uri);
  const { range, diagnostics = [] } = params;
  const { blocks, selection, outline } = await codeContext(
    grammars,
    document,
    displayPaths(documents),
    range,
    diagnostics,
  );
  const rest = restOfFile(outline, document, path, selection);
  const [tokens = 0] = await engine.countTokens([selection.text], signal);
  const long = tokens > MAX_REWRITE.tokens || linesOf(selection.text).length > MAX_REWRITE.lines;
  const form = long ? "blocks" : "rewrite";
  const markers = markersFor(selection.text);
  const known = layOut([...rest, ...blocks, long ? editBlocksRequest(markers) : EDIT_REQUEST], "");
  const request: EditPrompt["request"] = {
    messages: [
      { role: "system", content: SYSTEM_PROMPT },
      { role: "user", content: known + editInstruction(instruction) },
    ],
    stableChars: known.length,
    // On a blank line the answer can have any length that fits the context.
    maxTokens: isBlank(selection.text) ? undefined : ANSWER_TOKENS[form](tokens),
    priority: "edit",
    kind: "once",
  };
  return { document, path, instruction, selection, form, markers, request };
}

/** The request for reading the prompt ahead. */
export function prepareRequest({ request }: EditPrompt): PrepareRequest {
  const { messages, stableChars, maxTokens, priority, kind } = request;
  return { messages, stableChars, thinking: DEFAULT_THINKING.edit, reply: { maxTokens, priority, kind } };
}

/** The text of an instruction. It may be empty: the user may not have typed anything yet. */
function instructionText(instruction: EditParams["instruction"]): string {
  if (typeof instruction === "string") return instruction.trim();
  if (Object.hasOwn(INSTRUCTIONS, instruction.id)) return INSTRUCTIONS[instruction.id].text;
  throw new ResponseError(ErrorCodes.InvalidParams, "Invalid params: instruction is unknown.");
}
