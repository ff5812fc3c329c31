/** The engine host belongs to one user, and hostile input on its socket ends at most that connection. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { connect, type Socket } from "node:net";
import path from "node:path";
import {
  createMessageConnection,
  ErrorCodes,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { ErrorCode, Method } from "../../server/protocol.ts";
import { openRuntime } from "../../server/sharing/runtime.ts";
import { PROTOCOL } from "../../server/sharing/wire.ts";
import { Client, hostGone, hostPid, newRuntime, rejection, TOY } from "../support/client.ts";
import { randomOf } from "../support/hostileModels.ts";

const SEED = Number(process.env.NEMOTRON_FUZZ_SEED ?? 1);
const RUNS = Number(process.env.NEMOTRON_FUZZ_RUNS ?? 60);
/** The user id of Debian's nobody. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** Connects to the socket as another user. Returns "connected", or the system's error code. */
const asNobody = (socket: string) =>
  execFileSync(process.execPath, [
    "-e",
    `process.setgroups([]); process.setgid(${NOBODY}); process.setuid(${NOBODY});
     require("net").connect(${JSON.stringify(socket)})
       .on("connect", () => { console.log("connected"); process.exit() }).on("error", ({ code }) => console.log(code));`,
  ])
    .toString()
    .trim();

describe("the engine's host and other users", () => {
  let runtime: string;
  beforeEach(() => {
    runtime = newRuntime();
  });
  afterEach(() => rmSync(runtime, { recursive: true, force: true }));

  const socketOf = (folder: string) => path.join(folder, "engine.sock");
  const mode = (file: string) => statSync(file).mode & 0o777;
  /** Checks that a client with this runtime folder is refused, and starts no host. */
  const refused = async (folder: string) => {
    const client = await Client.start({ runtime: folder });
    try {
      const error = await rejection(client.request(Method.load, { model: TOY, gpu: "off" }));
      assert.equal(error.code, ErrorCode.loadFailed);
      assert.match(error.message, /is not private to this user/);
      assert.match(String(error.data?.next), /NEMOTRON_RUNTIME_DIR/);
      assert.equal(hostPid(folder), undefined);
    } finally {
      await client.stop();
    }
  };

  const openIn = async (folder: string) => {
    const { NEMOTRON_RUNTIME_DIR: before } = process.env;
    process.env.NEMOTRON_RUNTIME_DIR = folder;
    try {
      return await openRuntime();
    } finally {
      if (before === undefined) delete process.env.NEMOTRON_RUNTIME_DIR;
      else process.env.NEMOTRON_RUNTIME_DIR = before;
    }
  };

  it("are kept apart: only the user can open the socket and its folder", async function () {
    const client = await Client.toy([], { runtime });
    await client.until((status) => status.type === "ready");
    assert.deepEqual([mode(runtime), mode(socketOf(runtime))], [0o700, 0o600]);
    assert.equal(mode(path.join(runtime, "host.log")), 0o600);
    if (isRoot) {
      assert.equal(asNobody(socketOf(runtime)), "EACCES");
      // Not even after the folder's mode has been widened.
      chmodSync(runtime, 0o755);
      assert.equal(asNobody(socketOf(runtime)), "EACCES");
    }
    await client.stop();
    await hostGone(runtime);
    // Only root can act as another user.
    if (!isRoot) this.skip();
  });

  it("do not meet in a folder that others can write or read, or that is a link", async () => {
    for (const mode of [0o720, 0o740, 0o701]) {
      chmodSync(runtime, mode);
      await assert.rejects(openIn(runtime), { code: "loadFailed" });
    }
    chmodSync(runtime, 0o777);
    await refused(runtime);
    chmodSync(runtime, 0o700);
    const link = `${runtime}-link`;
    symlinkSync(runtime, link);
    try {
      await assert.rejects(openIn(link), { code: "loadFailed" });
    } finally {
      rmSync(link);
    }
    assert.equal((await openIn(runtime)).folder, runtime);
  });

  it("do not get together in a folder whose path is not absolute", async () => {
    for (const name of ["relative", "./x", "~/x", "\n"])
      await assert.rejects(openIn(name), { code: "loadFailed", message: /not an absolute path/ });
  });

  it("do not meet in a folder that another user made first", async function () {
    if (!isRoot) this.skip();
    chownSync(runtime, NOBODY, NOBODY);
    await refused(runtime);
  });
});

