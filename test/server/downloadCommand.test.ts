/** `nemotron-server download`, in a terminal, with the toy in place of a model. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { ModelsResult } from "../../server/protocol.ts";
import { TOY } from "../support/client.ts";
import { runCommand } from "../support/command.ts";
import { LocalHub } from "../support/hub.ts";

/** A model whose checksum the catalogue does not have, so the hub's counts. */
const ID = "nemotron-nano-9b-v2-q6_k";
const FILE = "nvidia_NVIDIA-Nemotron-Nano-9B-v2-Q6_K.gguf";
const TOKEN = "hf_of-nobody";

describe("nemotron-server download", () => {
  let hub: LocalHub;
  let folder: string;
  beforeEach(async () => {
    hub = await LocalHub.start(readFileSync(TOY));
    hub.files = [FILE];
    folder = await mkdtemp(path.join(os.tmpdir(), "download-"));
  });
  afterEach(async () => {
    await hub.stop();
    await rm(folder, { recursive: true });
  });

  const run = (command: string, args: string[], interruptAt?: RegExp) =>
    runCommand([command, "--folder", folder, ...args], interruptAt, { HF_TOKEN: TOKEN });
  const download = (args: string[], interruptAt?: RegExp) =>
    run("download", ["--mirror", hub.address, ...args], interruptAt);
  const file = () => path.join(folder, FILE);

  it("fetches nothing before the license is accepted, and says where it can be read", async () => {
    const { code, stdout, stderr } = await download([ID]);
    assert.deepEqual([code, stdout, hub.requests.length], [1, "", 0]);
    assert.match(stderr, /NVIDIA Open Model License.*Read it at https:.*--accept-license\.$/m);
    assert.deepEqual(readdirSync(folder), []);
  });

  it("downloads the model, prints its path, and never shows the token", async () => {
    const { code, stdout, stderr } = await download([ID, "--accept-license"]);
    assert.deepEqual([code, stdout], [0, `${file()}\n`], stderr);
    assert.match(stderr, /^Nemotron Nano 9B v2, Q6_K, from bartowski\/.*\n[\s\S]*2\.7 MB of 2\.7 MB/);
    assert.ok(readFileSync(file()).equals(hub.bytes));
    assert.equal(hub.requests[0]?.authorization, `Bearer ${TOKEN}`);
    assert.ok(!stderr.includes(TOKEN));
    const again = await download([ID]);
    assert.deepEqual([again.code, again.stdout, hub.requests.length], [0, stdout, 1], again.stderr);
    const { offers } = JSON.parse((await run("models", ["--json", "--gpu", "off"])).stdout) as ModelsResult;
    assert.equal(offers.find(({ id }) => id === ID)?.path, file());
  });

  it("resumes where it was stopped", async () => {
    hub.speed = 500_000;
    const stopped = await download([ID, "--accept-license"], /[1-9]\d % · /);
    assert.equal(stopped.code, 1);
    assert.match(stopped.stderr, /\nStopped\. The same command resumes the download\.\n$/);
    assert.deepEqual([stopped.stdout, existsSync(file())], ["", false]);
    hub.speed = Number.POSITIVE_INFINITY;
    const { code, stderr } = await download([ID, "--accept-license"]);
    assert.equal(code, 0, stderr);
    assert.match(hub.requests.at(-1)?.range ?? "", /^bytes=[1-9]\d+-$/);
    assert.ok(readFileSync(file()).equals(hub.bytes));
  });

  it("downloads only the recommended model when none is named", async () => {
    const { offers } = JSON.parse((await run("models", ["--json"])).stdout) as ModelsResult;
    const best = offers.find(({ recommended }) => recommended);
    hub.files = best ? [best.file] : [];
    const { code, stdout, stderr } = await download(["--accept-license"]);
    assert.deepEqual([code, stdout], [best ? 1 : 2, ""]);
    if (best) assert.ok(stderr.startsWith(`${best.name}, ${best.quantization}, from ${best.repository}\n`), stderr);
    assert.match(stderr, best ? /Nothing was downloaded/ : /No model can be recommended/);
    assert.ok(!readdirSync(folder).some((name) => name.endsWith(".gguf")));
  });

  it("explains wrong arguments, and lists the models", async () => {
    const { code, stderr } = await download(["../etc"]);
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^No model is named \.\.\/etc\. Available:\n( {2}[\w.-]+\n){10}[\s\S]*usage: nemotron-server help download/,
    );
    const mirror = await run("download", [ID, "--accept-license", "--mirror", "nonsense"]);
    assert.equal(mirror.code, 1);
    assert.match(mirror.stderr, /--mirror/);
    assert.ok(!mirror.stderr.includes("nemotron.download"));
  });
});
