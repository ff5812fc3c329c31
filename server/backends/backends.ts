/** The backends that do not come along: which there are, installing and removing them. */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { t } from "@vscode/l10n";
import { EnvHttpProxyAgent } from "undici";
import { cudaObstacle, detectNvidia, type System, thisSystem } from "../engine/nvidia.ts";
import { libraryVersion } from "../engine/storedPackages.ts";
import { acquire } from "../files/lock.ts";
import { userFolder } from "../files/userFolder.ts";
import { type BackendsResult, type InstallableBackend, type InstallBackendParams, NPM_REGISTRY } from "../protocol.ts";
import { backendFailed, explain } from "./failure.ts";
import { type Installation, type InstallProgress, install, isInstalled, uninstall } from "./install.ts";
import { packagesOf, sum } from "./packages.ts";
import { registryAddress } from "./registry.ts";

export const INSTALLABLE = ["cuda", "vulkan"] as const satisfies InstallableBackend[];

/** A registry that says nothing for so long is taken for dead, ms. */
const SILENCE_MS = 30_000;

export class Backends {
  folder: string;
  private readonly platform: string;
  private readonly system: System;
  private readonly silenceMs: number;

  constructor(
    folder = userFolder("data", "backends"),
    platform: string = `${process.platform}-${process.arch}`,
    system: System = thisSystem,
    silenceMs = SILENCE_MS,
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
        downloadBytes: sum(packages, "downloadBytes"),
        diskBytes: sum(packages, "diskBytes"),
      };
    });
    const nvidia = await detectNvidia(this.system);
    const states = await Promise.all(backends);
    const obstacle = packagesOf("cuda", this.platform).length > 0 ? cudaObstacle(nvidia) : this.unsupported("cuda");
    return { folder: this.folder, backends: states, nvidia, obstacle };
  }

  /**
   * Fetches the backend from the npm registry, in the version of the library, and unpacks it; what is installed already
   * is left as it is. Cancelled or failed, it leaves nothing behind. Throws EngineError backendFailed.
   */
  async install(
    { backend, registry = NPM_REGISTRY, proxy, noProxy }: Omit<InstallBackendParams, "workDoneToken">,
    onProgress: (progress: InstallProgress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const what = this.installation(backend);
    if (what.packages.length === 0)
      throw backendFailed(this.unsupported(backend), t("Use a backend that comes along: Vulkan, or the CPU."));
    const address = registryAddress(registry).href;
    const dispatcher = dispatcherFor({ proxy, noProxy }, this.silenceMs);
    try {
      const work = async (signal: AbortSignal) => {
        if (!(await isInstalled(what))) await install(what, { registry: address, dispatcher }, onProgress, signal);
      };
      await this.alone(work, signal, () => onProgress({ type: "waiting" }));
    } catch (error) {
      signal.throwIfAborted();
      throw explain(error, { registry: address, folder: this.folder });
    } finally {
      // What is still open belongs to nobody any more.
      await dispatcher.destroy();
    }
  }

  /** Returns whether there was something to remove. Throws EngineError backendFailed. */
  async remove(backend: InstallableBackend, signal: AbortSignal): Promise<boolean> {
    try {
      return await this.alone(() => uninstall(this.installation(backend)), signal);
    } catch (error) {
      signal.throwIfAborted();
      throw explain(error, { registry: NPM_REGISTRY, folder: this.folder });
    }
  }

  /** One installation at a time, in whichever window. */
  private async alone<R>(
    work: (signal: AbortSignal) => Promise<R>,
    signal: AbortSignal,
    onWait = () => {},
  ): Promise<R> {
    await mkdir(this.folder, { recursive: true });
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
    return t("There are no binaries of the backend {0} for this platform ({1}).", backend, this.platform);
  }
}

function dispatcherFor(
  { proxy, noProxy }: Pick<InstallBackendParams, "proxy" | "noProxy">,
  silenceMs: number,
): EnvHttpProxyAgent {
  if (proxy !== undefined && !URL.canParse(proxy))
    throw backendFailed(t("{0} is not the address of a proxy.", proxy), t("Check the setting http.proxy."));
  const limits = { headersTimeout: silenceMs, bodyTimeout: silenceMs, connect: { timeout: silenceMs } };
  return new EnvHttpProxyAgent({ httpProxy: proxy, httpsProxy: proxy, noProxy, ...limits });
}
