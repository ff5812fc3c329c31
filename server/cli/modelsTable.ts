/** The models that can run here, as a table for a terminal of 100 columns. */
import type { Fit, Hardware, Memory, ModelOffer, ModelsResult } from "../protocol.ts";

/** @param styled whether the output is a terminal with bold and dim text. */
export function modelsTable({ hardware, folder, usedBytes, offers }: ModelsResult, styled: boolean): string {
  const style = (code: number, text: string) => (styled ? `\x1b[${code}m${text}\x1b[0m` : text);
  const lines = [...machine(hardware), `Models are kept in ${folder} (${used(usedBytes, hardware.disk)})`, "", HEADER];
  let family = "";
  for (const offer of offers) {
    if (offer.name !== family) lines.push(style(1, offer.name) + style(2, `  ${offer.license.name}`));
    family = offer.name;
    lines.push(style(offer.recommended ? 1 : offer.fit.type === "no" ? 2 : 0, row(offer)));
  }
  return [...lines, "", ...legend(offers, hardware)].join("\n");
}

function machine({ gpus, backend, unified, ram, problem }: Hardware): string[] {
  const devices = gpus.map(({ name, memory }) => `GPU  ${name}, ${freeOf(memory)} (${backend})`);
  if (devices.length === 0) devices.push("GPU  none usable");
  const shared = unified ? ", shared with the GPU" : "";
  return [...devices, ...(problem ? [`     ${problem}`] : []), `RAM  ${freeOf(ram)}${shared}`];
}

/** Column widths, characters. Negative ones align left. */
const COLUMNS = [-2, -7, 9, -2, -7, -16, -14, 7, 8, 7, 6, 8, 7];
const HEADER = columns(
  "",
  "",
  "file",
  "",
  "here",
  "on the GPU",
  "context",
  "total",
  "weights",
  "state",
  "KV",
  "compute",
  "chkpt",
);

const row = ({ quantization, bytes, exact, path, partialBytes, fit, recommended }: ModelOffer) =>
  columns(
    recommended ? "*" : "",
    quantization,
    `${exact ? "" : "~"}${gb(bytes)} GB`,
    "",
    path ? "yes" : partialBytes === undefined ? "" : `${Math.min(99, Math.floor((partialBytes / bytes) * 100))} %`,
    layers(fit),
    contexts(fit),
    ...parts(fit),
  );

function layers({ type, gpuLayers, totalLayers }: Fit): string {
  return {
    gpu: "all layers",
    partial: `${gpuLayers} of ${totalLayers} layers`,
    cpu: "none: CPU only",
    no: "does not fit",
  }[type];
}

function contexts({ type, contextTokens, mostContextTokens }: Fit): string {
  if (type === "no") return "";
  const loaded = tokens(contextTokens);
  return mostContextTokens > contextTokens ? `${loaded}, max ${tokens(mostContextTokens)}` : loaded;
}

function parts({ memory: { weights, state, kv, compute, checkpoints } }: Fit): string[] {
  return [weights + state + kv + compute + checkpoints, weights, state, kv, compute, checkpoints].map(gib);
}

function legend(offers: ModelOffer[], { disk }: Hardware): string[] {
  return [
    ...recommendation(
      offers.find(({ recommended }) => recommended),
      disk,
    ),
    "",
    "On the GPU: the layers that fit in its free memory now; the others run on the CPU, more slowly.",
    "Context: the tokens loaded by default, and the most that moves no layer to the CPU.",
    "Memory in GiB: total, and of it the weights; state and KV, in which the model keeps conversations;",
    "compute buffers; checkpoints, in RAM, which make follow-up questions fast. ~ marks an estimate.",
  ];
}

const FETCH = "  Download it, or another one: nemotron-server download [nemotron-nano-9b-v2-q6_k]";

function recommendation(best: ModelOffer | undefined, disk: Memory): string[] {
  if (!best)
    return [`No model can be recommended: too little memory or disk space is free (disk: ${gb(disk.free)} GB).`];
  const title = `* Recommended: ${best.name}, ${best.quantization}`;
  if (best.path) return [`${title}, already downloaded:`, `  ${best.path}`];
  return [
    `${title}, a file of ${gb(best.bytes)} GB:`,
    `  https://huggingface.co/${best.repository}`,
    `  ${best.file}`,
    FETCH,
  ];
}

/** Pads cells to the widths in COLUMNS. */
function columns(...cells: string[]): string {
  const padded = cells.map((cell, i) => (COLUMNS[i]! < 0 ? cell.padEnd(-COLUMNS[i]!) : cell.padStart(COLUMNS[i]!)));
  return padded.join("").trimEnd();
}

const gb = (bytes: number) => (bytes / 1e9).toFixed(1);
const gib = (bytes: number) => (bytes / 1024 ** 3).toFixed(1);
const tokens = (count: number) => `${Math.floor(count / 1024)}K`;
const freeOf = ({ free, total }: Memory) => `${gib(free)} of ${gib(total)} GiB free`;
const used = (bytes: number, disk: Memory) =>
  bytes > 0 ? `${gb(bytes)} GB used, ${gb(disk.free)} GB free` : `${gb(disk.free)} GB free`;
