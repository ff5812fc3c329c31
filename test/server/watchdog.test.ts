/** Engine processes that run but no longer answer: stopped, or hanging in native code. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Child, type ChildTimes, type Death } from "../../server/engine/client/child.ts";
import { Supervisor } from "../../server/engine/client/supervisor.ts";
import { EngineError, type RespondRequest } from "../../server/engine/engine.ts";
import { backendFolder, libraryVersion } from "../../server/engine/gpu/storedPackages.ts";
import type { Status } from "../../server/protocol.ts";
import { idle, isRunning, TOY } from "../support/client.ts";

const enginePath = "dist/engine.mjs";
const signal = new AbortController().signal;
const LOAD = { model: TOY, gpu: "off", contextTokens: 8192 } as const;

const ask = (content: string): RespondRequest => ({
  messages: [{ role: "user", content }],
  thinking: { mode: "off" },
  priority: "chat",
  kind: "followUp",
});

function enginePid(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ").map(Number);
  const pid = children.find((child) => readFileSync(`/proc/${child}/cmdline`, "utf8").includes(enginePath));
  assert.ok(pid, "there is no engine process");
  return pid;
}

describe("an engine that no longer answers", () => {
  let folder: string;
  let engine: Supervisor;
  const statuses: Status[] = [];
  before(function () {
    if (process.platform !== "linux") this.skip();
  });
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-watchdog-"));
    statuses.length = 0;
  });
  afterEach(async () => {
    await engine?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  function supervise(times: ChildTimes): void {
    engine = new Supervisor({ enginePath, log: () => {}, backendsFolder: () => folder, times });
    engine.onStatus((status) => statuses.push(status));
  }

  async function answer(content: string, atAnswer: () => void = () => {}): Promise<string> {
    let text = "";
    for await (const event of engine.respond(ask(content), signal)) {
      if (event.type !== "answer") continue;
      if (text === "") atAnswer();
      text += event.text;
    }
    return text;
  }

  it("because it was stopped during a reply is restarted, and the reply ends with a named error", async () => {
    supervise({ pingMs: 100, stoppedMs: 500 });
    await engine.load(LOAD);
    const pid = enginePid();
    await assert.rejects(
      answer("Count to one hundred.", () => process.kill(pid, "SIGSTOP")),
      (error: unknown) =>
        error instanceof EngineError && error.code === "engineCrashed" && /stopped responding/.test(error.message),
    );
    assert.equal(isRunning(pid), false);
    const failed = statuses.find((status) => status.type === "failed");
    assert.match(failed!.reason, /it stopped responding/);
    assert.doesNotMatch(failed!.reason, /memory/);
    assert.match(await answer("ping"), /pong/);
  });

  it("for only a second is left alone, and its reply is the same", async () => {
    supervise({});
    await engine.load(LOAD);
    const undisturbed = await answer("Count to one hundred.");
    await engine.load(LOAD);
    const pid = enginePid();
    let stopped = 0;
    const text = await answer("Count to one hundred.", () => {
      process.kill(pid, "SIGSTOP");
      stopped = performance.now();
      setTimeout(() => process.kill(pid, "SIGCONT"), 1000);
    });
    assert.ok(performance.now() - stopped >= 1000, "the reply had ended before the process was stopped");
    assert.equal(text, undisturbed);
    assert.equal(enginePid(), pid);
  });

  it("is not confused with one that loads or reads a long prompt, which answers pings meanwhile", async () => {
    supervise({ pingMs: 50, silentMs: 6000 });
    await engine.load(LOAD);
    assert.ok((await answer(`${"word ".repeat(1500)}\n\nHello`)).length > 0);
    assert.ok(!statuses.some(({ type }) => type === "failed"));
  });

  it("because a backend hangs while loading is restarted without that backend", async () => {
    const name = `linux-${process.arch}-cuda`;
    const dist = path.join(backendFolder(folder, libraryVersion(), "cuda"), name, "dist");
    mkdirSync(dist, { recursive: true });
    writeFileSync(
      path.join(dist, "../package.json"),
      JSON.stringify({ name: `@node-llama-cpp/${name}`, type: "module" }),
    );
    writeFileSync(path.join(dist, "index.js"), "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);");
    supervise({ pingMs: 100, silentMs: 6000 });
    const { backend, failedBackends } = await engine.load({ ...LOAD, gpu: "cuda" });
    assert.notEqual(backend, "cuda");
    assert.match(failedBackends![0]!.reason, /cuda is not used: .*it stopped responding/);
  });

  it("because native work hangs while its main thread is free is ended for that reason", async () => {
    const fifo = path.join(folder, "never.gguf");
    execFileSync("mkfifo", [fifo]);
    let died: (death: Death) => void;
    const death = new Promise<Death>((resolve) => {
      died = resolve;
    });
    const listeners = { onBackend: () => {}, onProgress: () => {}, onLine: () => {}, onDeath: (d: Death) => died(d) };
    // The one thread for native work waits for a FIFO that nobody writes, so the model's next step waits behind it.
    const child = new Child(enginePath, listeners, { times: { pingMs: 100, silentMs: 6000, stepMs: 1000 } });
    const load = { type: "load" as const, exclude: [], statesFolder: folder, translations: {} };
    await child.request({ ...load, params: LOAD });
    const never = child.request({ ...load, params: { ...LOAD, model: fifo } });
    never.catch(() => {});
    await assert.rejects(child.request({ type: "respond", request: ask("ping") }), /it stopped responding/);
    await assert.rejects(never, /it stopped responding/);
    assert.deepEqual([(await death).killed, (await death).stopped], [false, false]);
  });

  it("is also noticed when idle", async () => {
    supervise({ pingMs: 100, stoppedMs: 500 });
    await engine.load(LOAD);
    process.kill(enginePid(), "SIGSTOP");
    while (!statuses.some(({ type }) => type === "failed")) await idle(20);
    assert.match(await answer("ping"), /pong/);
  });
});
