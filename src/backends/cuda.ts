/** Describes the CUDA backend, and decides when it is offered. Pure: no VS Code API. */
import { t } from "@vscode/l10n";
import type { BackendState, BackendsResult } from "../../server/protocol.ts";

/** The server's result always contains CUDA. */
export const stateOfCuda = ({ backends }: BackendsResult): BackendState =>
  backends.find(({ backend }) => backend === "cuda")!;

/** True if everything that CUDA needs is installed, except the backend itself. */
export function canUseCuda(found: BackendsResult): boolean {
  const { supported, installed } = stateOfCuda(found);
  return supported && !installed && found.obstacle === undefined;
}

/** Says what would be downloaded, from where and under which licenses, and what prevents its use. */
export function cudaDescription(found: BackendsResult, registry: string): string {
  const { downloadBytes, diskBytes } = stateOfCuda(found);
  const megabytes = (bytes: number) => Math.ceil(bytes / 1e6);
  const host = URL.canParse(registry) ? new URL(registry).host : registry;
  return [
    t(
      "The CUDA backend is a download of {0} MB from {1} and takes {2} MB on disk. It contains llama.cpp's binaries from the packages of node-llama-cpp (MIT license).",
      megabytes(downloadBytes),
      host,
      megabytes(diskBytes),
    ),
    t(
      "It needs NVIDIA's driver and CUDA runtime (12 or 13). These are not included: they come from NVIDIA, under NVIDIA's licenses.",
    ),
    ...(found.obstacle ? [t("It would not be used at present: {0}", found.obstacle)] : []),
  ].join(" ");
}
