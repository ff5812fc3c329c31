/** `nemotron-server backends`, in a terminal. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { libraryVersion } from "../../server/engine/gpu/storedPackages.ts";
import { runCommand } from "../support/command.ts";
import { LoopbackRegistry } from "../support/registry.ts";

describe("nemotron-server backends", () => {
  let registry: LoopbackRegistry;
  let folder: string;
  before(async () => {
    registry = new LoopbackRegistry();
    await registry.start();
    folder = await mkdtemp(path.join(os.tmpdir(), "backends-"));
  });
  after(async () => {
    await registry.stop();
    await rm(folder, { recursive: true });
  });

  const run = (args: string[], interruptAt?: RegExp) =>
    runCommand(["backends", ...args, "--folder", folder], interruptAt);
  const install = ["install", "vulkan", "--registry"];

  it("lists the backends, and what this machine's NVIDIA cards need", async () => {
    const { code, stdout } = await run([]);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^Folder +${folder}$`, "m"));
    assert.match(stdout, /^cuda +not /m);
    assert.match(stdout, /^NVIDIA +\S.*driver.*CUDA runtime/m);
  });

  it("installs and removes a backend", async () => {
    const { code, stdout, stderr } = await run([...install, registry.address]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^vulkan +installed$/m);
    assert.match(stderr, /unpacking/);
    assert.deepEqual(await readdir(folder), [libraryVersion()]);
    assert.match((await run(["remove", "vulkan"])).stdout, /^vulkan +not installed \(\d+ MB to download/m);
  });

  it("fails with the reason and the next step", async () => {
    registry.onManifest = (_, response) => response.writeHead(404).end("{}");
    const { code, stdout, stderr } = await run([...install, registry.address]);
    registry.onManifest = undefined;
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(
      stderr,
      /does not have @node-llama-cpp\/linux-x64-vulkan.*If --registry names a mirror.*Try another one/,
    );
    assert.equal((await run(["install", "../etc"])).code, 2);
    assert.match((await run(["remove"])).stderr, /one of: cuda, vulkan.*usage: nemotron-server help backends/);
  });

  it("leaves nothing behind when it is interrupted", async () => {
    registry.onArchive = (_, response, archive) => response.write(archive.subarray(0, 50_000));
    const { code, stderr } = await run([...install, registry.address], / of \d+ MB/);
    assert.equal(code, 1);
    assert.match(stderr, /Cancelled/);
    assert.deepEqual(await readdir(folder), [libraryVersion()]);
    assert.deepEqual(await readdir(path.join(folder, libraryVersion())), []);
  });
});
