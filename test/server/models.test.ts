import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { copyFile, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { ErrorCode, Method, type ModelInfo, type Status } from "../../server/protocol.ts";
import { Client, isRunning, rejection, TOY } from "../support/client.ts";
import { NEMOTRON_3, speaking, toy, write } from "../support/otherModels.ts";
import { until } from "../support/savedStates.ts";
import { readPublishedText } from "../unit/nemotron/publishedTemplate.ts";

type Failed = Extract<Status, { type: "failed" }>;
const ping = { messages: [{ role: "user" as const, content: "ping" }], thinking: { mode: "off" as const } };

describe("models", () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), "models-"));
  });
  after(() => rm(directory, { recursive: true }));

  describe("that cannot be loaded", () => {
    let client: Client;
    before(async () => {
      client = await Client.start();
    });
    after(() => client.stop());

    const file = (name: string) => path.join(directory, name);
    /** A copy of the toy whose architecture has another name of the same length. */
    const renamed = async (name: string) => {
      const bytes = await readFile(TOY);
      for (let at = bytes.indexOf("nemotron_h"); at >= 0; at = bytes.indexOf("nemotron_h", at + 1))
        bytes.write("nemotron_x", at);
      await writeFile(file(name), bytes);
    };
    const truncated = async (name: string, bytes: number) => {
      await copyFile(TOY, file(name));
      await truncate(file(name), bytes);
    };
    const chatML = () => speaking(toy(), NEMOTRON_3, "{{ '<|im_start|>' ~ messages[0].content ~ '<|im_end|>' }}");
    const halfNamed = () =>
      speaking(toy(), { 11: "<|im_start|>" }, readPublishedText("NVIDIA-Nemotron-3-Nano-30B-A3B-BF16"));
    const cases: [string, RegExp, () => Promise<unknown>][] = [
      ["missing.gguf", /does not exist/, async () => {}],
      ["empty.gguf", /empty/, () => writeFile(file("empty.gguf"), "")],
      ["page.gguf", /web page/, () => writeFile(file("page.gguf"), "<!DOCTYPE html><title>404</title>")],
      ["text.gguf", /not a GGUF file/, () => writeFile(file("text.gguf"), "just some text")],
      ["header.gguf", /header/, () => truncated("header.gguf", 5000)],
      ["half.gguf", /incomplete/, () => truncated("half.gguf", 1_000_000)],
      ["nearly.gguf", /corrupted|incomplete|bounds/, () => truncated("nearly.gguf", 2_653_000)],
      [
        "other.gguf",
        /architecture "nemotron_x"\. Supported: nemotron_h, nemotron_h_moe, deci, llama/,
        () => renamed("other.gguf"),
      ],
      ["mute.gguf", /no chat template/, async () => write(file("mute.gguf"), speaking(toy(), {}, ""))],
      ["chatml.gguf", /chat template that is not one of Nemotron's/, async () => write(file("chatml.gguf"), chatML())],
      ["vocabulary.gguf", /lacks the token <\|im_end\|>/, async () => write(file("vocabulary.gguf"), halfNamed())],
    ];

    for (const [name, reason, make] of cases)
      it(`are refused with the reason: ${name}`, async () => {
        await make();
        const { code, message, data } = await rejection(client.request(Method.load, { model: file(name), gpu: "off" }));
        assert.equal(code, ErrorCode.loadFailed);
        assert.match(message, reason);
        assert.ok(data?.next);
        const status = client.status as Failed;
        assert.equal(status.type, "failed");
        assert.match(status.reason, reason);
        assert.ok(status.next);
        // The server survives, and a chat fails with the same error.
        assert.equal((await rejection(client.chat(ping))).code, ErrorCode.loadFailed);
      });

    it("do not stop a good one from loading", async () => {
      const info = await client.request<ModelInfo>(Method.load, { model: TOY, gpu: "off" });
      assert.equal(info.toy, true);
      assert.match((await client.chat(ping)).answer, /pong/);
    });
  });

  it("are not loaded at first, and a chat says so", async () => {
    const client = await Client.start();
    assert.equal((await rejection(client.chat(ping))).code, ErrorCode.noModel);
    assert.deepEqual(await client.request(Method.status, {}), { type: "noModel" });
    await client.stop();
  });

  it("are reported as they were loaded", async () => {
    const client = await Client.toy();
    const { model } = await client.until<Extract<Status, { type: "ready" }>>((status) => status.type === "ready");
    assert.deepEqual([model.backend, model.gpuLayers, model.threads, model.contextTokens], ["cpu", 0, 1, 8192]);
    assert.ok(
      model.memory.weights > 2_000_000 && model.memory.state > 0 && model.memory.kv > 0 && model.memory.checkpoints > 0,
    );
    const loading = client.statuses.filter((status) => status.type === "loading");
    assert.ok(loading.length > 1 && loading.at(-1)!.progress > 0);
    await client.stop();
  });

  it("can be switched during a reply, and unloading ends the engine process", async () => {
    const client = await Client.toy();
    const first = await client.until((status) => status.type === "ready").then(() => client.enginePid());
    const running = rejection(client.chat({ messages: [{ role: "user", content: "Think for a long time." }] }));
    const copy = path.join(directory, "copy.gguf");
    await copyFile(TOY, copy);
    const info = await client.request<ModelInfo>(Method.load, { model: copy, gpu: "off", contextTokens: 4096 });
    assert.deepEqual([info.path, info.contextTokens], [copy, 4096]);
    assert.equal((await running).code, ErrorCode.engineCrashed);
    await until(() => !isRunning(first!));
    assert.match((await client.chat(ping)).answer, /pong/);
    await client.request(Method.unload, {});
    assert.equal(client.status.type, "noModel");
    assert.equal(client.enginePid(), undefined);
    assert.equal((await rejection(client.chat(ping))).code, ErrorCode.noModel);
    await client.stop();
  });

  it("can be cancelled while they load", async () => {
    const client = await Client.start();
    const loading = client.stream<ModelInfo>(Method.load, { model: TOY, gpu: "off" });
    await client.until((status) => status.type === "loading");
    loading.cancel();
    assert.equal((await rejection(loading.result)).code, -32800);
    await client.until((status) => status.type === "noModel");
    assert.equal(client.enginePid(), undefined);
    await client.stop();
  });

  it("run on the CPU without a GPU, and a missing backend that is requested by name is refused", async () => {
    // Hides all devices of the machine from llama.cpp.
    const env = { GGML_VK_VISIBLE_DEVICES: "", CUDA_VISIBLE_DEVICES: "", VK_DRIVER_FILES: "/nowhere.json" };
    const client = await Client.start({ args: ["--model", TOY], env });
    const { model } = await client.until<Extract<Status, { type: "ready" }>>((status) => status.type === "ready");
    assert.deepEqual([model.backend, model.gpuLayers, model.memory.gpu], ["cpu", 0, 0]);
    const { code, message } = await rejection(client.request(Method.load, { model: TOY, gpu: "cuda" }));
    assert.equal(code, ErrorCode.loadFailed);
    assert.match(message, /cuda is not available/);
    await client.stop();
  });

  it("fall back to the CPU when the Vulkan backend kills the engine, and say so", async function () {
    // A software device (Debian's mesa-vulkan-drivers) that llama.cpp sees. Creating a context on it aborts.
    const device = existsSync("/usr/share/vulkan/icd.d/lvp_icd.x86_64.json");
    if (!device && process.env.CI !== "true") this.skip();
    assert.ok(device, "mesa-vulkan-drivers is not installed");
    const client = await Client.start({
      args: ["--model", TOY, "--gpu", "auto"],
      env: { GGML_VK_VISIBLE_DEVICES: "0" },
    });
    assert.match((await client.chat(ping)).answer, /pong/);
    const { model } = client.statuses.find((status) => status.type === "ready")!;
    assert.equal(model.backend, "cpu");
    assert.match(model.notes.join(), /vulkan is not used/);
    const backends = client.statuses.flatMap((status) =>
      status.type === "loading" && status.backend ? [status.backend] : [],
    );
    assert.deepEqual([...new Set(backends)], ["vulkan", "cpu"]);
    // The backend is not tried again for this model.
    client.statuses.length = 0;
    await client.request(Method.load, { model: TOY, gpu: "auto" });
    assert.ok(client.statuses.every((status) => status.type !== "loading" || status.backend !== "vulkan"));
    await client.stop();
  }).timeout(120_000);
});
