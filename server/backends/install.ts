/** Installs a backend's packages: all or none, and only with the registry's hashes. */
import { mkdtemp, readdir, readFile, rename, rm, statfs } from "node:fs/promises";
import path from "node:path";
import { t } from "@vscode/l10n";
import { backendFolder } from "../engine/gpu/storedPackages.ts";
import { makeFolder } from "../files/makeFolder.ts";
import { backendFailed } from "./failure.ts";
import { fetchArchive } from "./fetchArchive.ts";
import type { BinaryPackage } from "./packages.ts";
import { fetchRelease, type Registry, type Release } from "./registry.ts";

const SCOPE = "@node-llama-cpp";
const UNFINISHED = ".installing-";

/** `bytes` of `total` have been downloaded. */
export type InstallProgress =
  | { type: "waiting" }
  | { type: "downloading"; bytes: number; total: number }
  | { type: "unpacking" };

/** A backend and where it belongs. */
export type Installation = {
  folder: string;
  /** Version of node-llama-cpp. */
  version: string;
  backend: string;
  packages: BinaryPackage[];
};

/** The caller must hold the lock. Throws EngineError backendFailed, the signal's reason, or the system's error. */
export async function install(
  what: Installation,
  registry: Registry,
  onProgress: (progress: InstallProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const { folder, version, backend, packages } = what;
  await sweep(folder);
  const releases = await Promise.all(
    packages.map(({ name }) => fetchRelease(registry, `${SCOPE}/${name}`, version, signal)),
  );
  await checkDisk(folder, packages, releases);
  const unfinished = await mkdtemp(path.join(folder, UNFINISHED));
  try {
    const total = packages.map(({ downloadBytes }) => downloadBytes);
    const got = packages.map(() => 0);
    const add = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
    for (const [index, { name }] of packages.entries()) {
      const archive = path.join(unfinished, `${name}.tgz`);
      const onBytes = (received: number, length: number | undefined) => {
        got[index] = received;
        total[index] = length ?? Math.max(total[index]!, received);
        onProgress({ type: "downloading", bytes: add(got), total: add(total) });
      };
      await fetchArchive(registry, releases[index]!, archive, onBytes, signal);
      onProgress({ type: "unpacking" });
      const target = path.join(unfinished, backend, name);
      const { unpack } = await import("./unpack.ts");
      await unpack(archive, target, name, signal);
      await checkPackage(target, name, version);
      await rm(archive);
    }
    const target = backendFolder(folder, version, backend);
    await makeFolder(path.dirname(target));
    await rm(target, { recursive: true, force: true });
    signal.throwIfAborted();
    await rename(path.join(unfinished, backend), target);
  } finally {
    await rm(unfinished, { recursive: true, force: true, maxRetries: 5 });
  }
  await removeOtherVersions(folder, version);
}

/** Whether all packages are installed: they come and go together. */
export async function isInstalled({ folder, version, backend, packages }: Installation): Promise<boolean> {
  const there = await readdir(backendFolder(folder, version, backend)).catch((): string[] => []);
  return packages.length > 0 && packages.every(({ name }) => there.includes(name));
}

/** Returns whether the backend was installed. Renames its folder first, so that it disappears at once or not at all. */
export async function uninstall({ folder, version, backend }: Installation): Promise<boolean> {
  await sweep(folder);
  const trash = await mkdtemp(path.join(folder, UNFINISHED));
  try {
    await rename(backendFolder(folder, version, backend), path.join(trash, backend));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  } finally {
    await rm(trash, { recursive: true, force: true });
  }
}

/** Removes what killed installations left behind. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (name.startsWith(UNFINISHED)) await rm(path.join(folder, name), { recursive: true, force: true });
}

/** Removes binaries of older library versions. They stay if another window has them open. */
async function removeOtherVersions(folder: string, version: string): Promise<void> {
  for (const name of await readdir(folder))
    if (/^\d+\.\d+\.\d+/.test(name) && name !== version)
      await rm(path.join(folder, name), { recursive: true, force: true }).catch(() => {});
}

async function checkDisk(folder: string, packages: BinaryPackage[], releases: Release[]): Promise<void> {
  const unpacked = packages.map(({ diskBytes }, index) => releases[index]!.unpackedBytes ?? diskBytes);
  const needed = unpacked.reduce((a, b) => a + b, 0) + Math.max(...packages.map(({ downloadBytes }) => downloadBytes));
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= needed) return;
  const megabytes = (bytes: number) => Math.ceil(bytes / 1e6);
  throw backendFailed(
    t(
      "The backend needs {0} MB of disk space, but only {1} MB are free.",
      megabytes(needed),
      megabytes(bavail * bsize),
    ),
    t("Free some space on the disk that holds {0}, then install it again.", folder),
  );
}

/** The hash has shown that the archive is the registry's. This checks that it contains the expected package. */
async function checkPackage(folder: string, name: string, version: string): Promise<void> {
  const manifest = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8").catch(() => "{}"));
  const entry = await readFile(path.join(folder, "dist", "index.js")).catch(() => undefined);
  if (entry && manifest.name === `${SCOPE}/${name}` && manifest.version === version) return;
  throw backendFailed(
    t("The archive of {0} is not version {1}.", name, version),
    t("Do not install it from this registry. Check the setting nemotron.npmRegistry."),
  );
}
