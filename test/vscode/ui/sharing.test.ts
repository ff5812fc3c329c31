/** Two real windows of the workbench, and one engine for both. */
import assert from "node:assert/strict";
import path from "node:path";
import { findProcesses, hasMapped, type Part, residentBytes, signal } from "../../support/processes.ts";
import { ChatPanel } from "./chatPanel.ts";
import { openWorkbench, type Workbench } from "./fixture.ts";

/** Long enough to see that the engine outlives the last window. */
const KEEP_ALIVE_MINUTES = 0.1;
const MiB = 1024 ** 2;

describe("two windows share one engine", () => {
  let first: Workbench;
  let second: Workbench;
  let [firstChat, secondChat]: ChatPanel[] = [];
  before(async () => {
    first = await openWorkbench({ settings: { "nemotron.engine.keepAliveMinutes": KEEP_ALIVE_MINUTES } });
    firstChat = new ChatPanel(first);
    await firstChat.open();
  });
  after(() => first?.stop());

  const label = async ({ statusItem }: Workbench) => (await statusItem.locator("a").getAttribute("aria-label")) ?? "";
  const all = (part: Part) => findProcesses(first.server.pid, part);
  /** The memory of the processes that may hold a model. */
  const engineBytes = () => residentBytes([...all("engine"), ...all("host")]);
  const only = (part: Part) => {
    const pids = all(part);
    assert.equal(pids.length, 1, `there are ${pids.length} processes of the ${part}`);
    return pids[0]!;
  };
  let engine: number;
  let firstServer: number;

  it("so that the second window adds no second model", async () => {
    await firstChat!.ask("ping");
    await firstChat!.answered("pong");
    [engine, firstServer] = [only("engine"), only("server")];
    const before = engineBytes();
    second = await first.another(path.join(first.server.directory, "second"));
    secondChat = new ChatPanel(second);
    await secondChat.open();
    await secondChat.ask("ping");
    await secondChat.answered("pong");
    const after = engineBytes();
    const servers = all("server");
    const mib = (bytes: number) => `${Math.round(bytes / MiB)} MiB`;
    console.log(
      `      (the engine holds ${mib(before)} with one window, ${mib(after)} with two; each window's server ${mib(
        residentBytes(servers) / servers.length,
      )})`,
    );
    assert.equal(only("engine"), engine);
    only("host");
    assert.equal(servers.length, 2);
    // A second engine would take as much memory again.
    assert.ok(after < before * 1.3, `${mib(before)} have become ${mib(after)}`);
    const mapped = [...servers, ...all("host"), engine].filter((pid) => hasMapped(pid, first.toy));
    assert.deepEqual(mapped, [engine]);
  });

  it("and show one another", async () => {
    for (const window of [first, second])
      await window.until(
        async () => /Memory: .* of RAM in use\. Also used by 1 other window/.test(await label(window)),
        "it is told who else is there, and what the engine holds",
      );
    await second.tooltip("Also used by 1 other window.");
    await second.shot("sharing-tooltip");
    await second.page.mouse.move(500, 300);
  });

  it("which continues for one window when the other's server is killed", async () => {
    await firstChat!.hold();
    await firstChat!.ask("What is 17 + 25?");
    await firstChat!.step(10);
    await firstChat!.last.locator(".thought-title").waitFor();
    const [killed] = all("server").filter((pid) => pid !== firstServer);
    signal(killed!, "SIGKILL");
    await first.until(async () => !all("server").includes(killed!), "it is gone");
    await firstChat!.release();
    await firstChat!.answered("42");
    assert.equal(await firstChat!.last.locator(".problem").count(), 0);
    await secondChat!.ask("ping");
    await secondChat!.answered("pong");
    assert.equal(only("engine"), engine);
  });

  it("which continues for one window when the other is closed", async () => {
    await second.close();
    await first.until(async () => all("server").length === 1, "the window's server is gone");
    await firstChat!.ask("ping");
    await firstChat!.answered("pong");
    assert.equal(only("engine"), engine);
    await first.until(async () => !/Also used/.test(await label(first)), "nobody else is told of");
  });

  it("which ends a while after the last has been closed", async () => {
    await first.close();
    await first.until(async () => all("server").length === 0, "no server is left");
    const closed = Date.now();
    assert.equal(only("engine"), engine);
    await first.until(async () => all("engine").length + all("host").length === 0, "nothing is left");
    const kept = Date.now() - closed;
    console.log(`      (${(kept / 1000).toFixed(1)} s after the last window)`);
    assert.ok(kept > KEEP_ALIVE_MINUTES * 60_000 * 0.5, `kept for ${kept} ms`);
  });
});
