/** Installing a backend from a registry that fails in every way that registries, networks and disks do. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { Backends } from "../../../server/backends/backends.ts";
import { installError } from "../../../server/backends/failure.ts";
import type { InstallProgress } from "../../../server/backends/install.ts";
import { EngineError } from "../../../server/engine/engine.ts";
import { libraryVersion } from "../../../server/engine/gpu/storedPackages.ts";
import { archive, type Entry, type Handler, LoopbackRegistry, NAME, PACKAGE } from "../../support/registry.ts";

const VERSION = libraryVersion();
const nothing = () => {};

describe("installing a backend", () => {
  let registry: LoopbackRegistry;
  let folder: string;
  let backends: Backends;
  let seen: InstallProgress[];
  const abort = { now: new AbortController() };

  beforeEach(async () => {
    registry = new LoopbackRegistry();
    await registry.start();
    folder = await mkdtemp(path.join(os.tmpdir(), "backends-"));
    backends = new Backends(folder, "linux-x64");
    seen = [];
    abort.now = new AbortController();
  });
  afterEach(async () => {
    await registry.stop();
    await rm(folder, { recursive: true });
  });

  const install = (onProgress: (progress: InstallProgress) => void = (progress) => seen.push(progress)) =>
    backends.install({ backend: "vulkan", registry: registry.address }, onProgress, abort.now.signal);
  const isInstalled = async () =>
    (await backends.list()).backends.find(({ backend }) => backend === "vulkan")!.installed;
  const installed = (...file: string[]) => path.join(folder, VERSION, "vulkan", "linux-x64-vulkan", ...file);

  /** Fails with that reason and a next step, and leaves nothing behind. */
  async function fails(reason: RegExp, next = /\w/): Promise<void> {
    const error = await install().then(nothing, (error) => error);
    assert.ok(error instanceof EngineError, `${error}`);
    assert.equal(error.code, "backendFailed");
    assert.match(error.message, reason);
    assert.match(String(error.data.next), next);
    await leavesNothing();
  }
  async function leavesNothing(): Promise<void> {
    assert.deepEqual(await readdir(folder), []);
    assert.equal(await isInstalled(), false);
  }

  it("installs what the registry vouches for, reports the bytes, and requests nothing the second time", async () => {
    await install();
    assert.equal(await isInstalled(), true);
    assert.equal((await readFile(installed("bins", "linux-x64-vulkan", "llama-addon.node"))).length, 200_000);
    assert.deepEqual(await readdir(folder), [VERSION]);
    const { length } = archive(PACKAGE);
    assert.deepEqual(seen.filter(({ type }) => type === "downloading").at(-1), {
      type: "downloading",
      bytes: length,
      total: length,
    });
    assert.equal(seen.at(-1)!.type, "unpacking");
    const asked = registry.asked.length;
    await install();
    assert.equal(registry.asked.length, asked);
  });

  it("removes it again, and says whether it was installed", async () => {
    await install();
    assert.equal(await backends.remove("vulkan", abort.now.signal), true);
    assert.equal(await isInstalled(), false);
    assert.deepEqual(await readdir(folder), [VERSION]);
    assert.equal(await backends.remove("vulkan", abort.now.signal), false);
  });

  it("replaces older versions, and what a killed process left behind", async () => {
    await mkdir(path.join(folder, "1.2.3", "vulkan", "linux-x64-vulkan"), { recursive: true });
    await mkdir(path.join(folder, ".installing-abc", "vulkan"), { recursive: true });
    await writeFile(path.join(folder, "keep.txt"), "not ours");
    // The lock of a process that does not exist: process ids end far below.
    await writeFile(path.join(folder, "lock"), JSON.stringify({ pid: 2147483646, host: os.hostname() }));
    await install();
    assert.deepEqual((await readdir(folder)).sort(), [VERSION, "keep.txt"]);
  });

  it("resumes where a lost connection stopped", async () => {
    const ranges: (string | undefined)[] = [];
    registry.onArchive = ({ headers: { range } }, response, archive) => {
      ranges.push(range);
      const from = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
      response.writeHead(range ? 206 : 200, { "content-length": archive.length - from });
      if (ranges.length === 3) return response.end(archive.subarray(from));
      response.write(archive.subarray(from, from + 60_000));
      // Breaks the connection once some bytes are on disk.
      void grown(from).then(() => response.destroy());
    };
    const grown = async (from: number) => {
      for (;;) {
        const unfinished = (await readdir(folder)).find((name) => name.startsWith("."));
        const part = unfinished && (await stat(path.join(folder, unfinished, "linux-x64-vulkan.tgz")).catch(nothing));
        if (part && part.size > from) return;
        await setTimeout(5);
      }
    };
    await install();
    assert.equal(await isInstalled(), true);
    assert.equal(ranges.length, 3);
    assert.equal(ranges[0], undefined);
    assert.match(ranges[2]!, /^bytes=[1-9]/);
  });

  it("starts over when the server cannot resume", async () => {
    let times = 0;
    registry.onArchive = (_, response, archive) => {
      response.writeHead(200, { "content-length": archive.length });
      if (++times === 1) response.write(archive.subarray(0, 90_000), () => response.destroy());
      else response.end(archive);
    };
    await install();
    assert.equal(await isInstalled(), true);
  });

  it("waits for a busy server", async () => {
    let times = 0;
    registry.onArchive = (_, response, archive) =>
      ++times < 3 ? response.writeHead(times === 1 ? 503 : 429).end() : response.end(archive);
    await install();
    assert.equal(await isInstalled(), true);
  });

  const refusals: [string, RegExp, () => void][] = [
    [
      "another hash",
      /not match what the registry announced/,
      () => (registry.dist.integrity = `sha512-${"A".repeat(86)}==`),
    ],
    [
      "no sha512",
      /does not respond like an npm registry/,
      () => (registry.dist.integrity = "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk="),
    ],
    ["another package", /does not respond like an npm registry/, () => (registry.manifest.name = "left-pad")],
    ["another version", /does not respond like an npm registry/, () => (registry.manifest.version = "3.0.0")],
    [
      "a tarball that is not an address",
      /does not respond like an npm registry/,
      () => (registry.dist.tarball = "file:///etc/passwd"),
    ],
    [
      "a web page",
      /does not respond like an npm registry/,
      () => (registry.onManifest = answer(200, "<html>Log in</html>")),
    ],
    [
      "no such version (404)",
      /does not have @node-llama-cpp\/linux-x64-vulkan/,
      () => (registry.onManifest = answer(404)),
    ],
    ["no archive (404)", /status 404/, () => (registry.onArchive = answer(404))],
    ["a refusal (403)", /status 403/, () => (registry.onManifest = answer(403))],
    ["a server that stays broken (500)", /status 500/, () => (registry.onArchive = answer(500))],
    ["an archive whose connection always breaks", /could not be reached/, () => (registry.onArchive = breakingOff)],
    ["more than the disk holds", /needs 10000000\d\d MB of disk/, () => (registry.dist.unpackedSize = 1e15)],
  ];
  for (const [what, reason, prepare] of refusals)
    it(`fails, says why, and leaves nothing: ${what}`, async () => {
      prepare();
      await fails(reason);
    });

  const [manifest, entry] = PACKAGE as [Entry, Entry];
  const archives: [string, Buffer][] = [
    ["a path that leads out", archive([manifest, entry, { path: "package/../../out.txt", text: "out" }])],
    ["a path that starts outside", archive([manifest, entry, { path: "../out.txt", text: "out" }])],
    ["an absolute path", archive([manifest, entry, { path: "/package/out.txt", text: "out" }])],
    ["a symbolic link", archive([manifest, entry, { path: "package/l", type: "SymbolicLink", linkpath: "/etc" }])],
    ["a hard link", archive([manifest, entry, { path: "package/l", type: "Link", linkpath: "package/package.json" }])],
    ["bytes that are not an archive", Buffer.from("This is no archive.".repeat(100))],
    ["a truncated archive with a matching hash", archive(PACKAGE).subarray(0, 100_000)],
  ];
  for (const [what, bytes] of archives)
    it(`refuses an archive with the right hash, and leaves nothing: ${what}`, async () => {
      registry.archive = bytes;
      await fails(/contains something unexpected/, /Do not install/);
      assert.equal(existsSync(path.join(path.dirname(folder), "out.txt")), false);
      assert.equal(existsSync(path.join(os.tmpdir(), "out.txt")), false);
    });

  it("refuses an archive of another package, with the right hash", async () => {
    registry.archive = archive([{ ...manifest, text: JSON.stringify({ name: NAME, version: "1.0.0" }) }, entry]);
    await fails(/is not version/);
  });

  it("reports a registry that is gone, and an invalid address", async () => {
    const gone = registry.address;
    await registry.stop();
    await registry.start();
    const failing = async (registry: string) =>
      backends.install({ backend: "vulkan", registry }, nothing, abort.now.signal).then(nothing, (error) => error);
    assert.match((await failing(gone)).message, /could not be reached \(.*ECONNREFUSED/);
    assert.match((await failing("registry")).message, /registry is not a valid npm registry address/);
    await leavesNothing();
  });

  it("recognises a full disk by the system's error", async function () {
    if (process.platform !== "linux") this.skip();
    const error = await writeFile("/dev/full", "x").then(nothing, (error) => error);
    assert.match(installError(error, { registry: registry.address, folder }).message, /disk is full/);
  });

  it("gives up on a silent registry, at the start or midway, and leaves nothing", async () => {
    backends = new Backends(folder, "linux-x64", undefined, 300);
    registry.onManifest = () => {};
    await fails(/could not be reached \(Headers Timeout/);
    registry.onManifest = undefined;
    registry.onArchive = ({ headers }, response, archive) => {
      // A resumed download stalls as well.
      if (headers.range) response.writeHead(206, { "content-length": 1000 }).flushHeaders();
      else response.write(archive.subarray(0, 50_000));
    };
    await fails(/could not be reached \(.*Timeout/);
  });

  it("can be cancelled while the registry is silent, and leaves nothing", async () => {
    for (const phase of ["onManifest", "onArchive"] as const) {
      registry[phase] = () => abort.now.abort(new Error("Cancelled"));
      await assert.rejects(install(), /Cancelled/);
      await leavesNothing();
      registry[phase] = (_, response, archive) => response.end(archive);
      registry.onManifest = undefined;
      abort.now = new AbortController();
    }
  });

  it("can be cancelled while it is fetched and while it is unpacked, and leaves nothing", async () => {
    for (const when of ["downloading", "unpacking"]) {
      const cancelling = install(({ type }) => type === when && abort.now.abort(new Error("Cancelled")));
      await assert.rejects(cancelling, /Cancelled/);
      await leavesNothing();
      abort.now = new AbortController();
    }
  });

  it("is done once for two requests at the same time", async () => {
    const other = new Backends(folder, "linux-x64");
    const waiting: InstallProgress[] = [];
    await Promise.all([
      install(),
      other.install(
        { backend: "vulkan", registry: registry.address },
        (progress) => waiting.push(progress),
        abort.now.signal,
      ),
    ]);
    assert.equal(registry.asked.filter((asked) => asked.endsWith(".tgz")).length, 1);
    assert.ok([...seen, ...waiting].some(({ type }) => type === "waiting"));
    assert.deepEqual(await readdir(folder), [VERSION]);
  });

  it("reports a platform that has no backend", async () => {
    const mac = new Backends(folder, "darwin-arm64");
    const error = await mac.install({ backend: "cuda" }, nothing, abort.now.signal).then(nothing, (error) => error);
    assert.match(error.message, /backend cuda has no binaries for this platform/);
    assert.ok((await mac.list()).backends.every(({ supported, installed }) => !supported && !installed));
  });
});

function answer(status: number, text = ""): Handler {
  return (_, response) => response.writeHead(status).end(text);
}

const breakingOff: Handler = (_, response, archive) => {
  response.writeHead(200, { "content-length": archive.length });
  response.flushHeaders();
  setImmediate(() => response.destroy());
};
