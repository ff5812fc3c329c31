/**
 * npm run test:soak: two hours' worth of requests of three clients, which come and go, within minutes. Measures memory
 * and open files of every process: they must not grow with the requests.
 */
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { enginePid, hostPid } from "../support/client.ts";
import { growth, type Sample } from "./growth.ts";
import { heldMib, WITH_MEMORY } from "./heldMemory.ts";
import { Random } from "./random.ts";
import { ONE_THREAD } from "./reference.ts";
import { Strangers } from "./strangers.ts";
import { LITTLE, Visitor } from "./visitor.ts";
import { openFiles, World } from "./world.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    seed: { type: "string", default: "1" },
    samples: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

type Part = "host" | "engine" | "server" | "endpoint";
const PARTS: Part[] = ["host", "engine", "server", "endpoint"];

/** Requests of three busy users in an hour, mostly counts and reading ahead. */
const AN_HOUR = 500;
/** Each sample takes the processes some 100 ms. */
const SAMPLE_MS = 5000;
/**
 * Growth for each 1,000 requests that caches and compiled code (MiB) or measuring (files) can cause. The engine's caches
 * fill up: it grew by 3.1 MiB per 1,000 in a run of 8,181 requests, by 1.0 in one of 10,938, by 0.2 in one of 51,846.
 */
const MOST_MIB: Record<Part, number> = { host: 1, engine: 4, server: 1, endpoint: 1 };
const MOST_FILES = 2;

/** Pause between two questions of clients that never come back, ms: about a third of all requests are theirs. */
const STRANGERS_MS = 200;

const world = new World(WITH_MEMORY);
const random = new Random(Number(values.seed));
const visitors = Array.from({ length: 3 }, (_, i) => new Visitor(i, world, random));
const memory: Record<Part, Sample[]> = { host: [], engine: [], server: [], endpoint: [] };
const files: Record<Part, Sample[]> = { host: [], engine: [], server: [], endpoint: [] };
const until = performance.now() + Number(values.minutes) * 60_000;

const strangers = await Strangers.start(world, [...ONE_THREAD, ...LITTLE]);
const refused: string[] = [];

const requests = () => visitors.reduce((sum, visitor) => sum + visitor.requests, strangers.requests);

async function single(): Promise<void> {
  while (performance.now() < until) {
    await strangers.ask().catch((error) => refused.push(String(error)));
    await pause(STRANGERS_MS);
  }
}

async function sample(): Promise<void> {
  const pids = {
    host: hostPid(world.runtime),
    engine: enginePid(world.runtime),
    server: visitors[0]!.pid,
    endpoint: strangers.pid,
  };
  for (const part of PARTS) {
    const pid = pids[part];
    const value = pid === undefined ? undefined : await heldMib(world.runtime, pid);
    if (pid === undefined || value === undefined) continue;
    memory[part].push({ requests: requests(), value });
    files[part].push({ requests: requests(), value: openFiles(pid) });
  }
}

// The first client stays: its server shows what the others leave behind.
const working = visitors.map((visitor, i) => visitor.work(until, i > 0));
const sampling = async () => {
  for (; performance.now() < until; await pause(SAMPLE_MS)) await sample();
};
await Promise.all([...working, single(), sampling()]);
await Promise.all([strangers.leave(), ...visitors.map((visitor) => visitor.leave())]);
while (world.processes().length > 0 && performance.now() < until + 30_000) await pause(50);
const orphans = world.processes().length;
world.remove();

if (values.samples)
  for (const part of PARTS)
    console.error(part, JSON.stringify(memory[part].map(({ requests, value }) => [requests, Math.round(value)])));
const figures = PARTS.map((part) => ({
  part,
  mib: Math.round(memory[part].at(-1)?.value ?? 0),
  mibPerThousand: Number(growth(memory[part]).toFixed(2)),
  files: files[part].at(-1)?.value ?? 0,
  filesPerThousand: Number(growth(files[part]).toFixed(2)),
}));
const grows = figures.filter((of) => !(of.mibPerThousand <= MOST_MIB[of.part] && of.filesPerThousand <= MOST_FILES));
const failed = [...refused, ...visitors.flatMap(({ failures }) => failures)];
const result = {
  requests: requests(),
  single: strangers.requests,
  hours: Number((requests() / AN_HOUR).toFixed(1)),
  failed,
  orphans,
  figures,
};
if (values.json) console.log(JSON.stringify(result, null, 2));
else {
  console.log(
    `${result.requests} requests (${result.single} single ones over HTTP), ${result.hours} hours' worth; failed: ${failed.length}; orphans: ${orphans}`,
  );
  for (const { part, mib, mibPerThousand, files: open, filesPerThousand } of figures)
    console.log(
      `${part.padEnd(10)}${mib} MiB, ${mibPerThousand} MiB more per 1,000 requests; ${open} files open, ${filesPerThousand} more`,
    );
  for (const message of new Set(failed)) console.log(`failed: ${message}`);
  for (const { part } of grows) console.log(`${part.toUpperCase()} GROWS`);
}
process.exit(grows.length + failed.length + orphans > 0 ? 1 : 0);
