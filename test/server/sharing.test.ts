/** One engine for several programs: who starts it, who ends it, and what they must not learn about each other. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import {
  type ChatResult,
  ErrorCode,
  Method,
  type ModelInfo,
  type OtherClients,
  type Status,
} from "../../server/protocol.ts";
import {
  Client,
  enginePid,
  hostGone,
  hostPid,
  idle,
  isRunning,
  newRuntime,
  rejection,
  TOY,
} from "../support/client.ts";
import { newerVersion } from "../support/newerVersion.ts";
import { held, WITH_PACE } from "../support/pace.ts";
import { processesAt } from "../support/processes.ts";
import { until } from "../support/savedStates.ts";

type Ready = Extract<Status, { type: "ready" | "busy" }>;
const user = (content: string) => ({ role: "user" as const, content });
const isReady = (status: Status) => status.type === "ready";
const THINK = { messages: [user("Think for a long time.")], thinking: { mode: "on" as const } };

describe("a shared engine", () => {
  let runtime: string;
  let clients: Client[];
  beforeEach(() => {
    runtime = newRuntime();
    clients = [];
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.stop()));
    await hostGone(runtime);
    rmSync(runtime, { recursive: true, force: true });
  });

  async function join(
    args: string[] = [],
    options: { owner?: string; window?: boolean; env?: Record<string, string> } = {},
  ): Promise<Client> {
    const { owner, window: ownCommands, env } = options;
    const client = await Client.toy(args, { runtime, initializationOptions: { owner, ownCommands }, env });
    clients.push(client);
    return client;
  }
  const leave = (client: Client) => {
    clients = clients.filter((other) => other !== client);
    return client.stop();
  };
  const ping = async (client: Client) =>
    assert.match((await client.chat({ messages: [user("ping")], thinking: { mode: "off" } })).answer, /pong/);

  it("is started once, however many programs want it at once", async () => {
    await Promise.all(Array.from({ length: 10 }, () => join()));
    await Promise.all(clients.map((client) => client.until(isReady)));
    assert.deepEqual(processesOf(runtime), { hosts: 1, engines: 1 });
    await Promise.all(clients.map(ping));
  });

  it("tells each client how many others there are, and only whether it is busy", async () => {
    const window = await join([], { window: true });
    const editor = await join();
    await window.until((status) => othersOf(status)?.editors === 1);
    await editor.until((status) => othersOf(status)?.windows === 1);
    const { heldBytes } = await editor.until<Ready>((status) => "heldBytes" in status);
    assert.ok(heldBytes! > 20e6);
    const reply = window.stream<ChatResult>(Method.chat, THINK);
    const busy = await editor.until<Ready>((status) => othersOf(status)?.busy === true);
    assert.deepEqual([busy.type, othersOf(busy)], ["ready", { windows: 1, editors: 0, terminals: 0, busy: true }]);
    assert.doesNotMatch(JSON.stringify(editor.statuses), /long time/);
    reply.cancel();
    await rejection(reply.result);
    await editor.until((status) => othersOf(status)?.busy === false);
    await leave(window);
    await editor.until((status) => isReady(status) && othersOf(status) === undefined);
  });

  it("ends with its last client, and with no other", async () => {
    const [a, b] = [await join(), await join()];
    await Promise.all([a.until(isReady), b.until(isReady)]);
    const engine = enginePid(runtime)!;
    await leave(a);
    await ping(b);
    assert.equal(enginePid(runtime), engine);
    await leave(b);
    await hostGone(runtime);
    await until(() => !isRunning(engine));
    assert.deepEqual(readdirSync(runtime).sort(), ["host.log", "states"]);
  });

  it("waits for a client to come back as long as configured", async () => {
    const a = await join(["--keep-alive", "1"]);
    await a.until(isReady);
    const engine = enginePid(runtime)!;
    await leave(a);
    await idle(300);
    assert.ok(isRunning(engine));
    const b = await join();
    await ping(b);
    assert.equal(enginePid(runtime), engine);
  });

  it("is not replaced while others use it, unless the user says so", async () => {
    const other = path.join(runtime, "other.gguf");
    copyFileSync(TOY, other);
    const a = await join();
    await a.until(isReady);
    const b = await join();
    await b.until(isReady);
    const asked = { model: other, gpu: "off", contextTokens: 4096 };
    const { code, data } = await rejection(b.request(Method.load, asked));
    assert.equal(code, ErrorCode.otherModel);
    assert.match(String(data?.loaded), /toy/i);
    assert.deepEqual(data?.others, { windows: 0, editors: 1, terminals: 0, busy: false });
    assert.equal(data?.wanted, other);
    const { type: _, next: __, reason: ___, ...refused } = b.status as Extract<Status, { type: "refused" }>;
    assert.deepEqual(refused, {
      name: "otherModel",
      loaded: data?.loaded,
      path: TOY,
      wanted: other,
      others: data?.others,
    });
    // The status of the others' model no longer reaches this client.
    await ping(a);
    assert.equal(b.status.type, "refused");
    assert.equal((await rejection(b.chat({ messages: [user("ping")] }))).code, ErrorCode.otherModel);
    assert.equal(b.status.type, "refused");

    const joined = await b.request<ModelInfo>(Method.load, { ...asked, whenOther: "join" });
    assert.equal(joined.path, TOY);
    await ping(b);

    const replaced = await b.request<ModelInfo>(Method.load, { ...asked, whenOther: "replace" });
    assert.equal(replaced.path, other);
    assert.equal(
      (await a.until<Ready>((status) => isReady(status) && (status as Ready).model.path === other)).type,
      "ready",
    );
    await Promise.all([ping(a), ping(b)]);
    assert.deepEqual(processesOf(runtime), { hosts: 1, engines: 1 });
  });

  it("is never reported as ready, or as failed, to a client that it refuses", async () => {
    const other = path.join(runtime, "other.gguf");
    copyFileSync(TOY, other);
    const a = await join();
    await a.until(isReady);
    const b = await Client.start({ runtime });
    clients.push(b);
    await rejection(b.request(Method.load, { model: other, gpu: "off", contextTokens: 4096 }));
    await b.until(({ type }) => type === "refused");
    assert.ok(!b.statuses.some((status) => isReady(status) || status.type === "failed"));
    // When the others are gone, the next request loads the client's own model.
    await leave(a);
    await ping(b);
    assert.equal((b.status as Ready).model.path, other);
  });

  it("is replaced when nobody else uses it", async () => {
    const a = await join();
    await a.until(isReady);
    const { contextTokens } = await a.request<ModelInfo>(Method.load, { model: TOY, gpu: "off", contextTokens: 2048 });
    assert.equal(contextTokens, 2048);
  });

  it("reloads a file that was replaced under the same name", async () => {
    const model = path.join(runtime, "model.gguf");
    copyFileSync(TOY, model);
    const a = await join();
    const load = () => a.request<ModelInfo>(Method.load, { model, gpu: "off", contextTokens: 2048 });
    await load();
    const engine = enginePid(runtime);
    await load();
    assert.equal(enginePid(runtime), engine);
    copyFileSync(TOY, `${model}.new`);
    renameSync(`${model}.new`, model);
    await load();
    assert.notEqual(enginePid(runtime), engine);
  });

  it("that a client unloads is reported to the others, and reloaded when they need it", async () => {
    const [a, b] = [await join(), await join()];
    await Promise.all([a.until(isReady), b.until(isReady)]);
    await a.request(Method.unload, {});
    const gone = await b.until<Extract<Status, { type: "noModel" }>>(({ type }) => type === "noModel");
    assert.match(gone.reason!, /unloaded in another/);
    assert.deepEqual([a.status, enginePid(runtime)], [{ type: "noModel" }, undefined]);
    assert.equal((await rejection(a.chat({ messages: [user("ping")] }))).code, ErrorCode.noModel);
    await ping(b);
  });

  it("survives the death of any client during a reply, and stops that client's request", async () => {
    const [a, b] = [await join(), await join()];
    await Promise.all([a.until(isReady), b.until(isReady)]);
    const reply = a.stream<ChatResult>(Method.chat, THINK);
    reply.result.catch(() => {});
    await b.until((status) => othersOf(status)?.busy === true);
    const engine = enginePid(runtime);
    a.process.kill("SIGKILL");
    clients = [b];
    await b.until((status) => isReady(status) && othersOf(status) === undefined);
    await ping(b);
    assert.equal(enginePid(runtime), engine);
  });

  it("stops the requests of a stopped client within a second", async () => {
    const [a, b] = [await join([], { env: WITH_PACE }), await join()];
    await Promise.all([a.until(isReady), b.until(isReady)]);
    await held({ pid: enginePid(runtime)! }, async (pace) => {
      const ended = rejection(a.stream<ChatResult>(Method.chat, THINK).result);
      await b.until((status) => othersOf(status)?.busy === true);
      a.process.kill("SIGSTOP");
      await pace.received("cancel");
      await pace.release();
      await b.until((status) => othersOf(status)?.busy === false);
      a.process.kill("SIGCONT");
      await ended;
    });
    await ping(a);
  });

  it("that is killed is restarted once by one of its clients", async () => {
    const [a, b] = [await join(), await join()];
    await Promise.all([a.until(isReady), b.until(isReady)]);
    const engine = enginePid(runtime)!;
    process.kill(hostPid(runtime)!, "SIGKILL");
    await Promise.all([a, b].map((client) => client.until(({ type }) => type === "failed")));
    // Requests made in the meantime wait for it.
    await Promise.all([ping(a), ping(b)]);
    assert.deepEqual(processesOf(runtime), { hosts: 1, engines: 1 });
    await until(() => !isRunning(engine));
    await Promise.all([ping(a), ping(b)]);
  });

  it("that is stopped is ended by the clients waiting for it, and restarted", async () => {
    const a = await join();
    await a.until(isReady);
    const stopped = hostPid(runtime)!;
    process.kill(stopped, "SIGSTOP");
    const { code } = await rejection(a.chat({ messages: [user("ping")] }));
    assert.equal(code, ErrorCode.engineCrashed);
    await a.until(isReady);
    await ping(a);
    await until(() => !isRunning(stopped));
    assert.deepEqual(processesOf(runtime), { hosts: 1, engines: 1 });
  });

  it("makes room for a newer version, after running replies have ended", async () => {
    const old = await join([], { env: WITH_PACE });
    await old.until(isReady);
    const host = hostPid(runtime)!;
    const bundles = newerVersion();
    const { reply, updated } = await held({ pid: enginePid(runtime)! }, async (pace) => {
      const params = { messages: [user("Count to one hundred.")], thinking: { mode: "on" } };
      const reply = await pace.stepUntil(old.begun<ChatResult>(Method.chat, params, () => true));
      const updated = await Client.toy([], { runtime, module: path.join(bundles, "dist/server.mjs") });
      clients.push(updated);
      return { reply, updated };
    });
    assert.ok((await reply.result).answer.length > 0);
    await updated.until(isReady);
    await until(() => !isRunning(host));
    await Promise.all([ping(updated), ping(old)]);
    assert.deepEqual(processesOf(runtime), { hosts: 1, engines: 1 });
    rmSync(bundles, { recursive: true });
  });

  it("is useless to another user", async function () {
    if (process.getuid?.() !== 0) this.skip();
    const a = await join();
    await a.until(isReady);
    assert.equal(statSync(path.join(runtime, "engine.sock")).mode & 0o777, 0o600);
    const script = `require("net").connect(${JSON.stringify(path.join(runtime, "engine.sock"))})
      .on("connect", () => process.exit(0)).on("error", (error) => { console.log(error.code); process.exit(1); })`;
    const other = (file: string) =>
      execFileSync("setpriv", ["--reuid", "65534", "--clear-groups", process.execPath, "-e", file], {
        encoding: "utf8",
        stdio: "pipe",
      });
    assert.throws(
      () => other(script),
      ({ stdout }: { stdout: string }) => /EACCES/.test(stdout),
    );
  });

  it("is not looked for in a folder that others can write, or behind a link", async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-run-"));
    const open = path.join(folder, "open");
    mkdirSync(open, { mode: 0o777 });
    execFileSync("chmod", ["777", open]);
    const link = path.join(folder, "link");
    symlinkSync(runtime, link);
    for (const place of [open, link]) {
      const client = await Client.start({ runtime: place });
      const { code, message } = await rejection(client.request(Method.load, { model: TOY, gpu: "off" }));
      assert.equal(code, ErrorCode.loadFailed);
      assert.match(message, /not private/);
      await client.stop();
    }
    rmSync(folder, { recursive: true });
  });
});

const othersOf = (status: Status): OtherClients | undefined => ("others" in status ? status.others : undefined);

/** How many processes were started with this runtime folder. */
const processesOf = (runtime: string) => ({
  hosts: processesAt(runtime, "host").length,
  engines: processesAt(runtime, "engine").length,
});
