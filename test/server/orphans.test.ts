/** Engine processes whose parent is killed (SIGKILL) while they run native code. */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { backendFolder, libraryVersion } from "../../server/engine/gpu/storedPackages.ts";
import type { ToEngine } from "../../server/engine/wire.ts";
import { idle, isRunning, TOY } from "../support/client.ts";

/** How long the engine may take to end on a busy machine, ms. On an idle one it takes less than a second. */
const GONE_MS = 20_000;

/** Starts an engine process, prints its id, and sends it the messages, each after the result of the one before. */
const PARENT = `
  const { fork } = require("node:child_process");
  const engine = fork(process.argv[1], { stdio: ["ignore", "ignore", "ignore", "ipc"] });
  console.log(engine.pid);
  const messages = JSON.parse(process.argv[2]);
  const send = () => messages.length > 0 && engine.send(messages.shift());
  engine.on("message", (message) => {
    console.log(message.type);
    if (message.type === "result") send();
  });
  send();
`;

describe("an engine whose parent is killed", () => {
  let folder: string;
  let parent: ChildProcess;
  let pid: number;
  before(function () {
    if (process.platform !== "linux") this.skip();
  });
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-orphans-"));
  });
  afterEach(() => {
    parent.kill("SIGKILL");
    if (isRunning(pid)) process.kill(pid, "SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  const load = (change: { model?: string; gpu?: "cuda" } = {}): ToEngine => ({
    type: "load",
    id: 1,
    params: { model: TOY, gpu: "off", contextTokens: 8192, ...change },
    exclude: [],
    backendsFolder: folder,
    statesFolder: path.join(folder, "states"),
    translations: {},
  });
  const respond = (content: string): ToEngine => ({
    type: "respond",
    id: 2,
    request: { messages: [{ role: "user", content }], thinking: { mode: "on" }, priority: "chat", kind: "followUp" },
  });

  /** Kills the parent `afterMs` after the engine's first message of type `said`. Resolves when the engine is gone. */
  async function orphan(messages: ToEngine[], said: string | undefined, afterMs: number): Promise<void> {
    mkdirSync(path.join(folder, "states"), { recursive: true });
    parent = spawn(process.execPath, ["-e", PARENT, "dist/engine.mjs", JSON.stringify(messages)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface({ input: parent.stdout! });
    for await (const line of lines) {
      if (/^\d+$/.test(line)) pid = Number(line);
      if (said === undefined || line === said) break;
    }
    await idle(afterMs);
    assert.ok(isRunning(pid), "the process has ended by itself");
    const killed = performance.now();
    parent.kill("SIGKILL");
    while (isRunning(pid)) {
      assert.ok(performance.now() - killed < GONE_MS, "the process still runs");
      await idle(5);
    }
  }

  it("ends while it starts and loads", async () => {
    for (const ms of [0, 150, 300, 450, 600, 750]) await orphan([load()], undefined, ms);
  });

  it("ends while it reads a prompt", async () => {
    for (const ms of [0, 20, 40]) await orphan([load(), respond("word ".repeat(3800))], "events", ms);
  });

  it("ends while it thinks", async () => {
    for (const ms of [0, 20, 40]) await orphan([load(), respond("Think for a long time.")], "events", ms);
  });

  it("ends although its native work never finishes", async () => {
    const fifo = path.join(folder, "never.gguf");
    execFileSync("mkfifo", [fifo]);
    await orphan([load(), load({ model: fifo })], "result", 300);
  });

  it("ends although its main thread is stuck in a driver", async () => {
    const name = `linux-${process.arch}-cuda`;
    const dist = path.join(backendFolder(folder, libraryVersion(), "cuda"), name, "dist");
    mkdirSync(dist, { recursive: true });
    writeFileSync(path.join(dist, "index.js"), "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);");
    await orphan([load({ gpu: "cuda" })], "backend", 1000);
  });
});
