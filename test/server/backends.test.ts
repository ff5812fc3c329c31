/** Backends that are installed later or fail, with npm's registry, the real engine and a device that crashes it. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { WorkDoneProgress } from "vscode-languageserver/node";
import { libraryVersion } from "../../server/engine/gpu/storedPackages.ts";
import {
  type BackendsResult,
  ErrorCode,
  type LocalLoad,
  Method,
  type ModelInfo,
  type Status,
} from "../../server/protocol.ts";
import { Client, isRunning, rejection, TOY } from "../support/client.ts";
import { LoopbackRegistry, npmSettings } from "../support/registry.ts";

type Ready = Extract<Status, { type: "ready" }>;
type Failed = Extract<Status, { type: "failed" }>;
const ping = { messages: [{ role: "user" as const, content: "ping" }], thinking: { mode: "off" as const } };
const isReady = (status: Status) => status.type === "ready";

/** A software device (Debian's mesa-vulkan-drivers) that llama.cpp sees. With layers on it the process dies. */
const DEVICE = { GGML_VK_VISIBLE_DEVICES: "0" };
function needsDevice(test: Mocha.Context): void {
  // Without the device the test is skipped, or fails in CI.
  // The file names are the ones that .ci/packages looks for.
  const there = ["lvp_icd.x86_64.json", "lvp_icd.json"].some((name) => existsSync(`/usr/share/vulkan/icd.d/${name}`));
  if (!there && process.env.CI !== "true") test.skip();
  assert.ok(there, "mesa-vulkan-drivers is not installed");
}