describe("hostile input on the engine's socket", () => {
  const user = (content: string) => [{ role: "user" as const, content }];
  const long = { messages: user("Think for a long time."), thinking: { mode: "on" as const, budget: 200 } };
  let client: Client;
  let undisturbed: string;
  before(async () => {
    client = await Client.toy();
    await client.until((status) => status.type === "ready");
    undisturbed = await reply();
  });
  after(() => client.stop());

  const reply = async () => {
    const { thought, answer } = await client.chat(long);
    return `${thought}\n${answer}`;
  };
  const host = () => hostPid(client.runtime);
  const open = async () => {
    const socket = connect(path.join(client.runtime, "engine.sock"));
    socket.on("error", () => {});
    await once(socket, "connect");
    return socket;
  };
  const closed = (socket: Socket) =>
    socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once("close", resolve));
  /** Checks that the host survives the work, and that a reply that runs meanwhile stays the same. */
  const meanwhile = async (work: () => Promise<void>) => {
    const [before, running] = [host(), reply()];
    await work();
    assert.equal(await running, undisturbed);
    assert.equal(host(), before);
  };
  /** A JSON-RPC connection that has not sent the greeting. */
  const connection = async () => {
    const socket = await open();
    const rpc = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
    rpc.onRequest("ping", () => null);
    rpc.onError(() => {});
    rpc.listen();
    return { socket, rpc, failure: (method: string, params: object) => rejection(rpc.sendRequest(method, params)) };
  };
  const hello = {
    ...{ protocol: PROTOCOL, version: "0.0.0", pid: process.pid, kind: "editor", owner: "evil" },
    ...{ translations: {}, policy: { keepAliveMinutes: 0 } },
  };

  it("as random bytes, half messages or invalid lengths ends only its own connection", async () => {
    const random = randomOf(SEED);
    const bytes = (length: number) => Buffer.from(Array.from({ length }, () => random(256)));
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "hello", params: hello });
    const payloads = [
      ...Array.from({ length: 10 }, () => bytes(1 + random(20_000))),
      ...["\r\n\r\n", "Content-Length: x\r\n\r\n", "Content-Length: -5\r\n\r\nxxxxxxxxxx", "GET / HTTP/1.1\r\n\r\n"],
      ...[`Content-Length: ${body.length}\r\n\r\n${body.slice(0, 40)}`, `Content-Length: ${2 ** 50}\r\n\r\n{`],
      ...[`Content-Length: 5\r\n\r\n{"a":`, "Content-Length: 4\r\n\r\nnull", "Content-Length: 0\r\n\r\n"],
      `Content-Length: 200001\r\n\r\n${"[".repeat(100_000)}1${"]".repeat(100_000)}`,
    ];
    await meanwhile(async () => {
      for (const payload of payloads) {
        const socket = await open();
        socket.resume().end(payload);
        await closed(socket);
      }
    });
  });

  it("without an end is not kept in memory: the connection is closed, and the host's memory stays what it was", async () => {
    const memory = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${host()}/status`, "utf8"))![1]) / 1024;
    const before = memory();
    await meanwhile(async () => {
      for (const beginning of [`Content-Length: ${2 ** 40}\r\n\r\n`, ""]) {
        const socket = await open();
        let wake = (_?: unknown) => {};
        for (const event of ["drain", "close"]) socket.on(event, () => wake());
        socket.write(beginning);
        const megabyte = Buffer.alloc(1024 ** 2, "x");
        for (let sent = 0; !socket.closed && sent < 1000; sent++)
          if (!socket.write(megabyte)) await new Promise((resolve) => (wake = resolve));
        assert.ok(socket.closed || socket.destroyed, "the host accepted a gigabyte");
      }
    });
    assert.ok(memory() - before < 300, `${memory() - before} MiB`);
  });

  it("before a greeting is answered only with the error that there is no such method", async () => {
    const { failure, socket } = await connection();
    for (const method of ["load", "unload", "model", "ask", "status", "nothing"])
      assert.equal((await failure(method, {})).code, -32_601, method);
    socket.destroy();
  });

  it("as a greeting of another version, or an invalid one, makes nobody a client", async () => {
    const { failure, rpc, socket } = await connection();
    const { version, ...lacking } = hello;
    for (const greeting of [{}, { protocol: "1" }, lacking, { ...hello, policy: null }, { ...hello, kind: "root" }])
      assert.equal((await failure("hello", greeting)).code, -32_602, JSON.stringify(greeting));
    for (const protocol of [PROTOCOL + 1, 0, -1])
      assert.equal((await rpc.sendRequest<{ protocol: number }>("hello", { protocol })).protocol, PROTOCOL);
    assert.equal((await failure("model", {})).code, -32_601);
    socket.destroy();
  });

  it(`from a client with invalid requests is answered with errors: ${RUNS} seeds from ${SEED} on`, async () => {
    const values = [
      null,
      -1,
      1e300,
      "",
      "x".repeat(10_000),
      [],
      {},
      [null],
      { type: "load" },
      { messages: [{}] },
      true,
    ];
    const messages = user("ping");
    const asked = [
      {
        type: "respond",
        request: { messages, thinking: { mode: "off" }, maxTokens: 1, priority: "edit", kind: "once" },
      },
      { type: "prepare", request: { messages } },
      { type: "countPrompt", request: { messages } },
      { type: "countTokens", texts: ["a"] },
      { type: "resume", replyId: "of another" },
      ...["load", "probe", "save", "exit", "__proto__"].map((type) => ({ type, params: { model: TOY } })),
    ];
    await meanwhile(async () => {
      const { rpc, socket } = await connection();
      await rpc.sendRequest("hello", hello);
      for (let seed = SEED; seed < SEED + RUNS; seed++) {
        const random = randomOf(seed);
        const request: Record<string, unknown> = structuredClone(asked[random(asked.length)]!);
        const inner = request.request;
        const target = random(2) === 0 && typeof inner === "object" ? (inner as Record<string, unknown>) : request;
        const keys = Object.keys(target);
        target[keys[random(keys.length)]!] = values[random(values.length)];
        await rpc.sendRequest("ask", { id: seed, request }).catch(() => {});
        await rpc.sendRequest("load", { params: values[random(values.length)] }).catch(() => {});
        void rpc.sendNotification("policy", { keepAliveMinutes: values[random(values.length)] });
      }
      // A client's keep-alive time holds after it has gone, so the last one sent lets the host end.
      await rpc.sendNotification("policy", { keepAliveMinutes: 0 });
      assert.equal(await rpc.sendRequest("ping"), null);
      socket.destroy();
    });
  });

  it("with an invalid keep-alive time is refused or ignored", async () => {
    const runtime = newRuntime();
    const first = await Client.toy([], { runtime });
    await first.until((status) => status.type === "ready");
    const socket = connect(path.join(runtime, "engine.sock"));
    await once(socket, "connect");
    const rpc = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
    rpc.listen();
    for (const keepAliveMinutes of [1e300, 525_601, -2, "1"])
      assert.equal(
        (await rejection(rpc.sendRequest("hello", { ...hello, policy: { keepAliveMinutes } }))).code,
        ErrorCodes.InvalidParams,
      );
    await rpc.sendRequest("hello", hello);
    for (const keepAliveMinutes of [1e300, 525_601, -2, "1", null])
      await rpc.sendNotification("policy", { keepAliveMinutes });
    await rpc.sendRequest("ping");
    // A server does not greet the next host with an invalid value of its client: that host would refuse it.
    await first.connection.sendNotification(Method.policy, { keepAliveMinutes: 1e300 });
    const noticed = first.until((status) => status.type !== "ready");
    process.kill(hostPid(runtime)!, "SIGKILL");
    await hostGone(runtime);
    await noticed;
    // The next host accepts the server's greeting.
    await first.until((status) => status.type === "ready");
    await first.stop();
    socket.destroy();
    // The host ends at once: the last valid keep-alive time is 0.
    await hostGone(runtime);
    rmSync(runtime, { recursive: true, force: true });
  });

  it("is not logged", () => {
    const log = readFileSync(path.join(client.runtime, "host.log"), "utf8");
    for (const text of [log, client.stderr]) assert.doesNotMatch(text, /Think for a long|thought|evil|ping/);
  });
});
