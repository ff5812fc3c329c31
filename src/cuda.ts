/** What is said of the CUDA backend, and when it is offered. Pure: no editor in here. */
import { t } from "@vscode/l10n";
import type { BackendState, BackendsResult } from "../server/protocol.ts";

export const stateOfCuda = ({ backends }: BackendsResult): BackendState =>
  backends.find(({ backend }) => backend === "cuda")!;

/** There is a card, and all that CUDA needs is there but the backend itself. */
export function gains(found: BackendsResult): boolean {
  const { supported, installed } = stateOfCuda(found);
  return supported && !installed && found.obstacle === undefined;
}

/** What is fetched, from where, whose it is, and whether it would be of use. */
export function aboutCuda(found: BackendsResult, registry: string): string {
  const { downloadBytes, diskBytes } = stateOfCuda(found);
  const megabytes = (bytes: number) => Math.ceil(bytes / 1e6);
  const host = URL.canParse(registry) ? new URL(registry).host : registry;
  return [
    t(
      "The CUDA backend is {0} MB to fetch from {1}, and {2} MB on disk: llama.cpp's binaries from the packages of node-llama-cpp (MIT license).",
      megabytes(downloadBytes),
      host,
      megabytes(diskBytes),
    ),
    t(
      "NVIDIA's driver and CUDA runtime (12 or 13), which it needs, are not part of it: they come from NVIDIA, under NVIDIA's licenses.",
    ),
    ...(found.obstacle ? [t("As things are it would not be used: {0}", found.obstacle)] : []),
  ].join(" ");
}