describe("backends", () => {
  let folder: string;
  let client: Client;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "backends-"));
  });
  afterEach(async () => {
    await client.stop();
    await rm(folder, { recursive: true });
  });

  const start = (env: Record<string, string>) =>
    Client.start({ env, initializationOptions: { backendsFolder: folder } });
  const load = (params: Partial<LocalLoad>) =>
    client.request<ModelInfo>(Method.load, { model: TOY, contextTokens: 4096, ...params } satisfies LocalLoad);
  const list = () => client.request<BackendsResult>(Method.backends, {});
  const vulkan = async () => (await list()).backends.find(({ backend }) => backend === "vulkan")!;
  /** Whether the engine has mapped files whose path contains this text. Linux only. */
  const uses = (part: string) => readFileSync(`/proc/${client.enginePid()}/maps`, "utf8").includes(part);
  const reload = async (params: Partial<LocalLoad>) => {
    client.statuses.length = 0;
    return load(params);
  };
  const tried = () => [
    ...new Set(client.statuses.flatMap((status) => (status.type === "loading" ? (status.backend ?? []) : []))),
  ];

  it("come from npm's real registry, and the engine runs on the installed files", async function () {
    needsDevice(this);
    const { registry, env } = npmSettings();
    client = await start({ ...env, ...DEVICE });
    assert.deepEqual([(await vulkan()).supported, (await vulkan()).installed], [true, false]);
    const shipped = { gpu: "vulkan", gpuLayers: 0 } as const;
    assert.equal((await load(shipped)).backend, "vulkan");
    assert.ok(!uses(folder));

    const progress: { kind: string; percentage?: number }[] = [];
    client.connection.onProgress(WorkDoneProgress.type, "install", (value) => void progress.push(value));
    const params = { backend: "vulkan", registry, workDoneToken: "install" };
    await client.request(Method.installBackend, params);
    assert.equal(progress[0]!.kind, "begin");
    assert.equal(progress.at(-1)!.kind, "end");
    assert.ok(progress.some(({ percentage }) => percentage === 100));
    assert.equal((await vulkan()).installed, true);
    assert.deepEqual(await readdir(folder), [libraryVersion()]);

    // The running engine uses the shipped files; the next one finds the installed ones.
    const info = await reload({ ...shipped, retryBackends: true });
    assert.deepEqual([info.backend, info.failedBackends], ["vulkan", []]);
    assert.ok(uses(path.join(folder, libraryVersion(), "vulkan", "linux-x64-vulkan", "bins")));
    assert.match((await client.chat(ping)).answer, /pong/);

    assert.deepEqual(await client.request(Method.removeBackend, { backend: "vulkan" }), {
      removed: true,
      unloaded: true,
    });
    assert.equal(client.status.type, "noModel");
    assert.equal((await vulkan()).installed, false);
    assert.equal((await reload(shipped)).backend, "vulkan");
    assert.ok(!uses(folder));
  }).timeout(240_000);

  it("cannot be installed without the registry, and the error names the reason and the next step", async () => {
    client = await start({});
    const registry = new LoopbackRegistry();
    await registry.start();
    const params = { backend: "cuda", registry: registry.address };
    await registry.stop();
    const { code, message, data } = await rejection(client.request(Method.installBackend, params));
    assert.equal(code, ErrorCode.backendFailed);
    assert.match(message, /127\.0\.0\.1:\d+ could not be reached/);
    assert.ok(data?.next);
    const nonsense = await rejection(client.request(Method.installBackend, { backend: "../cuda" }));
    assert.match(nonsense.message, /backend must be one of cuda, vulkan/);
  });

  it("that cannot be loaded are reported, and the next one is used; requested by name, they are refused", async () => {
    // CUDA as the installer leaves it, but with broken libraries.
    const cuda = path.join(folder, libraryVersion(), "cuda", "linux-x64-cuda");
    await cp("node_modules/@node-llama-cpp/linux-x64/dist", path.join(cuda, "dist"), { recursive: true });
    await cp("node_modules/@node-llama-cpp/linux-x64/package.json", path.join(cuda, "package.json"));
    const bins = path.join(cuda, "bins", "linux-x64-cuda");
    await mkdir(bins, { recursive: true });
    await cp(
      "node_modules/@node-llama-cpp/linux-x64/bins/linux-x64/_nlcBuildMetadata.json",
      path.join(bins, "_nlcBuildMetadata.json"),
    );
    for (const file of ["llama-addon.node", "libggml-cuda.so"]) await writeFile(path.join(bins, file), "broken");
    client = await start({ VK_DRIVER_FILES: "/nowhere.json", CUDA_VISIBLE_DEVICES: "" });
    const info = await load({ gpu: "auto" });
    assert.equal(info.backend, "cpu");
    assert.equal(info.failedBackends?.[0]?.backend, "cuda");
    assert.match(info.notes[0]!, /^cuda is not used: \w.+/);
    assert.deepEqual([tried()[0], tried().at(-1)], ["cuda", "cpu"]);
    assert.match((await client.chat(ping)).answer, /pong/);
    const { code, message } = await rejection(load({ gpu: "cuda" }));
    assert.equal(code, ErrorCode.loadFailed);
    assert.match(message, /cuda is not available here\. \w/);
  });

  it("that crash the loading engine give way to the CPU, even when requested by name, and are tried again on request", async function () {
    needsDevice(this);
    client = await start(DEVICE);
    const info = await load({ gpu: "vulkan" });
    assert.equal(info.backend, "cpu");
    assert.match(info.notes[0]!, /vulkan is not used: it crashed the engine while loading \(SIGABRT/);
    assert.match((await client.chat(ping)).answer, /pong/);
    // The failure is remembered, and reported at every load.
    const again = await reload({ gpu: "auto" });
    assert.ok(!tried().includes("vulkan"));
    assert.deepEqual(again.failedBackends, info.failedBackends);
    await reload({ gpu: "auto", gpuLayers: 0, retryBackends: true });
    assert.deepEqual([tried(), client.status.type], [["vulkan"], "ready"]);
  }).timeout(120_000);

  it("that crash the working engine twice within a minute are no longer used, and the reason is reported", async function () {
    needsDevice(this);
    client = await start(DEVICE);
    assert.equal((await load({ gpu: "auto", gpuLayers: 0 })).backend, "vulkan");
    for (const backend of ["vulkan", "cpu"]) {
      // The signal of ggml's abort.
      const pid = client.enginePid()!;
      process.kill(pid, "SIGABRT");
      const failed = await client.until<Failed>((status) => status.type === "failed");
      assert.match(failed.next, backend === "cpu" ? /restarting without vulkan/ : /restarting/);
      const { model } = await client.until<Ready>(isReady);
      assert.equal(model.backend, backend);
      assert.equal(isRunning(pid), false);
    }
    const { model } = client.status as Ready;
    assert.match(model.notes[0]!, /vulkan is not used: it crashed the engine twice within a minute \(SIGABRT/);
    assert.match((await client.chat(ping)).answer, /pong/);
    assert.equal((await reload({ gpuLayers: 0, retryBackends: true })).backend, "vulkan");
  }).timeout(120_000);
});
