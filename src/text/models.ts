/** Models in words: how large they are, and how they would fit. Pure: no VS Code API. */
import { t } from "@vscode/l10n";
import type { Fit, Hardware, ModelInfo, ModelOffer } from "../../server/protocol.ts";
import { sizeText as sizeTextIn } from "../../server/shared/sizeText.ts";
import { displayLanguage } from "./locale.ts";

/** A model file's name without its folder and `.gguf`. */
export const modelName = (file: string): string =>
  file
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.gguf$/i, "");

/** A size in the display language. */
export const sizeText = (bytes: number): string => sizeTextIn(bytes, displayLanguage());

/** Files of the catalogue whose size is an estimate are "about" that large. */
export const offerSize = ({ bytes, exact }: ModelOffer): string =>
  exact ? sizeText(bytes) : t("about {0}", sizeText(bytes));

/** Where the model would run, and with which context and memory. */
export function fitText({ type, gpuLayers, totalLayers, contextTokens, memory, reason }: Fit): string {
  if (type === "no") return reason ? t("does not fit: {0}", reason) : t("does not fit");
  const { weights, state, kv, compute } = memory;
  const size = t("{0} context · {1} of memory", contextText(contextTokens), sizeText(weights + state + kv + compute));
  if (type === "gpu") return `${t("fits the GPU")} · ${size}`;
  if (type === "cpu") return `${t("on the CPU")} · ${size}`;
  return `${t("{0} of {1} layers on the GPU", gpuLayers, totalLayers)} · ${size}`;
}

/** Context sizes are powers of two: 49,152 tokens are "48K". */
const contextText = (tokens: number) => `${Math.round(tokens / 1024)}K`;

/** The free memory and disk of this machine. */
export function hardwareText({ gpus, ram, disk }: Hardware): string {
  const memories = [
    ...gpus.map(({ name, memory }) => t("{0}: {1} free", name, sizeText(memory.free))),
    ...(gpus.length === 0 ? [t("no GPU")] : []),
    t("RAM: {0} free", sizeText(ram.free)),
    t("disk: {0} free", sizeText(disk.free)),
  ];
  return memories.join(" · ");
}

/** For example `on the CPU`, in the display language. */
export function whereItRuns({ backend, gpuLayers, totalLayers, device, remote }: ModelInfo): string {
  if (remote) return t("at {0}", remote.host);
  if (backend === "cpu") return t("on the CPU");
  const gpu = device ? `${backend}, ${device}` : backend;
  return t("with {0} of {1} layers on the GPU ({2})", gpuLayers, totalLayers, gpu);
}

/** The loaded model is not the one in this window's settings. */
export const isOtherModel = ({ path, remote }: ModelInfo, wanted: string | undefined): boolean =>
  wanted !== undefined && !remote && path !== wanted;
