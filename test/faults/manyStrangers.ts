/**
 * npm run test:strangers: thousands of single questions. What they leave behind must not grow, nor slow down later
 * ones.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { enginePid, hostPid } from "../support/client.ts";
import { processorMs } from "../support/processes.ts";
import { growth, type Sample } from "./growth.ts";
import { heldMib, WITH_MEMORY } from "./heldMemory.ts";
import { Strangers } from "./strangers.ts";
import { residentKib, World } from "./world.ts";

const { values } = parseArgs({ options: { requests: { type: "string", default: "10000" } } });
const requests = Number(values.requests);
/** How many of the first and of the last requests are compared. */
const SHARE = Math.ceil(requests / 10);
/** After this many requests, caches are full. */
const WARM = Math.min(500, requests / 2);
/** Requests between two measurements of memory: each takes the processes some 100 ms. */
const PAUSE = 100;
/** From this many requests on, growth can be measured. */
const ENOUGH = 5000;
const LEAST_RATIO = 0.95;
const MOST_MIB_WRITTEN = 1;
const MOST_MIB_PER_THOUSAND = 1;

const world = new World(WITH_MEMORY);
const strangers = await Strangers.start(world, ["--threads", "1"]);
// Their common beginning is saved once, when it has come twice.
for (let i = 0; i < 4; i++) await strangers.ask();
const pids = { host: hostPid(world.runtime)!, engine: enginePid(world.runtime)!, server: strangers.pid! };
type Part = keyof typeof pids;
const parts = Object.keys(pids) as Part[];
const memory: Record<Part, Sample[]> = { host: [], engine: [], server: [] };
/** Processor time of all processes, ms: other work on the machine must not count, nor that of measuring. */
const spentMs = () => processorMs(Object.values(pids));
const times = [spentMs()];
let measuringMs = 0;
const before = written();

for (let done = 1; done <= requests; done++) {
  await strangers.ask();
  times.push(spentMs() - measuringMs);
  if (done % PAUSE > 0 || done < WARM) continue;
  const from = spentMs();
  for (const part of parts) {
    const value = await heldMib(world.runtime, pids[part]);
    if (value === undefined) throw new Error(`The ${part} has ended.`);
    memory[part].push({ requests: done, value });
  }
  measuringMs += spentMs() - from;
}

const spent = (from: number, to: number) => (times[to]! - times[from]!) / (to - from);
const [first, last] = [spent(0, SHARE), spent(requests - SHARE, requests)];
const mib = (written() - before) / 2 ** 20;
console.log(
  `${requests} requests; ${first.toFixed(1)} ms of processor time each in the first ${SHARE}, ${last.toFixed(1)} in the last: ` +
    `throughput ${(first / last).toFixed(2)} of what it was; ${mib.toFixed(2)} MiB written`,
);
const grows = parts.filter((part) => {
  const perThousand = growth(memory[part], 0);
  const [from, to] = [memory[part][0]!.value, memory[part].at(-1)!.value];
  console.log(
    `${part.padEnd(8)}holds ${from.toFixed(1)} MiB after ${WARM}, ${to.toFixed(1)} at the end, ${perThousand.toFixed(2)} more per 1,000; ${Math.round(residentKib(pids[part]) / 1024)} MiB resident`,
  );
  // With fewer requests, V8's compiled code grows by more than that.
  return requests >= ENOUGH && perThousand > MOST_MIB_PER_THOUSAND;
});
await strangers.leave();
world.remove();
const slower = first / last < LEAST_RATIO;
if (slower) console.log("IT GETS SLOWER");
if (mib >= MOST_MIB_WRITTEN) console.log("THEY FILL THE DISK");
for (const part of grows) console.log(`${part.toUpperCase()} GROWS`);
process.exit(slower || mib >= MOST_MIB_WRITTEN || grows.length > 0 ? 1 : 0);

function written(): number {
  return parts.reduce((sum, part) => sum + bytesWritten(pids[part]), 0);
}

/** Bytes written to disks, as the system counts them. */
function bytesWritten(pid: number): number {
  return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1] ?? 0);
}
