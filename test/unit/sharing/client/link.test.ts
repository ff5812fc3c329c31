import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EngineError } from "../../../../server/engine/engine.ts";
import { Link } from "../../../../server/sharing/client/link.ts";
import { PROTOCOL } from "../../../../server/sharing/wire.ts";

describe("a link to the engine's host", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-link-"));
  const address = process.platform === "win32" ? String.raw`\\.\pipe\nemotron-link-test` : path.join(folder, "host");
  let host: Server;
  before(async () => {
    host = createServer((socket) => socket.destroy()).listen(address);
    await once(host, "listening");
  });
  after(() => {
    host.close();
    rmSync(folder, { recursive: true });
  });

  it("to a host that ends before the greeting says that the engine ended, and what to do", async () => {
    const link = await Link.connect(address, async () => undefined);
    await sleep(50);
    const listeners = { onStatus() {}, onDraining() {}, onLost() {}, log() {} };
    const greeting = { protocol: PROTOCOL, version: "1", pid: 1, kind: "terminal", owner: "o", policy: {} } as const;
    await assert.rejects(link.greet({ ...greeting, translations: {} }, listeners), (error: unknown) => {
      assert.ok(error instanceof EngineError, String(error));
      assert.equal(error.code, "engineCrashed");
      assert.ok(error.data.next);
      return true;
    });
  });

  it("finds the process of a host that begins to listen during the search", async () => {
    const connected = once(host, "connection");
    let asked = false;
    await Link.connect(address, async () => {
      await connected;
      asked = true;
      return undefined;
    });
    assert.ok(asked, "the process is asked for when the connection stands");
  });
});
