import type { PrepareEditParams, PrepareResult } from "../../protocol.ts";
import type { FeatureDeps } from "../deps.ts";
import { inOrder } from "../draftOrder.ts";
import { editPrompt, prepareRequest } from "./editPrompt.ts";

const drafts = inOrder();

/**
 * Reads the known part of an edit at idle priority, in the slot that the edit will use, while the user types the
 * instruction or has not begun. Throws like `edit`.
 */
export async function prepareEdit(
  params: PrepareEditParams,
  deps: FeatureDeps,
  signal: AbortSignal,
): Promise<PrepareResult> {
  const prompt = await drafts(() => editPrompt(params, deps, signal));
  return deps.engine.prepare(prepareRequest(prompt), signal);
}
