/** Downloads from a hub on this machine over real HTTP, with the faults that may happen on the way. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { type FileHandle, mkdtemp, open, readFile, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { createServer, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { EngineError } from "../../server/engine/engine.ts";
import { type DownloadableModel, type DownloadProgress, download } from "../../server/models/download.ts";
import { dropAfter, LocalHub, lieAbout, redirect, stallAfter, status, webPage } from "../support/hub.ts";

const model = (change: Partial<DownloadableModel> = {}): DownloadableModel => ({
  name: "Nemotron Test",
  repository: "owner/name",
  file: "test.gguf",
  bytes: 999,
  exact: false,
  license: { name: "NVIDIA Open Model License", url: "https://license.example/" },
  ...change,
});
const content = () => Buffer.concat([Buffer.from("GGUF"), randomBytes(3_000_000)]);

describe("downloads", () => {
  let hub: LocalHub;
  let folder: string;
  let seen: DownloadProgress[];
  beforeEach(async () => {
    hub = await LocalHub.start(content());
    hub.files = ["test.gguf"];
    folder = await mkdtemp(path.join(os.tmpdir(), "download-"));
    seen = [];
  });
  afterEach(async () => {
    await hub.stop();
    await rm(folder, { recursive: true });
  });

  const deps = () => ({ folder, inspect: async () => {}, idleMs: 600, firstPauseMs: 5 });
  type Options = Parameters<typeof download>[1];
  const get = (wanted = model(), options: Options = {}, signal = new AbortController().signal) =>
    download(wanted, { acceptLicense: true, mirror: hub.address, ...options }, deps(), signal, (progress) =>
      seen.push(progress),
    );
  const at = (name: string) => path.join(folder, name);
  /** The error of a failed download, which always has a reason and a next step. */
  async function failure(promise: Promise<unknown>): Promise<EngineError> {
    const error = await promise.then(
      () => assert.fail("It was expected to fail, and did not."),
      (error: unknown) => error,
    );
    assert.ok(error instanceof EngineError, String(error));
    assert.ok(error.data.reason && error.data.next);
    assert.equal(existsSync(at("test.gguf")), false);
    return error;
  }
  function assertArrived(bytes = hub.bytes): void {
    assert.ok(readFileSync(at("test.gguf")).equals(bytes));
    assert.deepEqual(readdirSync(folder).sort(), ["test.gguf", "test.gguf.json"]);
  }

  it("fetch the whole file, report each step, and leave nothing else behind", async () => {
    assert.deepEqual(await get(), { path: at("test.gguf") });
    assertArrived();
    assert.equal(seen[0]!.stage, "asking");
    assert.deepEqual(seen.at(-1), { stage: "downloading", bytes: hub.bytes.length, total: hub.bytes.length });
  });

  it("need no network when the file is already there, even if it was put there by hand", async () => {
    await writeFile(at("test.gguf"), hub.bytes);
    const nowhere = { mirror: "http://127.0.0.1:1", acceptLicense: false };
    assert.deepEqual(await get(model(), nowhere), { path: at("test.gguf") });
    assert.ok(seen.every(({ stage }) => stage === "checking"));
    seen = [];
    await get(model(), nowhere);
    assert.deepEqual(seen, [], "it was read a second time");
    assert.equal(hub.requests.length, 0);
  });

  it("replace a file that has changed since its download, or that is another file", async () => {
    await get();
    const damaged = Buffer.from(hub.bytes);
    damaged[2_000_000]! ^= 1;
    await writeFile(at("test.gguf"), damaged);
    await utimes(at("test.gguf"), 1, 1);
    await get();
    assertArrived();
    await writeFile(at("test.gguf"), damaged);
    await rm(at("test.gguf.json"));
    await get(model({ sha256: hub.sha256, bytes: hub.bytes.length, exact: true }));
    assertArrived();
  });

  it("need the license to be accepted", async () => {
    const { code, data } = await failure(get(model(), { acceptLicense: false }));
    assert.deepEqual([code, data.page], ["licenseNotAccepted", "https://license.example/"]);
    assert.deepEqual(readdirSync(folder), []);
  });

  it("resume where the connection was lost, twice", async () => {
    hub.faults.push(dropAfter(1_000_000), dropAfter(700_000));
    await get();
    assertArrived();
    const [first, ...later] = hub.requests;
    assert.equal(first!.range, undefined);
    assert.equal(later.length, 2);
    for (const { range, ifRange } of later) {
      assert.match(range!, /^bytes=\d+-$/);
      assert.equal(ifRange, hub.etag);
    }
    assert.ok(seen.some(({ stage }) => stage === "retrying"));
  });

  it("drop a connection that delivers nothing", async () => {
    hub.faults.push(stallAfter(1_000_000));
    await get();
    assertArrived();
    assert.deepEqual(
      hub.requests.map(({ range }) => range),
      [undefined, "bytes=1000000-"],
    );
  });

  it("resume after a cancel, and check the downloaded part again", async () => {
    hub.faults.push(stallAfter(1_000_000));
    const abort = new AbortController();
    const cancelled = get(model(), {}, abort.signal);
    while (!seen.some(({ bytes }) => bytes === 1_000_000)) await new Promise(setImmediate);
    abort.abort(new Error("Cancelled"));
    await assert.rejects(cancelled, /Cancelled/);
    assert.equal(statSync(at("test.gguf.part")).size, 1_000_000);
    assert.equal(existsSync(at("test.gguf.lock")), false);
    seen = [];
    await get();
    assertArrived();
    assert.ok(seen.some(({ stage, bytes }) => stage === "checking" && bytes === 1_000_000));
    assert.equal(hub.requests.at(-1)!.range, "bytes=1000000-");
  });

  it("start over when the downloaded part is damaged", async () => {
    hub.faults.push(dropAfter(2_000_000), ...Array(9).fill(status(404)));
    await failure(get());
    hub.faults.length = 0;
    const damaged = await readFile(at("test.gguf.part"));
    damaged[5] = damaged[5]! ^ 1;
    await writeFile(at("test.gguf.part"), damaged);
    await get();
    assertArrived();
    assert.deepEqual(
      hub.requests.slice(-2).map(({ range }) => range === undefined),
      [false, true],
    );
  });

  it("start over cleanly when the file changes halfway", async () => {
    hub.faults.push((exchange) => {
      dropAfter(1_500_000)(exchange);
      exchange.response.on("close", () => {
        hub.bytes = content();
      });
    });
    await get();
    assertArrived();
  });

  it("resume from another mirror that has the same file", async () => {
    hub.faults.push(dropAfter(1_000_000), status(404));
    await failure(get());
    const other = await LocalHub.start(hub.bytes);
    other.files = hub.files;
    const { size } = statSync(at("test.gguf.part"));
    assert.ok(size > 0);
    await get(model(), { mirror: other.address });
    assertArrived();
    assert.deepEqual(other.requests, [{ range: `bytes=${size}-`, ifRange: undefined, authorization: undefined }]);
    await other.stop();
  });

  it("work with a server that does not support ranges", async () => {
    const whole = ({ response }: { response: ServerResponse }) =>
      void response.writeHead(200, { "content-length": hub.bytes.length }).end(hub.bytes);
    hub.faults.push(dropAfter(1_000_000), whole);
    await get();
    assertArrived();
  });

  it("wait as long as a busy server asks", async () => {
    hub.listingFaults.push(status(503));
    hub.faults.push(status(429, { "retry-after": "1" }), status(503));
    const from = Date.now();
    await get();
    assertArrived();
    assert.ok(Date.now() - from >= 1000);
    assert.equal(hub.requests.length, 3);
  });

  it("give up when the server asks for a long wait, and say how long", async () => {
    hub.faults.push(status(429, { "retry-after": "3600" }));
    const { code, message, data } = await failure(get());
    assert.equal(code, "downloadFailed");
    assert.match(message, /too many requests/);
    assert.match(String(data.next), /60 minutes/);
  });

  it("give up when the server keeps failing, and keep the downloaded part", async () => {
    hub.faults.push(dropAfter(1_000_000), ...Array(20).fill(status(503)));
    assert.match((await failure(get())).message, /503/);
    assert.ok(statSync(at("test.gguf.part")).size > 0);
  });

  it("start over after a 416", async () => {
    hub.faults.push(dropAfter(1_000_000), status(416));
    await get();
    assertArrived();
  });

  it("believe no wrong length, neither too long nor too short", async () => {
    for (const length of [hub.bytes.length + 500, hub.bytes.length - 500]) {
      hub.faults.push(lieAbout(length));
      await get();
      assertArrived();
      await rm(at("test.gguf"));
    }
    hub.faults.push(...Array(20).fill(lieAbout(hub.bytes.length - 500)));
    assert.equal((await failure(get())).code, "notVerified");
  });

  it("never keep a file with a wrong checksum", async () => {
    const wrong = Buffer.from(hub.bytes);
    wrong[1_000_000]! ^= 1;
    hub.faults.push(({ response }) => void response.writeHead(200).end(wrong));
    const { code, message } = await failure(get());
    assert.equal(code, "notVerified");
    assert.match(message, /checksum/);
    assert.deepEqual(readdirSync(folder), []);
  });

  it("refuse a file that differs from the one this version knows", async () => {
    const known = model({ sha256: "0".repeat(64), bytes: hub.bytes.length, exact: true });
    assert.equal((await failure(get(known))).code, "notVerified");
    assert.equal(hub.requests.length, 0);
  });

  it("report a web page that comes instead of the file, whatever its content type", async () => {
    for (const fault of [webPage(), webPage("application/octet-stream")]) {
      hub.faults.push(fault);
      const { code, message, data } = await failure(get());
      assert.equal(code, "downloadFailed");
      assert.match(`${message} ${data.next}`, /sign in/);
    }
    hub.listingFaults.push(webPage());
    assert.match((await failure(get())).message, /list of files/);
  });

  it("from a mirror that lists no files succeed only if the catalogue has the checksum", async () => {
    hub.listingFaults.push(status(404), status(404));
    assert.equal((await failure(get())).code, "downloadFailed");
    await get(model({ sha256: hub.sha256, bytes: hub.bytes.length, exact: true }));
    assertArrived();
  });

  it("send the access token to the hub, and to nobody else", async () => {
    hub.accessToken = "hf_secret";
    const store = await LocalHub.start(hub.bytes);
    hub.faults.push(redirect(`${store.address}/blob?signed=1`));
    await get(model(), { accessToken: "hf_secret" });
    assertArrived();
    assert.equal(hub.requests[0]!.authorization, "Bearer hf_secret");
    assert.deepEqual(
      store.requests.map(({ authorization }) => authorization),
      [undefined],
    );
    await store.stop();
  });

  it("say where to request access", async () => {
    hub.accessToken = "hf_secret";
    const without = await failure(get());
    assert.equal(without.code, "accessDenied");
    assert.match(String(without.data.next), /owner\/name/);
    assert.match((await failure(get(model(), { accessToken: "hf_wrong" }))).message, /your access token/);
    // The hub's own reason is shown, without the token.
    hub.refusal = "Access to owner/name is restricted: hf_wrong is not in the list.";
    const { message } = await failure(get(model(), { accessToken: "hf_wrong" }));
    assert.match(message, /says: Access to owner\/name is restricted: … is not in the list\.$/);
    assert.ok(!JSON.stringify([without.message, without.data]).includes("hf_"));
  });

  it("end when redirects loop", async () => {
    hub.faults.push(...Array(30).fill(redirect("/again")));
    assert.equal((await failure(get())).code, "downloadFailed");
  });

  it("explain a refused connection, an unknown host and settings that are not addresses", async () => {
    assert.match((await failure(get(model(), { mirror: "http://127.0.0.1:1" }))).message, /ECONNREFUSED/);
    assert.match((await failure(get(model(), { mirror: "http://nobody.invalid" }))).message, /seems to be offline/);
    assert.match((await failure(get(model(), { mirror: "ftp://x" }))).message, /mirror/);
    assert.match((await failure(get(model(), { proxy: "nonsense" }))).message, /proxy/);
  });

  it("go through a proxy, except to hosts that bypass it", async () => {
    const asked: string[] = [];
    const proxy = createServer((incoming, outgoing) => {
      asked.push(incoming.url!);
      const onward = request(incoming.url!, { headers: incoming.headers }, (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      });
      onward.end();
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const { port } = proxy.address() as AddressInfo;
    await get(model(), { proxy: `http://127.0.0.1:${port}` });
    assertArrived();
    assert.deepEqual(asked, [
      `${hub.address}/api/models/owner/name/tree/main`,
      `${hub.address}/owner/name/resolve/main/test.gguf`,
    ]);
    const { host } = new URL(hub.address);
    await Promise.all([rm(at("test.gguf")), rm(at("test.gguf.json"))]);
    await get(model(), { proxy: `http://127.0.0.1:${port}`, noProxy: `elsewhere.invalid,${host}` });
    assertArrived();
    assert.equal(asked.length, 2, "a host that is to be reached directly");
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  });

  it("report a proxy that refuses, in a tunnel or without one, and never show its password", async () => {
    const proxy = createServer((_, response) => void response.writeHead(407).end());
    proxy.on("connect", (_, socket) => void socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"));
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const { port } = proxy.address() as AddressInfo;
    const options = { proxy: `http://me:secret@127.0.0.1:${port}` };
    try {
      for (const mirror of [hub.address, "https://hub.example"]) {
        const { message, data } = await failure(get(model(), { ...options, mirror }));
        assert.match(message, /The proxy blocked the download \(407\)/);
        assert.doesNotMatch(JSON.stringify(data), /secret/);
      }
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
  });

  it("happen once for two requests: the second one follows the first one's progress", async () => {
    hub.speed = 6_000_000;
    const watched: DownloadProgress[] = [];
    const first = get();
    while (!seen.some(({ bytes }) => bytes > 0)) await new Promise(setImmediate);
    const options = { acceptLicense: true, mirror: hub.address };
    const second = download(model(), options, deps(), new AbortController().signal, (progress) =>
      watched.push(progress),
    );
    assert.deepEqual(await Promise.all([first, second]), [{ path: at("test.gguf") }, { path: at("test.gguf") }]);
    assertArrived();
    assert.equal(hub.requests.length, 1);
    assert.ok(watched.some(({ stage, bytes }) => stage === "waiting" && bytes > 0));
  });

  it("are taken over from a dead process", async () => {
    await writeFile(at("test.gguf.lock"), JSON.stringify({ pid: 2 ** 22 + 1, host: os.hostname(), id: "x" }));
    await get();
    assertArrived();
  });

  it("do not begin when the disk has no room", async () => {
    hub.files = [];
    hub.listingFaults.push(({ response }) => {
      const lfs = { oid: hub.sha256 };
      response.end(JSON.stringify([{ path: "test.gguf", size: Number.MAX_SAFE_INTEGER, lfs }]));
    });
    const { code, message } = await failure(get());
    assert.equal(code, "diskFull");
    assert.match(message, /GB are free/);
    assert.equal(hub.requests.length, 0);
  });

  it("report that the disk fills up on the way, and keep the downloaded part", async () => {
    const handle = await open(at("probe"), "w");
    const prototype: { write: FileHandle["write"] } = Object.getPrototypeOf(handle);
    await handle.close();
    await rm(at("probe"));
    const { write } = prototype;
    let room = 20;
    prototype.write = function (this: FileHandle, ...args: Parameters<FileHandle["write"]>) {
      if (room-- > 0) return write.apply(this, args);
      return Promise.reject(Object.assign(new Error("no space"), { code: "ENOSPC" }));
    } as FileHandle["write"];
    const failed = await failure(get()).finally(() => {
      prototype.write = write;
    });
    assert.equal(failed.code, "diskFull");
    const { size } = statSync(at("test.gguf.part"));
    await get();
    assertArrived();
    assert.deepEqual([size > 0, hub.requests.at(-1)!.range], [true, `bytes=${size}-`]);
  });

  it("resume from a part that was cut short, as after a power failure", async () => {
    hub.faults.push(dropAfter(1_000_000), status(404));
    await failure(get());
    await truncate(at("test.gguf.part"), 900_000);
    await get();
    assertArrived();
    assert.equal(hub.requests.at(-1)!.range, "bytes=900000-");
  });
});
