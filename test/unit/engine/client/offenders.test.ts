import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Supervisor } from "../../../../server/engine/client/supervisor.ts";
import { EngineError, type RespondRequest } from "../../../../server/engine/engine.ts";
import type { Message } from "../../../../server/protocol.ts";

/**
 * Speaks the engine process's side of the wire, and exits on one text, as the real one does on a fault of the
 * tokenizer.
 */
const ENGINE = `
process.on("message", (message) => {
  const { id, type } = message;
  if (type === "ping") process.send({ type: "pong" });
  if (type === "load") process.send({ type: "result", id, result: { path: "toy.gguf", backend: "cpu", notes: [] } });
  if (!["respond", "countPrompt", "countTokens"].includes(type)) return;
  const text = JSON.stringify(message.texts ?? message.request.messages);
  if (text.includes("marked")) process.send({ type: "works", id });
  if (text.includes("deadly")) process.kill(process.pid, "SIGSEGV");
  else if (text.includes("slow")) return;
  else if (text.includes("begun")) process.send({ type: "events", id, events: [{ type: "answer", text: "So" }] });
  else process.send({ type: "result", id, result: type === "countTokens" ? [1] : 1 });
});
process.on("disconnect", () => process.exit());
`;

describe("a request that the engine dies over", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-offenders-"));
  const enginePath = path.join(folder, "engine.mjs");
  let engine: Supervisor;
  beforeEach(async () => {
    writeFileSync(enginePath, ENGINE);
    engine = new Supervisor({ enginePath, statesFolder: folder, log: () => {} });
    await engine.load({ model: path.join(folder, "toy.gguf") });
  });
  afterEach(() => engine.dispose());
  after(() => rmSync(folder, { recursive: true, force: true }));

  const messages = (content: string): Message[] => [{ role: "user", content }];
  const count = (content: string) => engine.countPrompt({ messages: messages(content) });
  const ask = async (content: string, onEvent = () => {}) => {
    const request: RespondRequest = {
      messages: messages(content),
      thinking: { mode: "off" },
      priority: "chat",
      kind: "followUp",
    };
    for await (const _ of engine.respond(request, new AbortController().signal)) onEvent();
  };
  const codeOf = (running: Promise<unknown>) =>
    running.then(
      () => "done",
      (error) => (error instanceof EngineError ? error.code : String(error)),
    );

  it("is refused by name the third time, for every kind of request, while others continue", async () => {
    const pids = [engine.enginePid];
    assert.equal(await codeOf(count("deadly")), "engineCrashed");
    assert.equal(await codeOf(ask("deadly")), "engineCrashed");
    assert.equal(await count("harmless"), 1);
    pids.push(engine.enginePid);
    for (let i = 0; i < 3; i++) {
      assert.equal(await codeOf(count("deadly")), "endsEngine");
      assert.equal(await codeOf(ask("deadly")), "endsEngine");
    }
    assert.equal(await count("harmless"), 1);
    assert.equal(engine.enginePid, pids[1]);
    assert.notEqual(pids[0], pids[1]);
  });

  it("is distinguished from replies that have begun and from requests that were not being worked on", async () => {
    for (let i = 0; i < 2; i++) {
      let begun = () => {};
      const first = new Promise<void>((resolve) => {
        begun = resolve;
      });
      const beside = [codeOf(ask("begun", () => begun())), codeOf(count("slow"))];
      await first;
      await codeOf(count("deadly, marked"));
      assert.deepEqual(await Promise.all(beside), ["engineCrashed", "engineCrashed"]);
    }
    assert.equal(await codeOf(count("deadly, marked")), "endsEngine");
    const { enginePid } = engine;
    const again = [codeOf(ask("begun")), codeOf(count("slow"))];
    assert.equal(await count("harmless"), 1);
    assert.equal(engine.enginePid, enginePid);
    await engine.unload();
    assert.deepEqual(await Promise.all(again), ["engineCrashed", "engineCrashed"]);
  });

  it("is sent again to another model, and deaths with an outside cause do not count", async () => {
    for (let i = 0; i < 2; i++) {
      const slow = codeOf(count("slow"));
      assert.equal(await count("harmless"), 1);
      process.kill(engine.enginePid!, "SIGKILL");
      assert.equal(await slow, "engineCrashed");
      assert.equal(await count("harmless"), 1);
    }
    // The pauses before a restart start from the shortest again.
    await engine.load({ model: path.join(folder, "toy.gguf") });
    for (let i = 0; i < 2; i++) await codeOf(engine.countTokens(["deadly"]));
    assert.equal(await codeOf(engine.countTokens(["deadly"])), "endsEngine");
    await engine.load({ model: path.join(folder, "other.gguf") });
    assert.equal(await codeOf(engine.countTokens(["deadly"])), "engineCrashed");
  }).timeout(60_000);
});
