/**
 * Loaded into each process first, with `node --import`. It lets a test ask what the process holds. heldMemory.ts is the
 * other end.
 */
import { createServer } from "node:net";
import path from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { isMainThread } from "node:worker_threads";

/** @param place the runtime folder, which the test removes. */
export const addressOf = (place: string, pid: number) => path.join(place, `memory-${pid}`);

const { NEMOTRON_RUNTIME_DIR: place } = process.env;
if (place && isMainThread && process.argv[1]?.match(/\/(server|host|engine)\.mjs$/)) listen(place);

function listen(place: string): void {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const server = createServer(async (socket) => {
    socket.on("error", () => {});
    // What the first collection finalizes, the second one frees.
    collect();
    await turn();
    collect();
    const { rss, heapTotal, heapUsed } = process.memoryUsage();
    socket.end(String(rss - heapTotal + heapUsed));
  });
  server.listen(addressOf(place, process.pid)).unref();
}
