/** A proxy between the clients and the engine host: it can cut a connection, inside a message if one comes. */
import { spawn } from "node:child_process";
import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { World } from "./world.ts";

/** How long to wait for a message to break, ms. */
const PATIENCE_MS = 100;

type Pair = { client: Socket; host: Socket; pid?: number; cutting: boolean };

export class SocketProxy {
  private readonly pairs = new Set<Pair>();
  private readonly real: string;
  private server: Server | undefined;

  private constructor(real: string) {
    this.real = real;
  }

  /** Starts the host, and replaces its socket before anybody connects. */
  static async before(world: World): Promise<SocketProxy> {
    const args = ["dist/host.mjs", "--detach"];
    spawn(process.execPath, args, { env: { ...process.env, ...world.env }, stdio: "ignore" });
    const socket = path.join(world.runtime, "engine.sock");
    // The host listens when it has set the socket's mode.
    while (!existsSync(socket) || (statSync(socket).mode & 0o777) !== 0o600) await pause(2);
    const proxy = new SocketProxy(path.join(world.runtime, "real.sock"));
    renameSync(socket, proxy.real);
    proxy.server = createServer((client) => proxy.join(client));
    await new Promise<void>((resolve) => proxy.server!.listen(socket, resolve));
    return proxy;
  }

  /** Cuts the connections of one client's process, or all. Returns how many. */
  async cut(pid?: number): Promise<number> {
    const cut = [...this.pairs].filter((pair) => pid === undefined || pair.pid === pid);
    for (const pair of cut) pair.cutting = true;
    await pause(PATIENCE_MS);
    for (const pair of cut) this.drop(pair);
    return cut.length;
  }

  close(): void {
    this.server?.close();
    for (const pair of this.pairs) this.drop(pair);
    rmSync(this.real, { force: true });
  }

  private join(client: Socket): void {
    const pair: Pair = { client, host: connect(this.real), cutting: false };
    this.pairs.add(pair);
    client.on("data", (data) => {
      pair.pid ??= Number(data.toString("latin1").match(/"pid":(\d+)/)?.[1]) || undefined;
      this.pass(pair, data, pair.host);
    });
    pair.host.on("data", (data) => this.pass(pair, data, client));
    // When a host has ended, the next one listens here itself.
    pair.host.once("error", ({ code }: NodeJS.ErrnoException) => {
      if (code === "ENOENT" || code === "ECONNREFUSED") this.close();
    });
    for (const socket of [client, pair.host]) {
      socket.on("error", () => {});
      socket.on("close", () => this.drop(pair));
    }
  }

  private pass(pair: Pair, data: Buffer, to: Socket): void {
    if (!pair.cutting) {
      to.write(data);
      return;
    }
    // Half of the message, and nothing after it.
    to.end(data.subarray(0, Math.floor(data.length / 2)));
    this.pairs.delete(pair);
    setTimeout(() => this.drop(pair), 5);
  }

  private drop(pair: Pair): void {
    this.pairs.delete(pair);
    pair.client.destroy();
    pair.host.destroy();
  }
}
