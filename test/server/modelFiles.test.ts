/** Model files that the built server downloads, imports and deletes, with the toy in place of a model. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { WorkDoneProgress, type WorkDoneProgressReport } from "vscode-languageserver";
import { ErrorCode, Method, type ModelInfo, type ModelsResult } from "../../server/protocol.ts";
import { Client, isRunning, rejection, TOY } from "../support/client.ts";
import { dropAfter, LocalHub } from "../support/hub.ts";

/** A model whose checksum the catalogue does not have, so the hub's counts. */
const ID = "nemotron-nano-9b-v2-q6_k";
const FILE = "nvidia_NVIDIA-Nemotron-Nano-9B-v2-Q6_K.gguf";
const PINNED = "nvidia_NVIDIA-Nemotron-Nano-9B-v2-Q4_K_M.gguf";

describe("model files", () => {
  let hub: LocalHub;
  let directory: string;
  let folder: string;
  let clients: Client[];
  beforeEach(async () => {
    hub = await LocalHub.start(readFileSync(TOY));
    hub.files = [FILE];
    directory = await mkdtemp(path.join(os.tmpdir(), "models-"));
    folder = path.join(directory, "models");
    clients = [];
  });
  afterEach(async () => {
    for (const client of clients) await client.stop();
    await hub.stop();
    await rm(directory, { recursive: true });
  });

  async function start(): Promise<Client> {
    const client = await Client.start({ initializationOptions: { modelsFolder: folder } });
    clients.push(client);
    return client;
  }
  const at = (name: string) => path.join(folder, name);
  const wanted = () => ({ id: ID, acceptLicense: true, mirror: hub.address });
  const get = (client: Client, more = {}) =>
    client.request<{ path: string }>(Method.download, { ...wanted(), ...more });
  const partSize = () => (existsSync(at(`${FILE}.part`)) ? statSync(at(`${FILE}.part`)).size : 0);
  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  async function offer(client: Client) {
    const { offers } = await client.request<ModelsResult>(Method.models, { gpu: "off" });
    return offers.find(({ id }) => id === ID)!;
  }
  const ping = { messages: [{ role: "user" as const, content: "ping" }], thinking: { mode: "off" as const } };

  it("are downloaded with progress over a connection that breaks twice, and answer after a load", async () => {
    hub.faults.push(dropAfter(900_000), dropAfter(900_000));
    hub.speed = 1_300_000;
    const client = await start();
    const reports: WorkDoneProgressReport[] = [];
    client.connection.onProgress(WorkDoneProgress.type, "p", (value) => {
      if (value.kind === "report") reports.push(value);
    });
    const { path: file } = await get(client, { workDoneToken: "p" });
    assert.equal(file, at(FILE));
    assert.ok(readFileSync(file).equals(hub.bytes));
    assert.equal(hub.requests.length, 3);
    const percentages = reports.map(({ percentage }) => percentage ?? 0);
    assert.deepEqual([Math.min(...percentages), percentages.at(-1)], [0, 100]);
    const messages = reports.map(({ message }) => message).join("\n");
    assert.match(messages, /\d\.\d MB of 2\.7 MB · \d[\d.]* [kM]B\/s · \d+ s left/);
    assert.match(messages, /connection lost, trying again/);
    const info = await client.request<ModelInfo>(Method.load, { model: file, gpu: "off" });
    assert.equal(info.toy, true);
    assert.match((await client.chat(ping)).answer, /pong/);
    assert.equal((await offer(client)).path, file);
  });

  it("need an accepted license, and name its page", async () => {
    const { code, data } = await rejection(get(await start(), { acceptLicense: undefined }));
    assert.equal(code, ErrorCode.licenseNotAccepted);
    assert.match(String(data?.page), /^https:\/\/www\.nvidia\.com\//);
    assert.equal(hub.requests.length, 0);
  });

  it("are downloaded only once by two servers at the same time", async () => {
    hub.speed = 4_000_000;
    const [first, second] = [await start(), await start()];
    const files = await Promise.all([get(first), get(second)]);
    assert.deepEqual(
      files.map((result) => result.path),
      [at(FILE), at(FILE)],
    );
    assert.equal(hub.requests.length, 1);
  });

  it("are resumed where the download stopped when the server was killed", async () => {
    hub.speed = 1_000_000;
    const first = await Client.start({ initializationOptions: { modelsFolder: folder } });
    get(first).catch(() => {});
    await until(() => partSize() > 500_000);
    first.process.kill("SIGKILL");
    await until(() => !isRunning(first.process.pid!));
    first.connection.dispose();
    assert.ok(existsSync(at(`${FILE}.lock`)));
    const kept = partSize();
    hub.speed = Number.POSITIVE_INFINITY;
    await get(await start());
    assert.ok(readFileSync(at(FILE)).equals(hub.bytes));
    assert.equal(hub.requests.at(-1)!.range, `bytes=${kept}-`);
    assert.deepEqual(readdirSync(folder).sort(), [FILE, `${FILE}.json`]);
  });

  it("keep their downloaded part after a cancel, until they are deleted", async () => {
    hub.speed = 1_000_000;
    const client = await start();
    const running = client.stream(Method.download, wanted());
    await until(() => partSize() > 300_000);
    assert.match((await rejection(client.request(Method.deleteModel, { id: ID }))).message, /being downloaded/);
    running.cancel();
    assert.equal((await rejection(running.result)).code, -32800);
    assert.equal((await offer(client)).partialBytes, partSize());
    await client.request(Method.deleteModel, { id: ID });
    assert.deepEqual(readdirSync(folder), []);
  });

  it("are unloaded when they are deleted", async () => {
    const client = await start();
    const { path: model } = await get(client);
    await client.request(Method.load, { model, gpu: "off" });
    await client.request(Method.deleteModel, { id: ID });
    assert.deepEqual(readdirSync(folder), []);
    assert.equal(client.status.type, "noModel");
  });

  it("are not loaded when they have been changed since they were verified", async () => {
    const client = await start();
    const { path: model } = await get(client);
    const load = () => client.request<ModelInfo>(Method.load, { model, gpu: "off" });
    // A new modification time alone, as after a backup, is no change.
    await utimes(model, 1, 1);
    assert.equal((await load()).toy, true);
    const changed = readFileSync(model);
    changed[2_000_000]! ^= 1;
    await writeFile(model, changed);
    const { code, message } = await rejection(load());
    assert.deepEqual([code, /has been changed/.test(message)], [ErrorCode.notVerified, true]);
  });

  it("need no network when they were copied by hand", async () => {
    await mkdir(folder);
    await copyFile(TOY, at(FILE));
    const { path: file } = await get(await start(), { mirror: "http://127.0.0.1:1", acceptLicense: false });
    assert.equal(file, at(FILE));
  });

  it("of the user are used in place, or copied", async () => {
    const client = await start();
    const own = path.join(directory, "mine.gguf");
    await copyFile(TOY, own);
    const use = (copy: boolean) => client.request(Method.importModel, { path: own, copy });
    assert.deepEqual(await use(false), { path: own });
    assert.deepEqual(await use(true), { path: at("mine.gguf") });
    assert.ok(readFileSync(at("mine.gguf")).equals(hub.bytes));
    assert.deepEqual(await use(true), { path: at("mine.gguf") });
    await writeFile(own, Buffer.concat([readFileSync(TOY), Buffer.from("more")]));
    assert.match((await rejection(use(true))).message, /another file named/);
  });

  it("of the user are refused if they are not a model, or not the one that their name says", async () => {
    const client = await start();
    const imported = async (name: string, content: string | Buffer) => {
      await writeFile(path.join(directory, name), content);
      return rejection(client.request(Method.importModel, { path: path.join(directory, name), copy: true }));
    };
    const page = await imported("page.gguf", "<!DOCTYPE html>");
    assert.deepEqual([page.code, /web page/.test(page.message)], [ErrorCode.loadFailed, true]);
    assert.match((await imported("half.gguf", readFileSync(TOY).subarray(0, 1_000_000))).message, /incomplete/);
    const other = await imported(PINNED, readFileSync(TOY));
    assert.deepEqual([other.code, typeof other.data?.next], [ErrorCode.notVerified, "string"]);
    assert.equal(existsSync(folder), false);
  });

  it("need valid request parameters", async () => {
    const client = await start();
    const wrong: [string, object, RegExp][] = [
      [Method.download, {}, /id must be a text/],
      [Method.download, { ...wanted(), id: "../../etc" }, /no model/],
      [Method.download, { ...wanted(), acceptLicense: "yes" }, /acceptLicense/],
      [Method.download, { ...wanted(), mirror: 5 }, /mirror must be a text/],
      [Method.importModel, { path: "relative.gguf", copy: true }, /absolute path/],
      [Method.importModel, { path: TOY }, /copy must be/],
      [Method.deleteModel, { id: "unknown" }, /no model/],
    ];
    for (const [method, params, message] of wrong) {
      const error = await rejection(client.request(method, params));
      assert.equal(error.code, -32602);
      assert.match(error.message, message);
    }
  });
});
