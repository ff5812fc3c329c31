/** Backends that do not ship with the product: listing, installing and removing them. */
import path from "node:path";
import { t } from "@vscode/l10n";
import { cudaObstacle, detectNvidia, type System, thisSystem } from "../engine/gpu/nvidia.ts";
import { libraryVersion } from "../engine/gpu/storedPackages.ts";
import { acquire } from "../files/lock.ts";
import { makeFolder } from "../files/makeFolder.ts";
import { userFolder } from "../files/userFolder.ts";
import { type BackendsResult, type InstallableBackend, type InstallBackendParams, NPM_REGISTRY } from "../protocol.ts";
import { backendFailed, installError } from "./failure.ts";
import { type Installation, type InstallProgress, install, isInstalled, uninstall } from "./install.ts";
import { packagesOf, totalBytes } from "./packages.ts";
import { registryAddress } from "./registry.ts";

/** The backends that can be installed, in the order of the list. */
export const INSTALLABLE = ["cuda", "vulkan"] as const satisfies InstallableBackend[];

/** The backends in one folder. */
export class Backends {
  folder: string;
  private readonly platform: string;
  private readonly system: System;
  /** How long the registry may be silent, ms. Undefined: the default of network.ts. */
  private readonly silenceMs: number | undefined;

  constructor(
    folder = userFolder("data", "backends"),
    platform: string = `${process.platform}-${process.arch}`,
    system: System = thisSystem,
    silenceMs?: number,
  ) {
    this.folder = folder;
    this.platform = platform;
    this.system = system;
    this.silenceMs = silenceMs;
  }

  async list(): Promise<BackendsResult> {
    const backends = INSTALLABLE.map(async (backend) => {
      const packages = packagesOf(backend, this.platform);
      return {
        backend,
        supported: packages.length > 0,
        installed: await isInstalled(this.installation(backend)),
        downloadBytes: totalBytes(packages, "downloadBytes"),
        diskBytes: totalBytes(packages, "diskBytes"),
      };
    });
    const nvidia = await detectNvidia(this.system);
    const states = await Promise.all(backends);
    const obstacle = packagesOf("cuda", this.platform).length > 0 ? cudaObstacle(nvidia) : this.unsupported("cuda");
    return { folder: this.folder, backends: states, nvidia, obstacle };
  }

  /**
   * Downloads the backend from the npm registry, in the library's version, and unpacks it. Does nothing if it is
   * already installed. Leaves nothing behind when cancelled or failed. Throws EngineError backendFailed, or the
   * signal's reason.
   */
  async install(
    { backend, registry = NPM_REGISTRY, proxy, noProxy }: Omit<InstallBackendParams, "workDoneToken">,
    onProgress: (progress: InstallProgress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const what = this.installation(backend);
    if (what.packages.length === 0)
      throw backendFailed(this.unsupported(backend), t("Use a bundled backend: Vulkan or the CPU."));
    const address = registryAddress(registry).href;
    if (proxy !== undefined && !URL.canParse(proxy))
      throw backendFailed(t("{0} is not a valid proxy address.", proxy), t("Check the setting http.proxy."));
    const { openNetwork } = await import("../files/downloads/network.ts");
    const network = openNetwork({ proxy, noProxy, idleMs: this.silenceMs });
    try {
      const work = async (signal: AbortSignal) => {
        if (!(await isInstalled(what))) await install(what, { registry: address, network }, onProgress, signal);
      };
      await this.alone(work, signal, () => onProgress({ type: "waiting" }));
    } catch (error) {
      signal.throwIfAborted();
      throw installError(error, { registry: address, folder: this.folder });
    } finally {
      await network.close();
    }
  }

  /** Returns whether the backend was installed. Throws EngineError backendFailed, or the signal's reason. */
  async remove(backend: InstallableBackend, signal: AbortSignal): Promise<boolean> {
    try {
      return await this.alone(() => uninstall(this.installation(backend)), signal);
    } catch (error) {
      signal.throwIfAborted();
      throw installError(error, { registry: NPM_REGISTRY, folder: this.folder });
    }
  }

  /** One installation at a time, across all windows. */
  private async alone<R>(
    work: (signal: AbortSignal) => Promise<R>,
    signal: AbortSignal,
    onWait = () => {},
  ): Promise<R> {
    await makeFolder(this.folder);
    let waiting = false;
    const lock = await acquire(path.join(this.folder, "lock"), signal, async () => {
      if (!waiting) onWait();
      waiting = true;
    });
    try {
      return await work(AbortSignal.any([signal, lock.lost]));
    } finally {
      await lock.release();
    }
  }

  private installation(backend: InstallableBackend): Installation {
    const packages = packagesOf(backend, this.platform);
    return { folder: this.folder, version: libraryVersion(), backend, packages };
  }

  private unsupported(backend: InstallableBackend): string {
    return t("The backend {0} has no binaries for this platform ({1}).", backend, this.platform);
  }
}
