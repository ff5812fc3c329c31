/** The process of the engine host. With `--detach` it starts itself again as a detached process, and ends. */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createMessageConnection, SocketMessageWriter } from "vscode-languageserver/node";
import { Supervisor } from "../../engine/client/supervisor.ts";
import { acquire } from "../../files/lock.ts";
import { expectUnchanged } from "../../models/verified.ts";
import { productVersion } from "../productVersion.ts";
import { newSocketAddress, openRuntime } from "../runtime.ts";
import { boundedReader } from "./bounded.ts";
import { Host } from "./host.ts";
import { MemoryMonitor } from "./memoryMonitor.ts";

const DETACH = "--detach";
const folder = path.dirname(fileURLToPath(import.meta.url));

/** Editors end a hanging server with all its descendants, so the host must not be a descendant of the server. */
function detach(): void {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
    detached: true,
    stdio: ["ignore", "ignore", "inherit"],
    windowsHide: true,
  });
  child.unref();
}

async function main(): Promise<void> {
  const runtime = await openRuntime();
  const second = new AbortController();
  // Another process is the host already.
  const lock = await acquire(runtime.hostLock, second.signal, async () => second.abort(new Error("There is a host.")));
  const address = await newSocketAddress(runtime);
  // A killed host may have left its socket. The lock shows that nobody listens there.
  if (process.platform !== "win32") rmSync(address, { force: true });

  const supervisor: Supervisor = new Supervisor({
    enginePath: path.join(folder, "engine.mjs"),
    log: (line) => host.log(line),
    backendsFolder: () => host.backendsFolder,
    checkFile: expectUnchanged,
  });
  const held = new MemoryMonitor(supervisor, () => host.changed());
  const server = createServer((socket) => host.connect(connectionOf(socket)));
  const host: Host = new Host({
    supervisor,
    version: productVersion(folder),
    checkFile: expectUnchanged,
    heldBytes: () => held.bytes,
    close: () => server.close(),
    end: () => {
      // Exit at once: no client may find a host that is only waiting for the disk.
      void lock.release().finally(() => process.exit(0));
    },
  });
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => void host.end());
  lock.lost.addEventListener("abort", () => void host.end());
  server.on("error", (error) => {
    console.error(error);
    process.exit(1);
  });
  // No other user can reach the socket between bind and chmod, because the folder is private.
  server.listen(address, () => {
    if (process.platform !== "win32") void chmod(address, 0o600);
  });
}

function connectionOf(socket: Socket) {
  socket.on("error", () => {});
  return createMessageConnection(boundedReader(socket), new SocketMessageWriter(socket));
}

if (process.argv.includes(DETACH)) detach();
else
  main().catch((error) => {
    console.error(error);
    process.exit(1);
  });
