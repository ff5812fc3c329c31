import type { PrepareEditParams, PrepareResult } from "../protocol.ts";
import type { FeatureDeps } from "./deps.ts";
import { ahead, editPrompt } from "./editPrompt.ts";

/**
 * Reads, at idle priority and where the edit will look for it, what is known of an edit while its instruction is being
 * typed, or not even begun. Throws as `edit` does.
 */
export async function prepareEdit(
  params: PrepareEditParams,
  deps: FeatureDeps,
  signal: AbortSignal,
): Promise<PrepareResult> {
  return deps.engine.prepare(ahead(await editPrompt(params, deps, signal)), signal);
}
