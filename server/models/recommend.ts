/** Recommends one model for a machine, by three simple rules. */
import type { Fit, Hardware } from "../protocol.ts";
import type { CatalogueEntry } from "./catalogue.ts";

/**
 * Largest active weights for a usable speed in RAM, bytes: ordinary RAM, at some 40 GB/s, lets them be read a dozen
 * times a second.
 */
const QUICK_BYTES = 3e9;
/** Less context than this does not hold a file and a conversation about it, tokens. */
export const USEFUL_CONTEXT_TOKENS = 16_384;

export type Candidate = {
  entry: Pick<CatalogueEntry, "id" | "bytes" | "recommendedFrom" | "parameters" | "activeParameters">;
  fit: Fit;
  /** The file is downloaded. */
  installed: boolean;
};

/**
 * The id of one candidate; undefined if none fits. Candidates come best first. A candidate does not count if the
 * catalogue never recommends it, if it does not fit in memory, or if it is not downloaded and the disk has no room.
 * 1. With a graphics card: the first that fits on it fully with its `recommendedFrom` context, or else with a useful
 *    one.
 * 2. Otherwise (no card, too small a card, or an integrated GPU, which computes in ordinary RAM): the first that is
 *    quick in RAM and has a useful context.
 * 3. Otherwise the last, which is the smallest.
 */
export function recommend(candidates: Candidate[], hardware: Hardware): string | undefined {
  const possible = candidates.filter(
    ({ entry, fit, installed }) =>
      entry.recommendedFrom !== undefined && fit.type !== "no" && (installed || entry.bytes <= hardware.disk.free),
  );
  const onGpu = isCard(hardware) ? possible.filter(({ fit }) => fit.type === "gpu") : [];
  const chosen =
    onGpu.find(({ entry, fit }) => fit.mostContextTokens >= entry.recommendedFrom!) ??
    onGpu.find(hasUsefulContext) ??
    possible.find((candidate) => isQuick(candidate) && hasUsefulContext(candidate)) ??
    possible.at(-1);
  return chosen?.entry.id;
}

const hasUsefulContext = ({ fit }: Candidate) => fit.mostContextTokens >= USEFUL_CONTEXT_TOKENS;

const isQuick = ({ entry }: Candidate) => (entry.bytes * entry.activeParameters) / entry.parameters <= QUICK_BYTES;

/** Apple's GPUs also share the RAM, but Apple's RAM is several times as fast. */
const isCard = ({ gpus, unified, backend }: Hardware) => gpus.length > 0 && (!unified || backend === "metal");
