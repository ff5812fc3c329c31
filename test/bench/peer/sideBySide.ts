/**
 * npm run bench -- --peer: the same conversations through our endpoint and through llama-server. They run in turns, one
 * at a time, each measurement in a server of its own, so that other work on the machine meets both.
 */
import { buildLlamaServer } from "../../llama-server/server.ts";
import { words } from "../words.ts";
import { ask, user } from "./asking.ts";
import { restarting, secondWindow } from "./beyond.ts";
import { editing } from "./editing.ts";
import { followingUp } from "./followingUp.ts";
import { hangingUp } from "./hangingUp.ts";
import { conversing, loading } from "./loading.ts";
import { physicalCores } from "./machine.ts";
import { type Measure, withServer } from "./measure.ts";
import { reading } from "./reading.ts";
import { textOf, withMachine } from "./report.ts";
import { Results } from "./results.ts";
import { SHAPES, type Shape, type ShapeName } from "./shapes.ts";
import { llamaServer, ours, type Side } from "./sides.ts";
import { takingTurns } from "./takingTurns.ts";
import { writing } from "./writing.ts";

const COMMON = {
  reading: reading(250, 1250),
  readingLong: reading(8000),
  writing,
  followingUp,
  takingTurns,
  editing,
  hangingUp,
  loading,
  conversing,
};
const BEYOND = { secondWindow, restarting };
/** Memory does not depend on what else the machine does, and many conversations take long. */
const ONCE: Measure[] = [conversing];

const CONTEXT_TOKENS = 16_384;
const FIRST_USE_TOKENS = 600;
const ROUNDS = 3;

type Options = { shape?: string; rounds?: string; threads?: string; only?: string; json?: boolean };

/** Returns the exit status: 1 if a side failed, whatever the figures are. */
export async function beside(options: Options): Promise<number> {
  try {
    return await sideBySide(options);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
}

async function sideBySide({ shape: name = "toy", only, json, ...given }: Options): Promise<number> {
  if (!isShape(name)) throw new Error(`--shape is one of ${Object.keys(SHAPES).join(", ")}.`);
  const names = Object.keys({ ...COMMON, ...BEYOND });
  const chosen = only?.split(",") ?? names;
  if (!chosen.every((name) => names.includes(name)))
    throw new Error(`--only is one or several of ${names.join(", ")}, with commas between them.`);
  const rounds = count("rounds", given.rounds) ?? ROUNDS;
  const shape: Shape = SHAPES[name];
  await buildLlamaServer("optimized");
  const file = shape.file();
  const setup = {
    file: file.path,
    threads: count("threads", given.threads) ?? shape.threads ?? physicalCores(),
    contextTokens: CONTEXT_TOKENS,
  };
  const sides = [ours(setup), llamaServer(setup)];
  const failures: string[] = [];
  const run = { shape, sides, chosen, rounds, failures };
  process.once("exit", () => {
    for (const side of sides) side.remove();
    file.remove();
  });
  const [common, beyond] = [new Results(), new Results()];
  const print = () => {
    const commands = sides.map(({ command }) => command);
    const tables = { common: common.rows(name), beyond: beyond.rows(name) };
    const report = { shape: name, model: shape.what, threads: setup.threads, rounds, commands, ...tables, failures };
    console.log(json ? JSON.stringify(withMachine(report), null, 2) : textOf(withMachine(report)));
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      failures.push("it was interrupted: these are the figures until then");
      print();
      process.exit(1);
    });
  for (const side of sides) await firstUse(side);
  for (let round = 1; round <= rounds; round++) {
    await measureAll(run, round, COMMON, common);
    await measureAll(run, round, BEYOND, beyond);
  }
  print();
  return failures.length > 0 ? 1 : 0;
}

/** Throws where it is none. */
function count(option: string, value: string | undefined): number | undefined {
  if (value === undefined || /^[1-9]\d{0,2}$/.test(value)) return value === undefined ? undefined : Number(value);
  throw new Error(`--${option} is a whole number from 1 on.`);
}

const isShape = (name: string): name is ShapeName => Object.hasOwn(SHAPES, name);

/** Before anything counts: the file is read from the disk, and ours learns how fast this model reads here. */
const firstUse = (side: Side) =>
  withServer(side, (server) => ask(server, [user(words(FIRST_USE_TOKENS, 0))], { tokens: 1 }));

type Run = { shape: Shape; sides: Side[]; chosen: string[]; rounds: number; failures: string[] };

async function measureAll(run: Run, round: number, measures: Record<string, Measure>, results: Results) {
  for (const [name, measure] of Object.entries(measures)) {
    if (!run.chosen.includes(name) || (ONCE.includes(measure) && round > 1)) continue;
    // Whoever comes second may find a warmer, or a hotter, machine.
    for (const side of round % 2 === 1 ? run.sides : [...run.sides].reverse()) {
      console.error(`round ${round} of ${run.rounds}: ${name}, ${side.name}`);
      try {
        results.add(side.name, await measure({ side, shape: run.shape, round }));
      } catch (error) {
        run.failures.push(`${name}, ${side.name}: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
}
