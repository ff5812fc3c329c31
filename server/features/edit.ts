import { ErrorCodes, LSPErrorCodes, ResponseError } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { EngineError } from "../engine/engine.ts";
import type { EditParams, EditResult } from "../protocol.ts";
import type { FeatureDeps, Report } from "./deps.ts";
import { type Documents, displayPath } from "./documents.ts";
import { codeOf } from "./editReply.ts";
import { fitReply } from "./fitReply.ts";
import { ground } from "./ground.ts";
import { indentationUnit } from "./indentation.ts";
import { linesOf } from "./lines.ts";
import { EDIT_REQUEST, editInstruction, INSTRUCTIONS, layOut, SYSTEM_PROMPT } from "./prompts.ts";
import { toTextEdits } from "./textEdits.ts";
import { DEFAULT_THINKING, thinkingOf } from "./thinking.ts";

/** Tokens of answer: a selection may grow, but a reply many times as long has lost its way. */
const answerTokens = (selectionTokens: number) => 512 + 3 * selectionTokens;

/**
 * Edits for the selection, or for the symbol around the cursor where nothing is selected. They fit the version that the
 * request named, whatever is typed meanwhile. Throws ResponseError ContentModified where that is not the open version,
 * InvalidParams for an instruction that is none, and EngineError: notCode and truncated for a reply that is not one
 * whole block of code, besides what the engine throws.
 */
export async function edit(
  params: EditParams,
  deps: FeatureDeps,
  signal: AbortSignal,
  report: Report,
): Promise<EditResult> {
  const instruction = textOf(params.instruction);
  const document = snapshot(deps.documents, params.textDocument);
  const path = displayPath(deps.documents, document.uri);
  const { blocks, selection } = ground(document, path, params.range, params.diagnostics ?? []);
  const known = layOut([...blocks, EDIT_REQUEST], "");
  const [selectionTokens = 0] = await deps.engine.countTokens([selection.text], signal);
  const reply = deps.engine.respond(
    {
      messages: [
        { role: "system", content: SYSTEM_PROMPT },
        { role: "user", content: known + editInstruction(instruction) },
      ],
      stableChars: known.length,
      thinking: thinkingOf(params.thinking, DEFAULT_THINKING.edit),
      maxTokens: answerTokens(selectionTokens),
      priority: "edit",
      kind: "once",
    },
    signal,
  );
  const { answer, thought, stopReason, usage } = await deps.replies.run(params.partialResultToken, reply, report);
  if (stopReason === "length")
    throw new EngineError("truncated", "The model's code was cut off before it was whole.", { answer });
  const code = codeOf(answer, document.languageId, selection.text);
  const newText = fitReply(code, selection, indentationUnit(linesOf(document.getText())));
  const edits = toTextEdits(document, selection.range, newText);
  const { range } = selection;
  return { edits, version: document.version, range, form: "rewrite", refused: [], thought, usage };
}

/** The document as it is now: the open one is changed in place while the model writes. */
function snapshot(documents: Documents, { uri, version }: EditParams["textDocument"]): TextDocument {
  const open = documents.get(uri);
  if (open?.version === version) return TextDocument.create(uri, open.languageId, version, open.getText());
  const why = open ? `is at version ${open.version}, not ${version}` : "is not open";
  throw new ResponseError(LSPErrorCodes.ContentModified, `${uri} ${why}.`);
}

function textOf(instruction: EditParams["instruction"]): string {
  if (typeof instruction !== "string" && Object.hasOwn(INSTRUCTIONS, instruction.id))
    return INSTRUCTIONS[instruction.id].text;
  if (typeof instruction === "string" && instruction.trim() !== "") return instruction.trim();
  throw new ResponseError(ErrorCodes.InvalidParams, "Invalid params: instruction is empty or unknown.");
}
