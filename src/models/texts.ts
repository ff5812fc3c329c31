/** Models in words: how large they are, and how they would fit. Pure: no editor in here. */
import { t } from "@vscode/l10n";
import type { Fit, Hardware, ModelOffer } from "../../server/protocol.ts";
import { spoken } from "../locale.ts";

/** As a list shows a model's file. */
export const modelName = (file: string): string =>
  file
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.gguf$/i, "");

/** `6.5 GB`, `840 MB`: as pages of models count, in thousands. */
export function sizeText(bytes: number): string {
  const [value, unit] = bytes >= 1e9 ? [bytes / 1e9, "GB"] : [bytes / 1e6, "MB"];
  const digits = value < 100 ? 1 : 0;
  return `${value.toLocaleString(spoken(), { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${unit}`;
}

/** Files of the catalogue whose size is an estimate are "about" that large. */
export const offerSize = ({ bytes, exact }: ModelOffer): string =>
  exact ? sizeText(bytes) : t("about {0}", sizeText(bytes));

/** Where it would run, with which context and memory. */
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

/** What it was looked at for. */
export function hardwareText({ gpus, ram, disk }: Hardware): string {
  const memories = [
    ...gpus.map(({ name, memory }) => t("{0}: {1} free", name, sizeText(memory.free))),
    ...(gpus.length === 0 ? [t("no GPU")] : []),
    t("RAM: {0} free", sizeText(ram.free)),
    t("disk: {0} free", sizeText(disk.free)),
  ];
  return memories.join(" · ");
}
