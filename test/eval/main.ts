/**
 * npm run eval -- [--model FILE [--gpu KIND] | --remote URL [--remote-model NAME]] [--context N] [--only NAME]
 * [--thinking usual|on|off|both] [--seconds N] [--seed N] [--json FILE] [--compare OLD.json [--results NEW.json]]:
 * lets a model do small tasks that can be checked. Prints a line for each run, and a table.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { GPUS, type LoadParams } from "../../server/protocol.ts";
import { TOY } from "../support/client.ts";
import { loadCases } from "./cases.ts";
import { evaluate, type Settings, type ThinkingChoice } from "./evaluate.ts";
import { comparison, lineOf, type Results, table } from "./table.ts";
import { modelWorld } from "./world.ts";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    gpu: { type: "string" },
    context: { type: "string", default: "32768" },
    remote: { type: "string" },
    "remote-model": { type: "string" },
    only: { type: "string" },
    thinking: { type: "string", default: "usual" },
    seconds: { type: "string", default: "600" },
    seed: { type: "string", default: "1" },
    json: { type: "string" },
    compare: { type: "string" },
    results: { type: "string" },
  },
});

const read = (file: string): Results => JSON.parse(readFileSync(file, "utf8"));
// Read first: a name that is wrong shows before hours of work.
const old = values.compare === undefined ? undefined : read(values.compare);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
const results = values.results === undefined ? await run() : read(values.results);
console.log(`\n${table(results.runs)}`);
if (old) console.log(`\n${comparison(old, results)}`);

async function run(): Promise<Results> {
  const settings: Settings = {
    thinking: oneOf<ThinkingChoice>("thinking", ["usual", "on", "off", "both"], values.thinking),
    seconds: Number(values.seconds),
    seed: Number(values.seed),
  };
  const cases = loadCases(values.only);
  if (cases.length === 0) throw new Error(`No case has a name with ${values.only}.`);
  const world = await modelWorld(whatToLoad());
  try {
    const { name, backend, threads } = world.model;
    console.log(`${name} on ${world.model.remote ? values.remote : `${backend}, ${threads} threads`}\n`);
    const runs = await evaluate(cases, world, settings, (run) => console.log(lineOf(run)));
    const results: Results = { model: name, backend, node: process.version, settings, runs };
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
    return results;
  } finally {
    await world.close();
  }
}

/** The key of an endpoint is read from the environment, as by `nemotron-server`. */
function whatToLoad(): LoadParams {
  const contextTokens = Number(values.context);
  const { remote: baseUrl, "remote-model": model, model: file = TOY } = values;
  const { NEMOTRON_REMOTE_KEY: apiKey } = process.env;
  if (baseUrl !== undefined) return { remote: { baseUrl, model, apiKey }, contextTokens };
  const gpu = oneOf("gpu", GPUS, values.gpu ?? (values.model === undefined ? "off" : "auto"));
  return { model: path.resolve(file), contextTokens, gpu };
}

function oneOf<T extends string>(option: string, choices: readonly T[], value: string): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new Error(`--${option} must be one of ${choices.join(", ")}.`);
  return found;
}
