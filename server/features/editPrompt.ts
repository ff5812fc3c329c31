/** What is asked of the model for an edit: the same when it is read ahead and when it is answered. */
import { ErrorCodes, ResponseError } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { PrepareRequest, RespondRequest } from "../engine/engine.ts";
import type { EditParams, EditResult, PrepareEditParams } from "../protocol.ts";
import { type Markers, markersFor } from "./blocks.ts";
import type { FeatureDeps } from "./deps.ts";
import { displayPath, namesIn, snapshot } from "./documents.ts";
import { ground } from "./ground.ts";
import { linesOf } from "./lines.ts";
import { EDIT_REQUEST, editBlocksRequest, editInstruction, INSTRUCTIONS, layOut, SYSTEM_PROMPT } from "./prompts.ts";
import type { Selection } from "./selection.ts";
import { DEFAULT_THINKING } from "./thinking.ts";

/** Longer selections are edited by blocks: to write them anew would take long, and risk what need not change. */
const LONGEST_REWRITE = { lines: 60, tokens: 600 };

/** Tokens of answer: a selection may grow, but a reply many times as long has lost its way. */
const ANSWER_TOKENS: Record<EditResult["form"], (selectionTokens: number) => number> = {
  rewrite: (selectionTokens) => 512 + 3 * selectionTokens,
  blocks: (selectionTokens) => 1024 + selectionTokens,
};

export type EditPrompt = {
  /** As it was when the request came: the open one is changed in place while the model writes. */
  document: TextDocument;
  path: string;
  selection: Selection;
  form: EditResult["form"];
  /** Of blocks. */
  markers: Markers;
  request: Pick<RespondRequest, "messages" | "stableChars" | "maxTokens" | "priority" | "kind">;
};

/**
 * Throws ResponseError ContentModified where the document is not open in that version, and InvalidParams for an
 * instruction that there is not; EngineError without a model to count with.
 */
export async function editPrompt(
  params: PrepareEditParams,
  { documents, engine }: Pick<FeatureDeps, "documents" | "engine">,
  signal: AbortSignal,
): Promise<EditPrompt> {
  const instruction = instructionText(params.instruction);
  const document = snapshot(documents, params.textDocument);
  const path = displayPath(documents, document.uri);
  const { blocks, selection } = ground(document, namesIn(documents), params.range, params.diagnostics ?? []);
  const [tokens = 0] = await engine.countTokens([selection.text], signal);
  const long = tokens > LONGEST_REWRITE.tokens || linesOf(selection.text).length > LONGEST_REWRITE.lines;
  const form = long ? "blocks" : "rewrite";
  const markers = markersFor(selection.text);
  const known = layOut([...blocks, long ? editBlocksRequest(markers) : EDIT_REQUEST], "");
  const request: EditPrompt["request"] = {
    messages: [
      { role: "system", content: SYSTEM_PROMPT },
      { role: "user", content: known + editInstruction(instruction) },
    ],
    stableChars: known.length,
    maxTokens: ANSWER_TOKENS[form](tokens),
    priority: "edit",
    kind: "once",
  };
  return { document, path, selection, form, markers, request };
}

/** What of it can be read ahead. */
export function ahead({ request }: EditPrompt): PrepareRequest {
  const { messages, stableChars, maxTokens, priority, kind } = request;
  return { messages, stableChars, thinking: DEFAULT_THINKING.edit, reply: { maxTokens, priority, kind } };
}

/** Nothing may have been typed yet. */
function instructionText(instruction: EditParams["instruction"]): string {
  if (typeof instruction === "string") return instruction.trim();
  if (Object.hasOwn(INSTRUCTIONS, instruction.id)) return INSTRUCTIONS[instruction.id].text;
  throw new ResponseError(ErrorCodes.InvalidParams, "Invalid params: instruction is unknown.");
}
